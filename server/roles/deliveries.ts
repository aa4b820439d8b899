import type { Context } from '../context.ts';
import { deliverTogether, listWaiting } from '../kernel/deliver-together.ts';
import { type Consumer, type EventGroup, OUTBOXES } from '../kernel/events.ts';
import { eventsTouched } from '../kernel/touch-keys.ts';

/** Keys whose events are delivered together: enough to share the costs, few enough not to wait for. */
const KEYS_TOGETHER = 64;
/** How often is looked for events that nobody has told of, and how long they have waited then at least. */
const LOOK_MS = 2000;
/** Keys that one look brings. */
const LOOK_TAKES = 500;

export interface Deliveries {
  /** Takes no more and waits for what is under way. What is left is delivered by the next worker. */
  stop(): Promise<void>;
}

/**
 * Brings events to their consumers as soon as they are told of: at once while it is quiet, together with
 * all that came meanwhile while it is not. One lane for each group. `before` is awaited ahead of each
 * transaction: the place to let others go first.
 */
export function startDeliveries(
  ctx: Context,
  consumers: readonly Consumer[],
  before: (signal: AbortSignal) => Promise<void>,
): Deliveries {
  const groups = Object.keys(OUTBOXES) as EventGroup[];
  const lanes = new Map(groups.map((group) => [group, new Lane(ctx, consumers, group, before)]));
  const forget = ctx.db.onTouch((keys) => {
    // Null: something may have been missed; the next look finds it.
    for (const { group, key } of keys === null ? [] : eventsTouched(keys)) {
      lanes.get(group as EventGroup)?.add([key]);
    }
  });
  const look = () => {
    for (const lane of lanes.values()) lane.look();
  };
  look();
  const looks = setInterval(look, LOOK_MS);
  return {
    async stop() {
      clearInterval(looks);
      forget();
      await Promise.all([...lanes.values()].map((lane) => lane.stop()));
    },
  };
}

class Lane {
  readonly #ctx: Context;
  readonly #consumers: readonly Consumer[];
  readonly #group: EventGroup;
  readonly #before: (signal: AbortSignal) => Promise<void>;
  readonly #keys = new Set<string>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #looking: Promise<void> | null = null;

  constructor(
    ctx: Context,
    consumers: readonly Consumer[],
    group: EventGroup,
    before: (signal: AbortSignal) => Promise<void>,
  ) {
    this.#ctx = ctx;
    this.#consumers = consumers;
    this.#group = group;
    this.#before = before;
  }

  add(keys: readonly string[]): void {
    for (const key of keys) this.#keys.add(key);
    if (this.#keys.size === 0 || this.#stopping.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // Told of between the last look at the set and here.
      if (this.#keys.size > 0) this.add([]);
    });
  }

  /** Adds what has waited for long: told of by a process that died, or while the database was away. */
  look(): void {
    const before = new Date(this.#ctx.clock.millis() - LOOK_MS);
    this.#looking ??= listWaiting(this.#ctx.db, this.#group, { before, take: LOOK_TAKES })
      .then((keys) => this.add(keys))
      .catch((error: unknown) => {
        this.#ctx.log.debug({ err: error }, 'the next look for events that wait may find them');
      })
      .finally(() => {
        this.#looking = null;
      });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#running, this.#looking]);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#keys.size > 0) {
      await this.#before(signal);
      if (signal.aborted) return;
      const keys = [...this.#keys].slice(0, KEYS_TOGETHER);
      for (const key of keys) this.#keys.delete(key);
      try {
        const more = await deliverTogether(this.#ctx, this.#consumers, this.#group, keys);
        for (const key of more) this.#keys.add(key);
      } catch (error) {
        // They wait in the database, where a look finds them; trying again at once would only burn.
        this.#keys.clear();
        this.#ctx.log.warn({ err: error, group: this.#group }, 'events are delivered later');
      }
    }
  }
}
