import { createHash } from 'node:crypto';
import type { PersonId } from '../../api/ids.ts';
import type { Context } from '../context.ts';
import type { Queryable, Transaction } from '../ports/db/db.ts';
import { Problem } from './problem.ts';

/** The client's name for one wish, and a print of what it asked for. */
export interface IdempotencyKey {
  readonly key: string;
  readonly fingerprint: Buffer;
}

/** A key is 1–128 printable ASCII characters. Throws `validation_failed` otherwise. */
export function readIdempotencyKey(header: string, request: string): IdempotencyKey {
  if (!/^[\x21-\x7e]{1,128}$/.test(header)) {
    throw new Problem('validation_failed', undefined, {
      fields: [
        { field: 'headers.idempotency-key', message: 'must be 1 to 128 printable characters' },
      ],
    });
  }
  return { key: header, fingerprint: createHash('sha256').update(request).digest() };
}

/**
 * Runs `work` in a transaction, once per key: the result is kept in the same transaction, and a
 * repeated request gets it back instead of a second effect. Two at once wait for each other.
 * Throws `idempotency_key_reused` when the key was used for another request. `Result` must be JSON.
 * `prepare` runs before the transaction, and not at all for a repeated request.
 */
export async function once<Result, Prepared = undefined>(
  ctx: Context,
  personId: PersonId,
  idempotencyKey: IdempotencyKey | null,
  work: (tx: Transaction, prepared: Prepared) => Promise<Result>,
  prepare: () => Promise<Prepared>,
): Promise<Result> {
  if (idempotencyKey === null) {
    const prepared = await prepare();
    return ctx.db.transaction((tx) => work(tx, prepared));
  }
  const earlier = await recall<Result>(ctx.db, personId, idempotencyKey);
  if (earlier) return earlier.result;
  try {
    const prepared = await prepare();
    return await ctx.db.transaction(async (tx) => {
      // They travel together: what was begun for a key that is taken is not kept.
      const [, result] = await Promise.all([
        claim(ctx, tx, personId, idempotencyKey),
        work(tx, prepared),
      ]);
      await tx.query('update idempotency_keys set result = $3 where person_id = $1 and key = $2', [
        personId,
        idempotencyKey.key,
        { result },
      ]);
      return result;
    });
  } catch (error) {
    // The same wish may have been faster: then what stood in our way is its doing, and its result is ours.
    const winner = await recall<Result>(ctx.db, personId, idempotencyKey);
    if (winner) return winner.result;
    throw error;
  }
}

/** Waits while another transaction holds the key; a unique violation when that one commits. */
async function claim(
  ctx: Context,
  tx: Transaction,
  personId: PersonId,
  { key, fingerprint }: IdempotencyKey,
): Promise<void> {
  await tx.query(
    `insert into idempotency_keys (person_id, key, fingerprint, created_at)
     values ($1, $2, $3, $4)`,
    [personId, key, fingerprint, ctx.clock.now()],
  );
}

async function recall<Result>(
  q: Queryable,
  personId: PersonId,
  { key, fingerprint }: IdempotencyKey,
) {
  const [row] = await q.query<{ fingerprint: Buffer; result: { result: Result } | null }>(
    'select fingerprint, result from idempotency_keys where person_id = $1 and key = $2',
    [personId, key],
  );
  if (!row) return null;
  if (!fingerprint.equals(row.fingerprint)) throw new Problem('idempotency_key_reused');
  return row.result;
}

/** A client that tries again does so within a day. */
const KEYS_KEPT_MS = 24 * 3600 * 1000;
const SWEEP_BATCH = 5000;

/** Forgets keys that are older than a day. */
export async function sweepIdempotencyKeys(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.millis() - KEYS_KEPT_MS);
  for (;;) {
    const gone = await ctx.db.query(
      `delete from idempotency_keys where (person_id, key) in (
         select person_id, key from idempotency_keys
         where created_at < $1 order by person_id, key limit ${SWEEP_BATCH})
       returning key`,
      [before],
    );
    if (gone.length < SWEEP_BATCH) return;
  }
}
