import type { Announcement, Db, TouchListener } from './db.ts';

const CHANNEL = 'aperto_touched';
/** PostgreSQL's limit for a payload is 8,000 bytes, its end included. */
const PAYLOAD_BYTES_MAX = 7_500;
/** What is announced in more letters than this, others hear of as touched. */
const CHANGE_MAX = 1_000;
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

/** One thing that a message says: a key, or a kind, a change and how the keys go on, with spaces between. */
type Said = string | readonly [kind: string, change: string, ids: string];

/** The keys of what is announced. */
export function* keysOf(announced: readonly Announcement[]): Generator<string> {
  for (const { kind, ids } of announced) for (const id of ids) yield `${kind}${id}`;
}

const NOTHING: readonly Announcement[] = [];

/**
 * What processes on one database tell each other of keys whose cached values are not true any more.
 * Whoever does not hear its own beat distrusts all that it has: nothing stale is believed for longer
 * than about a second, however a connection was lost.
 */
export class Touched {
  readonly #self = crypto.randomUUID();
  readonly #listeners = new Set<TouchListener>();
  readonly #loose = new Set<string>();
  #announced: Announcement[] = [];
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
  notice(
    keys: ReadonlySet<string>,
    announced = NOTHING,
  ): { text: string; values: [string, string[]] } | null {
    if (!this.#shared || (keys.size === 0 && announced.length === 0)) return null;
    return {
      text: 'select pg_notify($1, payload) from unnest($2::text[]) as payload',
      values: [CHANNEL, this.#payloads(keys, announced)],
    };
  }

  /** Tells this process, at once. */
  tellHere(keys: ReadonlySet<string>, announced = NOTHING): void {
    if (keys.size === 0 && announced.length === 0) return;
    for (const listener of this.#listeners) listener(keys, announced);
  }

  /** Tells this process at once and the others soon, outside of any transaction. */
  tellLoosely(keys: ReadonlySet<string>, announced = NOTHING): void {
    this.tellHere(keys, announced);
    if (!this.#shared || (keys.size === 0 && announced.length === 0)) return;
    for (const key of keys) this.#loose.add(key);
    for (const one of announced) this.#announced.push(one);
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
    const notice = this.notice(this.#loose, this.#announced);
    this.#loose.clear();
    this.#announced = [];
    if (!notice) return;
    const { db, log } = this.#shared as TouchedOptions;
    db.query(notice.text, notice.values).catch((error) => {
      log.warn({ err: error }, 'other processes may believe what is not true any more for a while');
    });
  }

  #payloads(keys: ReadonlySet<string>, announced: readonly Announcement[]): string[] {
    const payloads: string[] = [];
    let part = JSON.stringify(this.#self);
    const self = part;
    for (const said of sayings(keys, announced)) {
      const text = JSON.stringify(said);
      if (part.length + text.length + 3 > PAYLOAD_BYTES_MAX) {
        payloads.push(`[${part}]`);
        part = self;
      }
      part += `,${text}`;
    }
    payloads.push(`[${part}]`);
    return payloads;
  }

  #hear(payload: string): void {
    const [from, ...said] = JSON.parse(payload) as [string, ...(Said | number)[]];
    const [beat] = said;
    if (from !== this.#self) {
      if (beat === BYE) this.#others.delete(from);
      else this.#others.set(from, this.#asked);
      if (typeof beat !== 'number') this.#tellSaid(said as Said[]);
      return;
    }
    if (typeof beat !== 'number') return;
    this.#heard = beat;
    if (this.#trusted || beat !== this.#asked) return;
    this.#distrustPast();
    this.#trusted = true;
  }

  #tellSaid(said: readonly Said[]): void {
    const keys = new Set<string>();
    const announced: Announcement[] = [];
    for (const one of said) {
      if (typeof one === 'string') keys.add(one);
      else announced.push({ kind: one[0], change: one[1], ids: one[2].split(' ') });
    }
    this.tellHere(keys, announced);
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
    for (const listener of this.#listeners) listener(null, NOTHING);
  }
}

/** All that is to be said, in pieces of which each fits into a message. */
function* sayings(
  keys: ReadonlySet<string>,
  announced: readonly Announcement[],
): Generator<Said, void> {
  yield* keys;
  for (const { kind, change, ids } of announced) {
    const size = JSON.stringify(change).length;
    if (size > CHANGE_MAX) {
      yield* keysOf([{ kind, change, ids }]);
      continue;
    }
    const room = PAYLOAD_BYTES_MAX - 200 - kind.length - size;
    let some = '';
    for (const id of ids) {
      if (some.length + id.length + 1 > room) {
        yield [kind, change, some];
        some = '';
      }
      some += some === '' ? id : ` ${id}`;
    }
    if (some !== '') yield [kind, change, some];
  }
}
