/**
 * Fills a server with people and pictures: npm run demo -- [--photos FOLDER] [--url http://…]
 * Takes the server at --url, or the one at PORT; when none runs there, starts one and stays with it.
 */
import { parseArgs } from 'node:util';
import { CAST } from './demo/cast.ts';
import { Client } from './demo/client.ts';
import { fillServer, PASSWORD } from './demo/fill.ts';
import { answers, type Host, startHost } from './demo/host.ts';
import { makePictures, takePhotos } from './demo/supply.ts';

const USAGE = 'npm run demo -- [--photos FOLDER] [--url http://…]';

function readOptions() {
  try {
    const options = { photos: { type: 'string' }, url: { type: 'string' } } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\nUsage: ${USAGE}`);
  }
}

/** The server to fill, and the host when it had to be started. */
async function findServer(url: string | undefined): Promise<{ address: string; host?: Host }> {
  if (url !== undefined) {
    if (URL.canParse(url) && (await answers(url))) return { address: new URL(url).origin };
    throw new Error(`No Aperto answers at ${url}.`);
  }
  const address = `http://localhost:${process.env.PORT || 3000}`;
  if (await answers(address)) return { address };
  console.log('Starting a server …');
  const host = await startHost();
  return { address: host.address, host };
}

/** One line that changes on a terminal; a line each elsewhere. */
function say(what: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${what}`);
  else console.log(what);
}

async function main(): Promise<number> {
  const { photos, url } = readOptions();
  const supply = photos === undefined ? makePictures() : takePhotos(photos);
  const { address, host } = await findServer(url);
  const stop = () => void host?.stop();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const began = performance.now();
  try {
    const filled = await fillServer(new Client(address), { supply, say });
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      filled.added
        ? `${filled.people} people and ${filled.posts} posts are there (${seconds} s).`
        : 'The cast is there already; nothing was added.',
    );
  } catch (error) {
    await host?.stop();
    throw error;
  }
  console.log(`\nAperto:   ${address}`);
  console.log(`Log in:   ${CAST.map((one) => one.username).join(', ')}`);
  console.log(`Password: ${PASSWORD}`);
  if (!host) return 0;
  console.log('\nThe server goes on running. Stop it with Ctrl-C.');
  return await host.ended;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stdout.write('\n');
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
