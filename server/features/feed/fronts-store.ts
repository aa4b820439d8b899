import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { relationsFrom } from '../graph/near-ties.ts';
import { type TieColumns, tieColumns } from '../graph/relations-store.ts';
import { followedTagsColumn } from '../hashtags/store.ts';
import { type MarkColumns, markColumns, marksFrom } from '../marks/store.ts';
import type { ViewerFacts } from '../posts/hydrate.ts';
import type { PostInList } from '../posts/store.ts';
import { type Entries, NOTHING_COMPLETE } from './homes-store.ts';

/** A stretch of what was pushed to a reader, and all that a page of it asks about them. */
export interface Front {
  readonly home: Entries;
  /** Of all authors and posts of the stretch. */
  readonly facts: ViewerFacts;
  readonly tags: ReadonlySet<string>;
}

export interface FrontAsked {
  readonly personId: PersonId;
  readonly before: PostId | null;
}

type FrontRow = TieColumns &
  MarkColumns & {
    /** Which question it answers, from 1 on. */
    place: string;
    complete_from: string;
    last_read_on: string | null;
    posts: string | null;
    authors: string | null;
    /** `POST:ORIGINAL:ITS AUTHOR` of those that are reposts. */
    reposts: string | null;
    tags: string[] | null;
  };

/**
 * All lies under the reader's key. A row for each reader, ids joined by spaces: to take rows apart costs more
 * than to find them. The arrays stand in subqueries, where PostgreSQL does not look for their lengths, and the
 * length of the page in the text: a plan for these very values would look cheaper than the one that it keeps,
 * so it would plan anew for each call, which takes longer than to run it.
 */
const statementFor = (take: number) => `select a.place, h.complete_from, h.last_read_on,
    e.posts, e.authors, e.reposts,
    ${tieColumns('a.person_id', 'e.people')},
    ${markColumns('a.person_id', 'e.marked')},
    ${followedTagsColumn('a.person_id')}
  from unnest((select $1::bigint[]), (select $2::bigint[])) with ordinality as a (person_id, before, place)
  join feed_homes h on h.person_id = a.person_id
  cross join lateral (
    select string_agg(post_id::text, ' ') as posts, string_agg(author_id::text, ' ') as authors,
      string_agg(post_id || ':' || repost_of || ':' || repost_author_id, ' ')
        filter (where repost_of is not null) as reposts,
      array_agg(post_id) || array_agg(repost_of) filter (where repost_of is not null) as marked,
      array_agg(author_id) || array_agg(repost_author_id)
        filter (where repost_of is not null) as people
    from (
      select post_id, author_id, repost_of, repost_author_id from feed_entries
      where person_id = a.person_id and post_id < a.before and post_id >= h.complete_from
      order by post_id desc limit ${take}
    ) as front
  ) as e`;

const statements = new Map<number, string>();

/**
 * The newest `take` entries of each of these readers below `before`, down to where what was pushed is
 * complete, with all about the reader, in one statement of one moment. Null for who has no row yet.
 * Not on Citus, where each reader lies on a shard of their own.
 */
export async function readFrontsWithFacts(
  q: Queryable,
  asked: readonly FrontAsked[],
  take: number,
): Promise<(Front | null)[]> {
  let statement = statements.get(take);
  if (statement === undefined) {
    statement = statementFor(Math.floor(take));
    statements.set(take, statement);
  }
  const rows = await q.query<FrontRow>(statement, [
    `{${asked.map(({ personId }) => personId).join(',')}}`,
    `{${asked.map(({ before }) => before ?? NOTHING_COMPLETE).join(',')}}`,
  ]);
  const found = asked.map((): Front | null => null);
  for (const row of rows) found[Number(row.place) - 1] = frontIn(row, take);
  return found;
}

function frontIn(row: FrontRow, take: number): Front {
  const refs = refsIn(row);
  const people = new Set<PersonId>();
  const posts = new Set<PostId>();
  for (const { post_id, author_id, repost_of, repost_author_id } of refs) {
    posts.add(post_id);
    people.add(author_id);
    if (repost_of !== null) posts.add(repost_of);
    if (repost_author_id !== null) people.add(repost_author_id);
  }
  return {
    home: {
      refs,
      whole: refs.length < take,
      completeFrom: row.complete_from,
      lastReadOn: row.last_read_on,
    },
    facts: { relations: relationsFrom(people, row), marked: marksFrom(posts, row) },
    tags: row.tags === null ? NONE : new Set(row.tags),
  };
}

const NONE: ReadonlySet<string> = new Set();

function refsIn({ posts, authors, reposts }: FrontRow): PostInList[] {
  if (posts === null || authors === null) return [];
  const originals = new Map(reposts?.split(' ').map((one) => repostIn(one)));
  const authorIds = authors.split(' ') as PersonId[];
  return (posts.split(' ') as PostId[]).map((post_id, at) => {
    const original = originals.size > 0 ? originals.get(post_id) : undefined;
    return {
      post_id,
      author_id: authorIds[at] as PersonId,
      repost_of: original?.repost_of ?? null,
      repost_author_id: original?.repost_author_id ?? null,
    };
  });
}

function repostIn(text: string) {
  const [postId, repost_of, repost_author_id] = text.split(':') as [PostId, PostId, PersonId];
  return [postId, { repost_of, repost_author_id }] as const;
}
