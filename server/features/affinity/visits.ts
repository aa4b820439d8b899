import { LRUCache } from 'lru-cache';
import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { type AffinityRow, addVisits, trimAffinities } from './store.ts';
import { INTERACTIONS, VISIT_EVERY_MS } from './weights.ts';

/** Visits that wait to be written; more are not counted: none of them matters so much. */
const WAITING_MAX = 1000;
const REMEMBERED = 50_000;

/**
 * Visits to profiles, written behind the answers: those that come while a write is under way make up the
 * next one. One pair counts once an hour; the row in the database decides, memory only saves the way.
 */
class Visits {
  readonly #ctx: Context;
  readonly #recent: LRUCache<string, true>;
  readonly #waiting = new Map<string, AffinityRow>();
  #writing = false;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#recent = new LRUCache({
      max: REMEMBERED,
      ttl: VISIT_EVERY_MS,
      ttlResolution: 0,
      perf: { now: () => ctx.clock.millis() },
    });
  }

  note(person_id: PersonId, other_id: PersonId): void {
    const pair = `${person_id} ${other_id}`;
    if (this.#recent.has(pair) || this.#waiting.size >= WAITING_MAX) return;
    this.#recent.set(pair, true);
    const at = this.#ctx.clock.now();
    this.#waiting.set(pair, { person_id, other_id, score: INTERACTIONS.visit, at });
    if (!this.#writing) void this.#write();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.size > 0) {
      const rows = [...this.#waiting.values()];
      this.#waiting.clear();
      try {
        await this.#ctx.db.transaction(async (tx) => {
          const joined = await addVisits(tx, rows);
          const people = [...new Set(joined.map(({ person_id }) => person_id))];
          await trimAffinities(tx, people, this.#ctx.clock.now());
        });
      } catch (error) {
        // A visit is the least of all that counts: nothing waits for it, and nobody is told.
        this.#ctx.log.warn({ err: error, visits: rows.length }, 'visits were not counted');
      }
    }
    this.#writing = false;
  }
}

const visits = perContext((ctx) => new Visits(ctx));

/** Counts, at some time after the answer, that somebody looked at another's profile. */
export function noteVisit(ctx: Context, personId: PersonId, otherId: PersonId): void {
  if (personId !== otherId) visits(ctx).note(personId, otherId);
}
