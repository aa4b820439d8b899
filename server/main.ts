import { pino } from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { startServer } from './server.ts';

/** After this long, whatever still runs is left to be taken up at the next start. */
const DRAIN_MS = 30_000;

async function main(): Promise<void> {
  const config = readConfig(process.env, process.cwd(), process.stdout.isTTY);
  const log = pino({ level: config.logLevel, base: { pid: process.pid } });
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an unhandled rejection'));
  const server = await startServer(config, log);
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping: no new work, running requests end');
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    server.stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'did not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.stdout.write(`Aperto is ready: ${server.address}\n`);
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || (error as Error).name === 'EmbeddedError';
  process.stderr.write(`${known ? (error as Error).message : (error as Error).stack}\n`);
  process.exit(1);
});
