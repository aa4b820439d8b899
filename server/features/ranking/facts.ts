import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { idMillis } from '../../kernel/ids.ts';
import type { KnownFacts } from '../../kernel/near-facts.ts';
import { affinitiesOf, preferencesOf } from '../affinity/read.ts';
import { nearMarks } from '../marks/near.ts';
import type { Marks } from '../marks/store.ts';
import { nearCards, nearCounts, type PostCard } from '../posts/cards.ts';
import { type Counts, type Resonance, resonance } from '../posts/counts-store.ts';
import { mediumIn } from '../posts/medium.ts';
import type { PostInList, PostRow } from '../posts/store.ts';
import { readSettings } from './settings.ts';
import type { LessOfRow, RankingSettings } from './settings-store.ts';
import { type Facts, type Taste, tasteFrom } from './terms.ts';

const HOUR_MS = 3600 * 1000;

/** Whose feed is ranked, when, and all that is asked of them once for all posts. */
export interface Reader {
  readonly personId: PersonId;
  readonly at: Date;
  readonly settings: RankingSettings;
  readonly affinities: ReadonlyMap<PersonId, number>;
  readonly taste: Taste;
  readonly lessOf: ReadonlySet<string>;
}

export async function readerOf(ctx: Context, personId: PersonId, at: Date): Promise<Reader> {
  const [settings, affinities, preferences] = await Promise.all([
    readSettings(ctx, personId),
    affinitiesOf(ctx.db, personId, at),
    preferencesOf(ctx.db, personId, at),
  ]);
  const lessOf = new Set(settings.less_of.map(({ kind, of }) => keyOf(kind, of)));
  return { personId, at, settings, affinities, taste: tasteFrom(preferences), lessOf };
}

const keyOf = (kind: LessOfRow['kind'], of: string) => `${kind} ${of}`;

/** What is known of many posts, before anybody's feed is ranked by it. */
interface Sources {
  readonly cards: ReadonlyMap<PostId, PostCard>;
  readonly counts: ReadonlyMap<PostId, Counts>;
  readonly marks: KnownFacts<PostId, Marks>;
}

/**
 * The facts that posts are ranked by: from memory, and what is not near in one wave of statements. What a
 * repost shows is its original: that one's counts, medium and hashtags count, and the author and the time
 * of the repost. Posts that are gone are not in the map. Nothing is judged here.
 */
export async function factsOf(
  ctx: Context,
  reader: Reader,
  refs: readonly PostInList[],
): Promise<Map<PostId, Facts>> {
  const ids = refs.flatMap(({ post_id, repost_of }) =>
    repost_of ? [post_id, repost_of] : post_id,
  );
  const [cards, counts, marks] = await Promise.all([
    nearCards(ctx).getMany(ids),
    nearCounts(ctx).getMany(ids),
    nearMarks(ctx).get(reader.personId, ids),
  ]);
  const facts = new Map<PostId, Facts>();
  for (const ref of refs) {
    const found = factsFor(reader, ref, { cards, counts, marks });
    if (found) facts.set(ref.post_id, found);
  }
  return facts;
}

function factsFor(reader: Reader, ref: PostInList, sources: Sources): Facts | null {
  const { post_id, repost_of } = ref;
  const shownId = repost_of ?? post_id;
  const card = sources.cards.get(post_id);
  const shownCard = sources.cards.get(shownId);
  const counts = sources.counts.get(shownId);
  if (!card || !shownCard || !counts) return null;
  const { post } = card;
  const { post: shown } = shownCard;
  const medium = mediumIn(shownCard);
  const { lessOf } = reader;
  const isSeen = (id: PostId) => sources.marks.get(id)?.seen === true;
  const isUnwanted = (tag: string) => lessOf.has(keyOf('hashtag', tag));
  return {
    ...countsFor(reader, shown, resonance(shownId, counts, reader.at)),
    hours: Math.max(0, reader.at.getTime() - idMillis(post_id)) / HOUR_MS,
    affinity: reader.affinities.get(post.author_id) ?? 0,
    medium,
    taste: reader.taste,
    seen: isSeen(post_id) || isSeen(shownId),
    lessOfAuthor:
      lessOf.size > 0 &&
      (lessOf.has(keyOf('author', post.author_id)) || lessOf.has(keyOf('author', shown.author_id))),
    lessOfHashtag:
      lessOf.size > 0 && (post.hashtags.some(isUnwanted) || shown.hashtags.some(isUnwanted)),
    lessOfMedia: medium !== null && lessOf.size > 0 && lessOf.has(keyOf('media', medium)),
  };
}

/** What is hidden from the reader has no part in it: neither the order nor `why` may tell of it. */
function countsFor(
  { personId }: Reader,
  {
    author_id,
    likes_hidden,
    comments_off,
  }: Pick<PostRow, 'author_id' | 'likes_hidden' | 'comments_off'>,
  { likes, comments, reposts, shares, saves, likes_per_hour }: Resonance,
) {
  const mayKnowLikes = !likes_hidden || author_id === personId;
  return {
    likes: mayKnowLikes ? likes : 0,
    likesPerHour: mayKnowLikes ? likes_per_hour : 0,
    comments: comments_off ? 0 : comments,
    shares: shares + reposts,
    saves,
  };
}
