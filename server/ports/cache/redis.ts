import { setTimeout as pause } from 'node:timers/promises';
import { createClient, RESP_TYPES } from '@redis/client';
import { type Cache, type Entry, FENCE_MS } from './cache.ts';

export interface RedisOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://` with TLS. */
  readonly url: string;
  readonly log: {
    warn(details: object, message: string): void;
    info(details: object, message: string): void;
  };
}

/** All keys of ours; the number changes with what values look like. */
const PREFIX = 'aperto:1:';
const ANSWER_MS = 200;
const CONNECT_MS = 2000;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 2000;
/** A line that is idle is tried so often. */
const PING_MS = 5000;
/** Keys to forget that are remembered while Redis is away; of more, all are forgotten. */
const OWED_MAX = 20_000;
const FORGET_BATCH = 500;
const GONE = '';

/**
 * The shared cache in Redis. While it does not answer, nothing is in it and nobody waits; when it is
 * back, what had to be forgotten meanwhile is forgotten before anything is read.
 */
export async function openRedisCache(options: RedisOptions): Promise<Cache> {
  const cache = new RedisCache(options);
  await cache.begin();
  return cache;
}

function connect(url: string) {
  return createClient({
    url,
    RESP: 2,
    keyPrefix: PREFIX,
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: 2 * PING_MS,
      reconnectStrategy: (tries) => Math.min(RETRY_FIRST_MS * 2 ** tries, RETRY_MAX_MS),
    },
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

class RedisCache implements Cache {
  readonly #client: ReturnType<typeof connect>;
  readonly #log: RedisOptions['log'];
  /** Redis answers, and all that was to be forgotten before now has been asked for on its line. */
  #here = false;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = RETRY_FIRST_MS;
  #closed = false;
  #settling: Promise<void> | undefined;
  readonly #owed = new Set<string>();
  #owesAll = false;

  constructor({ url, log }: RedisOptions) {
    this.#client = connect(url);
    this.#log = log;
    this.#client.on('error', (error) => this.#lose(error));
    this.#client.on('ready', () => void this.#settle());
  }

  /** Resolves when Redis answers, or does not in time: then it is used when it does. */
  async begin(): Promise<void> {
    const late = new AbortController();
    const connected = this.#client.connect().then(
      () => this.#settle(),
      (error) => this.#lose(error),
    );
    const tooLong = pause(CONNECT_MS, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([connected, tooLong]);
    late.abort();
  }

  async getMany(keys: readonly string[]): Promise<readonly (Buffer | null)[]> {
    const nothing = () => keys.map(() => null);
    if (!this.#here || keys.length === 0) return nothing();
    const found = await this.#ask(() => this.#client.mGet([...keys]));
    return found?.map((value) => (value && value.length > 0 ? value : null)) ?? nothing();
  }

  async keepMany(entries: readonly Entry[], ttlMs: number): Promise<void> {
    const expiration = { type: 'PX', value: Math.ceil(ttlMs) } as const;
    if (!this.#here || entries.length === 0) return;
    await this.#ask(() =>
      Promise.all(
        entries.map(({ key, value }) =>
          this.#client.set(key, value, { condition: 'NX', expiration }),
        ),
      ),
    );
  }

  forget(keys: Iterable<string>): void {
    const now = [...keys];
    if (now.length === 0) return;
    // On the one line at once, so that whatever this process reads from now on comes after it.
    if (this.#here) void this.#forgetNow(now);
    else this.#owe(now);
  }

  forgetAll(): void {
    this.#owesAll = true;
    this.#here = false;
    void this.#settle();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#here = false;
    clearTimeout(this.#retry);
    this.#client.destroy();
  }

  async #forgetNow(keys: readonly string[]): Promise<boolean> {
    const expiration = { type: 'PX', value: FENCE_MS } as const;
    const done = await this.#ask(() =>
      Promise.all(keys.map((key) => this.#client.set(key, GONE, { expiration }))),
    );
    if (done === null) this.#owe(keys);
    return done !== null;
  }

  #owe(keys: readonly string[]): void {
    for (const key of keys) this.#owed.add(key);
    if (this.#owed.size <= OWED_MAX) return;
    this.#owesAll = true;
    this.#owed.clear();
  }

  /** Null when Redis does not answer in time: then nothing is in it until it does. */
  async #ask<Answer>(send: () => Promise<Answer>): Promise<Answer | null> {
    const late = new AbortController();
    const tooLong = pause(ANSWER_MS, undefined, { signal: late.signal }).then(
      () => Promise.reject(new Error(`no answer in ${ANSWER_MS} ms`)),
      () => undefined, // answered in time
    );
    try {
      return (await Promise.race([send(), tooLong])) as Answer;
    } catch (error) {
      this.#lose(error);
      return null;
    } finally {
      late.abort();
    }
  }

  #lose(error: unknown): void {
    if (this.#closed) return;
    if (this.#here) {
      this.#log.warn({ err: error }, 'the cache does not answer: everything is loaded without it');
    }
    this.#here = false;
    this.#settleLater();
  }

  #settleLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#settle(), this.#retryMs);
    this.#retry.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }

  /** Never rejects; whoever asks while it is under way waits for the same. */
  #settle(): Promise<void> {
    if (this.#closed || this.#here || !this.#client.isReady) return Promise.resolve();
    this.#settling ??= this.#payOwed()
      .catch((error) => this.#lose(error))
      .finally(() => {
        this.#settling = undefined;
        if (!this.#here) this.#settleLater();
      });
    return this.#settling;
  }

  /** Forgets what is owed; when nothing is left, Redis is here (again). */
  async #payOwed(): Promise<void> {
    if (this.#owesAll) {
      this.#owesAll = false;
      try {
        await this.#removeAll();
      } catch (error) {
        this.#owesAll = true;
        throw error;
      }
    }
    while (this.#owed.size > 0) {
      const part = [...this.#owed].slice(0, FORGET_BATCH);
      for (const key of part) this.#owed.delete(key);
      if (!(await this.#forgetNow(part))) return;
    }
    if ((await this.#ask(() => this.#client.ping())) === null) return;
    if (this.#owed.size > 0 || this.#owesAll) return this.#payOwed();
    this.#here = true;
    this.#retryMs = RETRY_FIRST_MS;
  }

  async #removeAll(): Promise<void> {
    for await (const keys of this.#client.scanIterator({ MATCH: `${PREFIX}*`, COUNT: 1000 })) {
      // Found keys come with the prefix, and get one when they are sent.
      const ours = keys.map((key) => key.toString().slice(PREFIX.length));
      if (ours.length > 0) await this.#client.unlink(ours);
    }
  }
}
