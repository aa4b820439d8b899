import type { PersonId, UploadId } from '../../../api/ids.ts';
import type { FromWhom, Settings } from '../../../api/settings.ts';
import { compareIds } from '../../kernel/ids.ts';
import { ofPerson, ofUsername } from '../../kernel/touch-keys.ts';
import type { PersonStanding } from '../../kernel/visibility.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

/** Blob keys of a profile picture: its squares, and the file that they were made of. */
export type Avatar = {
  readonly small: string;
  readonly small_webp: string;
  readonly large: string;
  readonly large_webp: string;
  readonly original: string;
};

export interface PersonRow {
  person_id: PersonId;
  username: string;
  full_name: string;
  bio: string;
  link: string | null;
  role: 'member' | 'moderator' | 'admin';
  is_verified: boolean;
  avatar: Avatar | null;
  privacy_level: 'public' | 'private';
  state: 'active' | 'suspended' | 'deleted';
  /** Who may tag, mention and comment; what others' reads and writes ask about. */
  tags_from: FromWhom;
  mentions_from: FromWhom;
  comments_from: FromWhom;
  suggest_me: boolean;
  created_at: Date;
}

export interface PersonCounts {
  posts: number;
  followers: number;
  following: number;
}

const COLUMNS = `person_id, username, full_name, bio, link, role, is_verified, avatar, privacy_level, state,
  tags_from, mentions_from, comments_from, suggest_me, created_at`;

/** The person who holds a name, or null. */
export async function findIdByUsername(q: Queryable, username: string): Promise<PersonId | null> {
  const [row] = await q.query<{ person_id: PersonId }>(
    'select person_id from usernames where username = $1',
    [username.toLowerCase()],
  );
  return row?.person_id ?? null;
}

/** The ids of all of these names that somebody holds, with the name as it is written; in small letters. */
export async function findIdsByUsernames(
  q: Queryable,
  usernames: readonly string[],
): Promise<{ person_id: PersonId; username: string }[]> {
  if (usernames.length === 0) return [];
  return q.query<{ person_id: PersonId; username: string }>(
    'select person_id, username from usernames where username = any($1::text[]) order by username',
    [usernames],
  );
}

export async function findPerson(q: Queryable, personId: PersonId): Promise<PersonRow | null> {
  const [row] = await q.query<PersonRow>(`select ${COLUMNS} from people where person_id = $1`, [
    personId,
  ]);
  return row ?? null;
}

/** All of `ids` that exist, in one statement, in no order that means anything. */
export async function findPeople(q: Queryable, ids: readonly PersonId[]): Promise<PersonRow[]> {
  if (ids.length === 0) return [];
  return q.query<PersonRow>(
    `select ${COLUMNS} from people where person_id = any($1::bigint[]) order by person_id`,
    [ids],
  );
}

export async function readCounts(q: Queryable, personId: PersonId): Promise<PersonCounts> {
  const [row] = await q.query<PersonCounts>(
    'select posts, followers, following from person_counts where person_id = $1',
    [personId],
  );
  return row ?? { posts: 0, followers: 0, following: 0 };
}

/** Claims the name (unique violation on `usernames_pkey` when taken), then writes the person. */
export async function insertPerson(
  tx: Transaction,
  person: { personId: PersonId; username: string; fullName: string; role: string; at: Date },
): Promise<void> {
  tx.touch(ofUsername(person.username));
  await tx.query('insert into usernames (username, person_id) values ($1, $2)', [
    person.username,
    person.personId,
  ]);
  await tx.query(
    `insert into people (person_id, username, full_name, role, created_at)
     values ($1, $2, $3, $4, $5)`,
    [person.personId, person.username, person.fullName, person.role, person.at],
  );
  await tx.query('insert into person_counts (person_id) values ($1)', [person.personId]);
}

export interface ProfileEdit {
  readonly fullName?: string | undefined;
  readonly bio?: string | undefined;
  readonly link?: string | null | undefined;
  readonly privacyLevel?: PersonRow['privacy_level'] | undefined;
}

export async function updateProfile(tx: Transaction, personId: PersonId, edit: ProfileEdit) {
  tx.touch(ofPerson(personId));
  await tx.query(
    `update people set
       full_name = coalesce($2, full_name),
       bio = coalesce($3, bio),
       link = case when $4::boolean then $5 else link end,
       privacy_level = coalesce($6, privacy_level)
     where person_id = $1`,
    [
      personId,
      edit.fullName ?? null,
      edit.bio ?? null,
      edit.link !== undefined,
      edit.link ?? null,
      edit.privacyLevel ?? null,
    ],
  );
}

/** Of two ids the smaller first: the order in which all take their locks. */
export const byId = (a: PersonId, b: PersonId) => (BigInt(a) < BigInt(b) ? -1 : 1);

/**
 * Locks people until the transaction ends, in the order of their ids, and gives how they stand then.
 * Whatever changes between two people is done under this lock on both. Who does not exist is left out.
 */
export async function lockPeople(
  tx: Transaction,
  ids: readonly PersonId[],
): Promise<Map<PersonId, PersonStanding>> {
  const found = await Promise.all(
    [...new Set(ids)]
      .sort(byId)
      .map((id) =>
        tx.query<PersonStanding>(
          'select person_id, privacy_level, state from people where person_id = $1 for update',
          [id],
        ),
      ),
  );
  return new Map(found.flat().map((row) => [row.person_id, row]));
}

/** The most followed public people, in order. Looks at everyone: for a job that keeps what it finds. */
export async function mostFollowedPeople(q: Queryable, take: number): Promise<PersonId[]> {
  const rows = await q.query<{ person_id: PersonId }>(
    `select c.person_id from person_counts c join people p on p.person_id = c.person_id
     where p.privacy_level = 'public' and p.state = 'active'
     order by c.followers desc, c.person_id limit $1`,
    [take],
  );
  return rows.map((row) => row.person_id);
}

/** What somebody's profile picture was made of, or is about to be made of. */
export async function avatarSources(
  q: Queryable,
  asked: { readonly keys: readonly string[]; readonly uploadIds: readonly UploadId[] },
): Promise<{ key: string | null; upload_id: UploadId | null }[]> {
  if (asked.keys.length === 0) return [];
  return q.query(
    `select avatar->>'original' as key, avatar_upload_id as upload_id from people
     where avatar->>'original' = any($1::text[]) or avatar_upload_id = any($2::bigint[])
     order by person_id`,
    [asked.keys, asked.uploadIds],
  );
}

/** The picture that is shown now, locked until the transaction ends; null when there is none. */
export async function lockAvatar(tx: Transaction, personId: PersonId): Promise<Avatar | null> {
  const [row] = await tx.query<{ avatar: Avatar | null }>(
    'select avatar from people where person_id = $1 for update',
    [personId],
  );
  return row?.avatar ?? null;
}

export type Preferences = Pick<
  Settings,
  'tags_from' | 'mentions_from' | 'comments_from' | 'suggest_me'
>;

/** What a person lets others do. */
export async function findPreferences(q: Queryable, personId: PersonId): Promise<Preferences> {
  const [row] = await q.query<Preferences>(
    'select tags_from, mentions_from, comments_from, suggest_me from people where person_id = $1',
    [personId],
  );
  if (!row) throw new Error(`person ${personId} does not exist`);
  return row;
}

/** Changes what is given. */
export async function updatePreferences(
  tx: Transaction,
  personId: PersonId,
  change: Partial<Preferences>,
): Promise<void> {
  tx.touch(ofPerson(personId));
  await tx.query(
    `update people set tags_from = coalesce($2, tags_from), mentions_from = coalesce($3, mentions_from),
       comments_from = coalesce($4, comments_from), suggest_me = coalesce($5, suggest_me)
     where person_id = $1`,
    [
      personId,
      change.tags_from ?? null,
      change.mentions_from ?? null,
      change.comments_from ?? null,
      change.suggest_me ?? null,
    ],
  );
}

/** Notes which upload the profile picture is to be made of; null takes the picture away. */
export async function startAvatar(tx: Transaction, personId: PersonId, uploadId: UploadId | null) {
  tx.touch(ofPerson(personId));
  await tx.query(
    `update people set avatar_upload_id = $2, avatar = case when $2::bigint is null then null else avatar end
     where person_id = $1`,
    [personId, uploadId],
  );
}

/** Shows a finished picture, unless another one was chosen meanwhile; false then. */
export async function finishAvatar(
  tx: Transaction,
  personId: PersonId,
  uploadId: UploadId,
  avatar: Avatar,
): Promise<boolean> {
  tx.touch(ofPerson(personId));
  const rows = await tx.query(
    `update people set avatar = $3 where person_id = $1 and avatar_upload_id = $2
     returning person_id`,
    [personId, uploadId, avatar],
  );
  return rows.length > 0;
}

/** Adds to the counts of several people, in key order so that two at once do not deadlock. */
export async function addToCounts(
  tx: Transaction,
  changes: readonly {
    personId: PersonId;
    posts?: number;
    followers?: number;
    following?: number;
  }[],
): Promise<void> {
  const sorted = [...changes].sort((a, b) => byId(a.personId, b.personId));
  for (const change of sorted) {
    await tx.query(
      `update person_counts set posts = posts + $2, followers = followers + $3, following = following + $4
       where person_id = $1`,
      [change.personId, change.posts ?? 0, change.followers ?? 0, change.following ?? 0],
    );
  }
}

/** Makes what people may have only so many of wait for its turn, until the transaction ends. */
export async function lockCounts(tx: Transaction, ...people: readonly PersonId[]): Promise<void> {
  const lock = (which: string, wanted: PersonId | readonly PersonId[]) =>
    tx.query(
      `select person_id from person_counts where person_id = ${which} order by person_id for update`,
      [wanted],
    );
  // Citus locks by one key.
  if ((await tx.flavour()) !== 'citus') await lock('any($1::bigint[])', people);
  else for (const personId of [...people].sort(compareIds)) await lock('$1', personId);
}

/** The next event number of a person, counted on the row that this locks. */
export async function nextPersonSeq(tx: Transaction, personId: PersonId): Promise<string> {
  const [row] = await tx.query<{ event_seq: string }>(
    'update people set event_seq = event_seq + 1 where person_id = $1 returning event_seq',
    [personId],
  );
  if (!row) throw new Error(`person ${personId} does not exist`);
  return row.event_seq;
}
