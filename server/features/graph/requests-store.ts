import type { PersonId } from '../../../api/ids.ts';
import { ofTies } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import type { EdgeRow } from './store.ts';

interface RequestEdge {
  readonly requesterId: PersonId;
  readonly targetId: PersonId;
}

/** Writes both rows of a request to follow. It is not there yet: the caller holds both people. */
export async function insertRequest(
  tx: Transaction,
  edge: RequestEdge & { requestId: string; at: Date },
): Promise<void> {
  tx.touch(ofTies(edge.requesterId), ofTies(edge.targetId));
  const values = [edge.requesterId, edge.targetId, edge.requestId, edge.at];
  for (const table of ['requests_by_requester', 'requests_by_target']) {
    await tx.query(
      `insert into ${table} (requester_id, target_id, request_id, created_at)
       values ($1, $2, $3, $4)`,
      values,
    );
  }
}

/** Removes both rows; false when there was no request. */
export async function removeRequest(tx: Transaction, edge: RequestEdge): Promise<boolean> {
  const values = [edge.requesterId, edge.targetId];
  const gone = await tx.query(
    `delete from requests_by_requester where requester_id = $1 and target_id = $2
     returning request_id`,
    values,
  );
  if (gone.length === 0) return false;
  tx.touch(ofTies(edge.requesterId), ofTies(edge.targetId));
  await tx.query(
    'delete from requests_by_target where requester_id = $1 and target_id = $2',
    values,
  );
  return true;
}

/** Who asks to follow a person, newest first; `before` is the request_id that ended the page before. */
export async function listRequests(
  q: Queryable,
  targetId: PersonId,
  take: number,
  before: string | null,
): Promise<EdgeRow[]> {
  return q.query<EdgeRow>(
    `select requester_id as person_id, request_id as edge_id from requests_by_target
     where target_id = $1 and request_id < coalesce($3::bigint, 9223372036854775807)
     order by request_id desc limit $2`,
    [targetId, take, before],
  );
}

/** How many ask, counted up to `max`. */
export async function countRequests(q: Queryable, targetId: PersonId, max: number) {
  const [row] = await q.query<{ waiting: string }>(
    `select count(*) as waiting from
       (select 1 as one from requests_by_target where target_id = $1 limit $2) as found`,
    [targetId, max],
  );
  return Number(row?.waiting ?? 0);
}
