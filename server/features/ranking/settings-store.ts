import type { PersonId } from '../../../api/ids.ts';
import type { FeedOrder, LessOfKind, RankingPreset } from '../../../api/ranking.ts';
import { ofTaste } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { json } from '../../ports/db/json.ts';
import type { TermWeights } from './terms.ts';

/** Something that somebody wants less of. */
export interface LessOfRow {
  readonly less_id: string;
  readonly kind: LessOfKind;
  /** A person's id, a hashtag, or photo, video. */
  readonly of: string;
}

/** How somebody wants their home feed. */
export interface RankingSettings {
  readonly feed_order: FeedOrder;
  readonly preset: RankingPreset;
  /** Those that they chose; the others are the preset's own. */
  readonly weights: TermWeights;
  readonly less_of: readonly LessOfRow[];
  /** Counts the changes, from 0. */
  readonly revision: string;
}

/** Of those who never chose: see docs/decisions/0021-ranking.md. */
export const AT_FIRST: RankingSettings = {
  feed_order: 'latest',
  preset: 'balanced',
  weights: {},
  less_of: [],
  revision: '0',
};

const COLUMNS = 'feed_order, preset, weights, less_of, revision';

export async function findRankingSettings(
  q: Queryable,
  people: readonly PersonId[],
): Promise<Map<PersonId, RankingSettings>> {
  const rows = await q.query<RankingSettings & { person_id: PersonId }>(
    `select person_id, ${COLUMNS} from ranking_settings where person_id = any($1::bigint[])
     order by person_id`,
    [people],
  );
  const found = new Map<PersonId, RankingSettings>(rows.map((row) => [row.person_id, row]));
  return new Map(people.map((id) => [id, found.get(id) ?? AT_FIRST]));
}

/** The same for one, locked until the transaction ends; the row is made where there is none. */
export async function lockRankingSettings(
  tx: Transaction,
  personId: PersonId,
): Promise<RankingSettings> {
  await tx.query(
    `insert into ranking_settings (person_id, ${COLUMNS}) values ($1, $2, $3, $4, $5, 0)
     on conflict (person_id) do nothing`,
    [personId, AT_FIRST.feed_order, AT_FIRST.preset, json({}), json([])],
  );
  const [row] = await tx.query<RankingSettings>(
    `select ${COLUMNS} from ranking_settings where person_id = $1 for update`,
    [personId],
  );
  return row ?? AT_FIRST;
}

export async function updateRankingSettings(
  tx: Transaction,
  personId: PersonId,
  settings: Omit<RankingSettings, 'revision'>,
): Promise<void> {
  await tx.query(
    `update ranking_settings set feed_order = $2, preset = $3, weights = $4, less_of = $5,
       revision = revision + 1
     where person_id = $1`,
    [
      personId,
      settings.feed_order,
      settings.preset,
      json(settings.weights),
      json(settings.less_of),
    ],
  );
  tx.touch(ofTaste(personId));
}
