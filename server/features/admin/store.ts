import type { PersonId } from '../../../api/ids.ts';
import type { Transaction } from '../../ports/db/db.ts';

export async function insertSuspension(
  tx: Transaction,
  one: { personId: PersonId; suspensionId: string; reason: string; byId: PersonId; at: Date },
): Promise<void> {
  await tx.query(
    `insert into suspensions (person_id, suspension_id, reason, by_id, created_at)
     values ($1, $2, $3, $4, $5)`,
    [one.personId, one.suspensionId, one.reason, one.byId, one.at],
  );
}

export async function endSuspensions(
  tx: Transaction,
  personId: PersonId,
  byId: PersonId,
  at: Date,
) {
  await tx.query(
    `update suspensions set ended_by_id = $2, ended_at = $3
     where person_id = $1 and ended_at is null`,
    [personId, byId, at],
  );
}
