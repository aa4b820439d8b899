import type { ExplorePost, ExploreReason } from '../../../api/feed.ts';
import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import { Problem } from '../../kernel/problem.ts';
import { belongsInExplore } from '../../kernel/visibility.ts';
import { meetable } from '../graph/relations.ts';
import { likesAmong } from '../marks/store.ts';
import { privateAddresses } from '../media/private-address.ts';
import { type HydratedPost, hydratePosts } from '../posts/hydrate.ts';
import { postView } from '../posts/view.ts';
import { encodeRankCursor, type RankCursor } from '../topics/cursor.ts';
import { isKnown } from './known.ts';
import { MAKE_EXPLORE, makeExplore } from './make.ts';
import { type ExploreVersion, type Recommended, readExplore } from './store.ts';

/** A version that is older is made anew when somebody asks for it, and shown meanwhile … */
export const FRESH_MS = 10 * 60 * 1000;
/** … but not one that is older than this, and not one of which all has been seen after so long. */
const STALE_MS = 3600 * 1000;
const SPENT_MS = 60 * 1000;

/**
 * What is recommended to somebody, judged as things stand now. All pages of one reader come from one
 * version. Throws `invalid_cursor` when it has been forgotten (after two hours or more).
 */
export async function exploreFeed(
  ctx: Context,
  viewerId: PersonId,
  { limit, cursor }: { readonly limit: number; readonly cursor: RankCursor | null },
): Promise<Page<ExplorePost>> {
  if (cursor) {
    const version = await readExplore(ctx.db, viewerId, cursor.version);
    if (!version) throw new Problem('invalid_cursor');
    return page(ctx, viewerId, version, limit, cursor.rank);
  }
  const version = await presentVersion(ctx, viewerId);
  const first = await page(ctx, viewerId, version, limit, 0);
  const isEmpty = first.items.length === 0 && !first.pagination.has_more;
  if (!isEmpty || ageOf(ctx, version) < SPENT_MS) return first;
  return page(ctx, viewerId, await makeExplore(ctx, viewerId), limit, 0);
}

const ageOf = (ctx: Context, { made_at }: ExploreVersion) => ctx.clock.millis() - made_at.getTime();

/** The version to begin with. */
async function presentVersion(ctx: Context, viewerId: PersonId): Promise<ExploreVersion> {
  const latest = await readExplore(ctx.db, viewerId, null);
  if (!latest || ageOf(ctx, latest) > STALE_MS) return makeExplore(ctx, viewerId);
  if (ageOf(ctx, latest) > FRESH_MS) {
    const payload = { person_id: viewerId };
    const key = `${MAKE_EXPLORE}:${viewerId}`;
    await ctx.jobs.add(ctx.db, { task: MAKE_EXPLORE, key, payload });
  }
  return latest;
}

interface Ranked extends Recommended {
  readonly rank: number;
}

function page(
  ctx: Context,
  viewerId: PersonId,
  { version, posts }: ExploreVersion,
  limit: number,
  after: number,
): Promise<Page<ExplorePost>> {
  const ranked: Ranked[] = posts.map((post, n) => ({ ...post, rank: n + 1 }));
  return fillPage(
    { limit, before: String(after) },
    {
      read: async (take, rank) => ranked.slice(Number(rank), Number(rank) + take),
      idOf: (row) => String(row.rank),
      show: (rows) => show(ctx, viewerId, rows),
      encode: (rank) => encodeRankCursor({ version, rank: Number(rank) }),
    },
  );
}

/** What the viewer is shown for each; null for what is not for them, is known to them, or has lost its reason. */
async function show(
  ctx: Context,
  viewerId: PersonId,
  rows: readonly Recommended[],
): Promise<(ExplorePost | null)[]> {
  const refs = rows.map(({ post_id, author_id }) => ({
    post_id,
    author_id,
    repost_of: null,
    repost_author_id: null,
  }));
  const [hydrated, nameOf] = await Promise.all([
    hydratePosts(ctx, refs, viewerId),
    namesOfLikers(ctx, viewerId, rows),
  ]);
  const address = privateAddresses(ctx);
  return rows.map((row) => {
    const found = hydrated.get(row.post_id);
    if (!found || !belongsInExplore(found) || isKnown(found.marks)) return null;
    const reason = reasonOf(row, found, nameOf);
    return reason && { ...postView(found, viewerId, address), reason };
  });
}

/** The reason as it may be told, if it still holds. */
function reasonOf(
  { why, post_id }: Recommended,
  { post }: HydratedPost,
  nameOf: ReadonlyMap<string, string>,
): ExploreReason | null {
  const { kind, cause } = why;
  if (kind === 'hashtag') return post.hashtags.includes(cause) ? { kind, label: cause } : null;
  if (kind !== 'liked_by_followed') return { kind, label: null };
  // Whose likes are hidden as a number, is not told of by name either.
  const label = post.likes_hidden ? undefined : nameOf.get(`${cause} ${post_id}`);
  return label === undefined ? null : { kind, label };
}

/** Who is to be named, by person and post: those who are still followed, may be met, and still like the post. */
async function namesOfLikers(
  ctx: Context,
  viewerId: PersonId,
  rows: readonly Recommended[],
): Promise<Map<string, string>> {
  const named = rows.filter(({ why }) => why.kind === 'liked_by_followed');
  const people = [...new Set(named.map(({ why }) => why.cause as PersonId))];
  if (people.length === 0) return new Map();
  const [met, likes] = await Promise.all([
    meetable(ctx, viewerId, people),
    likesAmong(
      ctx.db,
      people,
      named.map((row) => row.post_id),
    ),
  ]);
  return new Map(
    likes.flatMap(({ person_id, post_id }) => {
      const found = met.get(person_id);
      return found?.relation.following ? [[`${person_id} ${post_id}`, found.person.username]] : [];
    }),
  );
}
