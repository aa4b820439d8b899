import type { Db, TouchListener } from './db.ts';

const CHANNEL = 'aperto_touched';
/** PostgreSQL's limit for a payload is 8,000 bytes, its end included. */
const PAYLOAD_BYTES_MAX = 7_500;
/** How long loosely touched keys are gathered before other processes are told. */
const GATHER_MS = 20;
/** A process asks itself so often whether it still hears; so many questions may be open. */
const BEAT_MS = 300;
const BEATS_OPEN_MAX = 2;
/** A process that was heard and is silent for so many beats of ours has died, perhaps with something to say. */
const SILENT_BEATS = 4;
/** What a process says in the place of a beat when it ends in order: all that it had to tell is told. */
const BYE = 0;

export interface TouchedOptions {
  readonly db: Pick<Db, 'query' | 'listen'>;
  readonly log: { warn(details: object, message: string): void };
}

/**
 * What processes on one database tell each other of keys whose cached values are not true any more.
 * Whoever does not hear its own beat distrusts all that it has: nothing stale is believed for longer
 * than about a second, however a connection was lost.
 */
export class Touched {
  readonly #self = crypto.randomUUID();
  readonly #listeners = new Set<TouchListener>();
  readonly #loose = new Set<string>();
  #shared: TouchedOptions | undefined;
  #beats: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #asked = 0;
  #heard = 0;
  #trusted = true;
  /** Other processes, and at which beat of ours each was heard last. */
  readonly #others = new Map<string, number>();

  get trusted(): boolean {
    return this.#trusted;
  }

  /** From now on other processes are told, and heard. Resolves when this one hears itself. */
  async share(options: TouchedOptions): Promise<void> {
    await options.db.listen(
      CHANNEL,
      (payload) => this.#hear(payload),
      () => this.#distrustPast(),
    );
    this.#shared = options;
    this.#beats = setInterval(() => this.#beat(options), BEAT_MS);
    this.#beats.unref();
  }

  listen(listener: TouchListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The statement that tells others, to travel inside the transaction; null when there are none. */
  notice(keys: ReadonlySet<string>): { text: string; values: [string, string[]] } | null {
    if (!this.#shared || keys.size === 0) return null;
    return {
      text: 'select pg_notify($1, payload) from unnest($2::text[]) as payload',
      values: [CHANNEL, this.#payloads(keys)],
    };
  }

  /** Tells this process, at once. */
  tellHere(keys: ReadonlySet<string>): void {
    if (keys.size > 0) for (const listener of this.#listeners) listener(keys);
  }

  /** Tells this process at once and the others soon, outside of any transaction. */
  tellLoosely(keys: ReadonlySet<string>): void {
    this.tellHere(keys);
    if (!this.#shared || keys.size === 0) return;
    for (const key of keys) this.#loose.add(key);
    this.#gathering ??= setTimeout(() => this.#send(), GATHER_MS);
  }

  /** Sends what was gathered; to be called while the database still takes statements. */
  close(): void {
    clearInterval(this.#beats);
    this.#send();
    this.#shared?.db
      .query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify([this.#self, BYE])])
      // Whoever does not hear it takes this process for dead, which costs time only.
      .catch(() => {});
    this.#shared = undefined;
  }

  #send(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const notice = this.notice(this.#loose);
    this.#loose.clear();
    if (!notice) return;
    const { db, log } = this.#shared as TouchedOptions;
    db.query(notice.text, notice.values).catch((error) => {
      log.warn({ err: error }, 'other processes may believe what is not true any more for a while');
    });
  }

  #payloads(keys: ReadonlySet<string>): string[] {
    const payloads: string[] = [];
    let part: string[] = [];
    let bytes = 0;
    for (const key of keys) {
      if (bytes + key.length + 3 > PAYLOAD_BYTES_MAX) {
        payloads.push(JSON.stringify([this.#self, ...part]));
        part = [];
        bytes = 0;
      }
      part.push(key);
      bytes += key.length + 3;
    }
    payloads.push(JSON.stringify([this.#self, ...part]));
    return payloads;
  }

  #hear(payload: string): void {
    const [from, ...keys] = JSON.parse(payload) as [string, ...(string | number)[]];
    const [beat] = keys;
    if (from !== this.#self) {
      if (beat === BYE) this.#others.delete(from);
      else this.#others.set(from, this.#asked);
      if (typeof beat !== 'number') this.tellHere(new Set(keys.map(String)));
      return;
    }
    if (typeof beat !== 'number') return;
    this.#heard = beat;
    if (this.#trusted || beat !== this.#asked) return;
    this.#distrustPast();
    this.#trusted = true;
  }

  #beat({ db, log }: TouchedOptions): void {
    if (this.#asked - this.#heard > BEATS_OPEN_MAX && this.#trusted) {
      this.#trusted = false;
      log.warn({}, 'does not hear what other processes change: nothing is believed from memory');
    }
    this.#missSilent();
    this.#asked += 1;
    const payload = JSON.stringify([this.#self, this.#asked]);
    // A beat that is not sent is not heard, which is what it is for.
    db.query('select pg_notify($1, $2)', [CHANNEL, payload]).catch(() => {});
  }

  /** What a process touched loosely just before it was killed, nobody was told. */
  #missSilent(): void {
    for (const [process, heard] of this.#others) {
      if (this.#asked - heard < SILENT_BEATS) continue;
      this.#others.delete(process);
      this.#distrustPast();
    }
  }

  /** Something may have been missed. */
  #distrustPast(): void {
    for (const listener of this.#listeners) listener(null);
  }
}
