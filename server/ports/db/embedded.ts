import { mkdir, realpath, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { findBinaries } from './embedded-binaries.ts';
import { database, placesIn, prepareCluster, socketUrl, user } from './embedded-cluster.ts';
import { EmbeddedError, messageOf } from './embedded-error.ts';
import { lockFolder } from './embedded-lock.ts';
import {
  clearRemains,
  clearSockets,
  openSocketFolder,
  signalProcess,
  stopPostmaster,
} from './embedded-remains.ts';
import { type Command, findMortal, type Server, startServer } from './embedded-server.ts';
import { findRunAs, type Way } from './embedded-user.ts';

export interface EmbeddedOptions {
  /** The folder of all data; the database lies in `postgres` below it. Made when missing. */
  readonly dataDir: string;
  readonly log: EmbeddedLog;
  /** False only for throwaway databases of tests: nothing is forced onto the disk. */
  readonly durable?: boolean;
  /** Forces how a server started by root gets another user. Tests use it. */
  readonly way?: Way;
  /** Hears that the server ended by itself. It is started again in any case. */
  readonly onExit?: (how: { code: number | null; signal: NodeJS.Signals | null }) => void;
}

/** The part of a logger that is used here; pino's is one. */
export interface EmbeddedLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A running database and how to reach it. */
export interface Embedded {
  /** The folder of the socket; a driver takes it for a host when it starts with a slash. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** The same as one address, as DATABASE_URL takes it. */
  readonly url: string;
  /** The server's process; another one after it was started again. */
  readonly pid: number;
  readonly way: Way;
  /** Ends the server in order (at most some 30 s, then by force) and frees the data folder. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes with Aperto on a data folder, and keeps it running until `stop`.
 * Resolves when it takes connections.
 * Throws `EmbeddedError` with what to do: another process has the folder, the folder is of another
 * version, this machine cannot run it.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log, durable = true } = options;
  const binaries = await findBinaries();
  const dataDir = await openFolder(options.dataDir);
  const lock = lockFolder(dataDir);
  let sockets: string | undefined;
  try {
    const note = (message: string, fields: object) => log.warn(fields, message);
    await clearRemains(placesIn(dataDir).cluster, note);
    const as = await findRunAs(binaries.postgres, dataDir, options.way);
    const folder = await openSocketFolder(dataDir, as);
    sockets = folder;
    await prepareCluster(dataDir, binaries, as, durable);
    const keeper = new Keeper(
      { dataDir, sockets: folder, binaries, as, durable, mortal: await findMortal() },
      options,
    );
    await keeper.start();
    return {
      host: folder,
      port: 5432,
      user,
      database,
      url: socketUrl(folder, database),
      way: as.way,
      get pid() {
        return keeper.pid;
      },
      async stop() {
        await keeper.stop();
        await rm(folder, { recursive: true, force: true });
        lock.release();
      },
    };
  } catch (error) {
    if (sockets) await rm(sockets, { recursive: true, force: true });
    lock.release();
    throw error;
  }
}

async function openFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await realpath(dataDir);
  } catch (error) {
    throw new EmbeddedError(
      `The data folder ${dataDir} cannot be made (${messageOf(error)}). Set DATA_DIR to a folder that this user may write.`,
      error,
    );
  }
}

/** A server that lived this long was well; the next restart is quick again. */
const wellAfterMs = 60_000;
/** It may be the disk that is full: soon after there is space again, all is to be well. */
const longestPauseMs = 3000;

/** Holds one server at a time and starts another when it ends unasked. */
class Keeper {
  readonly #command: Command;
  readonly #options: EmbeddedOptions;
  #server: Server | undefined;
  #stopping: Promise<void> | undefined;
  #watch: Promise<void> = Promise.resolve();
  readonly #cancel = new AbortController();
  readonly #atExit = () => {
    if (this.#server) signalProcess(this.#server.pid, 'SIGINT');
  };

  constructor(command: Command, options: EmbeddedOptions) {
    this.#command = command;
    this.#options = options;
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  async start(): Promise<void> {
    this.#server = await this.#launch();
    // A process that ends without `stop` takes the server with it, except by kill -9: then the next
    // start finds it.
    process.once('exit', this.#atExit);
    this.#watch = this.#keep(this.#server);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    this.#cancel.abort();
    if (this.#server) {
      this.#server.await();
      await stopPostmaster(this.#server.pid, placesIn(this.#command.dataDir).cluster);
    }
    await this.#watch;
    process.removeListener('exit', this.#atExit);
  }

  async #launch(): Promise<Server> {
    const note = (message: string, fields: object) => this.#options.log.info(fields, message);
    await clearRemains(placesIn(this.#command.dataDir).cluster, note);
    await clearSockets(this.#command.sockets);
    return await startServer(this.#command, note, () => this.#cancel.signal.aborted);
  }

  async #keep(first: Server): Promise<void> {
    let server = first;
    let startedAt = performance.now();
    let pause = 0;
    for (;;) {
      const how = await server.ended;
      this.#server = undefined;
      if (this.#cancel.signal.aborted) return;
      if (performance.now() - startedAt > wellAfterMs) pause = 0;
      this.#options.log.error(how, 'PostgreSQL ended by itself; starting it again');
      this.#options.onExit?.(how);
      const next = await this.#relaunch(pause);
      if (!next) return;
      this.#server = server = next;
      if (this.#cancel.signal.aborted) signalProcess(next.pid, 'SIGINT');
      else this.#options.log.info({ pid: next.pid }, 'PostgreSQL is running again');
      startedAt = performance.now();
      pause = nextPause(pause);
    }
  }

  /** Tries until it stands or nobody wants it any more. */
  async #relaunch(firstPause: number): Promise<Server | undefined> {
    for (let pause = firstPause; ; pause = nextPause(pause)) {
      try {
        await wait(pause, undefined, { signal: this.#cancel.signal });
      } catch {
        return undefined; // stopped meanwhile
      }
      try {
        return await this.#launch();
      } catch (error) {
        if (this.#cancel.signal.aborted) return undefined;
        this.#options.log.error({ reason: messageOf(error) }, 'PostgreSQL did not start again');
      }
    }
  }
}

function nextPause(pause: number): number {
  return Math.min(longestPauseMs, Math.max(100, pause * 2));
}
