import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { perContext } from '../../kernel/near-cache.ts';
import type { KnownFacts } from '../../kernel/near-facts.ts';
import { mayMeet, type Relation, STRANGER } from '../../kernel/visibility.ts';
import { nearTies } from '../graph/near-ties.ts';
import { nearMarks } from '../marks/near.ts';
import { type Marks, NO_MARKS } from '../marks/store.ts';
import { nearPeople } from '../people/near.ts';
import type { PersonRow } from '../people/store.ts';
import { nearCards, nearCounts, type PostCard } from './cards.ts';
import type { Counts } from './counts-store.ts';
import { alikeFor, type GatheredPost, gatheredPosts } from './gathered.ts';
import type { HydratedPost } from './hydrated-post.ts';
import type { PostInList, PostRow } from './store.ts';

export type { HydratedPost } from './hydrated-post.ts';

type Hydrated = Map<PostId, HydratedPost>;

/** What of a viewer is asked about posts, of whom and what it is known. */
export interface ViewerFacts {
  readonly relations: KnownFacts<PersonId, Relation>;
  readonly marked: KnownFacts<PostId, Marks>;
}

/**
 * Refs → all parts of the posts. What is near takes no statement. What is not is loaded in one parallel
 * wave of six statements at most, shared with all who read in the same moment; a second one of two only
 * when somebody is tagged or mentioned. Posts that are gone are not in the map. Nothing is judged here.
 * Not for what runs in a transaction: that looks with `lookAt`.
 */
export async function hydratePosts(
  ctx: Context,
  refs: readonly PostInList[],
  viewerId: PersonId | null,
): Promise<Hydrated> {
  return peekPosts(ctx, refs, viewerId) ?? loadPosts(ctx, refs, viewerId);
}

/** The same without waiting; null when something is not near. */
export function peekPosts(
  ctx: Context,
  refs: readonly PostInList[],
  viewerId: PersonId | null,
): Hydrated | null {
  const { cards, people, counts, ties, marks } = caches(ctx);
  const relations = viewerId === null ? NO_TIES : ties.peek(viewerId);
  const marked = viewerId === null ? NO_MARKED : marks.peek(viewerId);
  if (relations === undefined || marked === undefined) return null;
  const source: Source = { cards, people, counts, relations, marked, viewerId, missed: false };
  const hydrated: Hydrated = new Map();
  for (const { post_id } of refs) {
    const found = build(source, post_id);
    if (source.missed || found === null) return null;
    hydrated.set(post_id, found);
  }
  return hydrated;
}

/**
 * The same of each ref, in their order: to viewers who stand to a post alike the same object, unless it
 * says something of them. Null when something is not near.
 */
export function peekEach(
  ctx: Context,
  refs: readonly PostInList[],
  viewerId: PersonId,
): HydratedPost[] | null {
  const { ties, marks } = caches(ctx);
  const relations = ties.peek(viewerId);
  const marked = marks.peek(viewerId);
  if (relations === undefined || marked === undefined) return null;
  return peekEachWith(ctx, refs, viewerId, { relations, marked });
}

/** The same as a list in the order of the refs, shared where it can be (see `peekEach`); undefined for what is gone. */
export async function hydrateEach(
  ctx: Context,
  refs: readonly PostInList[],
  viewerId: PersonId,
): Promise<readonly (HydratedPost | undefined)[]> {
  const here = peekEach(ctx, refs, viewerId);
  if (here !== null) return here;
  const loaded = await loadPosts(ctx, refs, viewerId);
  return refs.map(({ post_id }) => loaded.get(post_id));
}

/**
 * The same for a viewer of whom `facts` are known: what else is asked is loaded. undefined for what is gone.
 */
export async function hydrateWith(
  ctx: Context,
  refs: readonly PostInList[],
  viewerId: PersonId,
  facts: ViewerFacts,
): Promise<readonly (HydratedPost | undefined)[]> {
  const here = peekEachWith(ctx, refs, viewerId, facts);
  if (here !== null) return here;
  const loaded = await loadPosts(ctx, refs, viewerId, facts);
  return refs.map(({ post_id }) => loaded.get(post_id));
}

/** The same with what is known of the viewer; null when something else, or of that, is missing. */
function peekEachWith(
  ctx: Context,
  refs: readonly PostInList[],
  viewerId: PersonId,
  { relations, marked }: ViewerFacts,
): HydratedPost[] | null {
  const { cards, people, counts } = caches(ctx);
  const gatheredOf = gatheredPosts(ctx);
  const now = ctx.clock.millis();
  let source: Source | undefined;
  const found: HydratedPost[] = [];
  for (let n = 0; n < refs.length; n += 1) {
    const { post_id } = refs[n] as PostInList;
    const gathered = gatheredOf.peek(post_id, now);
    if (gathered === undefined) return null;
    if (saysNothingOf(viewerId, gathered)) {
      const one = findAlike(gathered, relations, marked);
      if (one === null) return null;
      found.push(one);
    } else {
      source ??= { cards, people, counts, relations, marked, viewerId, missed: false };
      const one = build(source, post_id);
      if (source.missed || one === null) return null;
      found.push(one);
    }
  }
  return found;
}

function saysNothingOf(viewerId: PersonId, { namesNobody, card, original }: GatheredPost): boolean {
  return (
    namesNobody &&
    card.post.author_id !== viewerId &&
    (original === null || original.card.post.author_id !== viewerId)
  );
}

/** Null when it is not known how the viewer stands to it. */
function findAlike(
  gathered: GatheredPost,
  relations: KnownFacts<PersonId, Relation>,
  marked: KnownFacts<PostId, Marks>,
): HydratedPost | null {
  const { post } = gathered.card;
  const relation = relations.get(post.author_id);
  const marks = marked.get(post.post_id);
  if (relation === undefined || marks === undefined) return null;
  if (gathered.original === null) return alikeFor(gathered, relation, marks, null);
  const original = findAlike(gathered.original, relations, marked);
  return original && alikeFor(gathered, relation, marks, original);
}

const caches = perContext((ctx) => ({
  cards: nearCards(ctx),
  people: nearPeople(ctx),
  counts: nearCounts(ctx),
  ties: nearTies(ctx),
  marks: nearMarks(ctx),
}));

async function loadPosts(
  ctx: Context,
  refs: readonly PostInList[],
  viewerId: PersonId | null,
  known: ViewerFacts = NOTHING_KNOWN,
): Promise<Hydrated> {
  const near = caches(ctx);
  const postIds = refs.flatMap(({ post_id, repost_of }) =>
    repost_of ? [post_id, repost_of] : post_id,
  );
  const authorIds = refs.flatMap(({ author_id, repost_author_id }) =>
    repost_author_id ? [author_id, repost_author_id] : author_id,
  );
  const tiesTo = async (ids: readonly PersonId[]) => {
    const asked = ids.filter((id) => !known.relations.has(id));
    if (viewerId === null || asked.length === 0) return known.relations;
    return withKnown(await near.ties.get(viewerId, asked), known.relations);
  };
  const marksOn = async (ids: readonly PostId[]) => {
    const asked = ids.filter((id) => !known.marked.has(id));
    if (viewerId === null || asked.length === 0) return known.marked;
    return withKnown(await near.marks.get(viewerId, asked), known.marked);
  };
  const [cards, people, counts, relations, marked] = await Promise.all([
    near.cards.getMany(postIds),
    near.people.getMany(authorIds),
    near.counts.getMany(postIds),
    tiesTo(authorIds),
    marksOn(postIds),
  ]);
  const source: Source = {
    cards: peekable(cards),
    people: peekable(people),
    counts: peekable(counts),
    relations,
    marked,
    viewerId,
    missed: false,
  };
  const named = [...new Set([...cards.values()].flatMap(({ post }) => namesIn(post)))];
  if (named.length > 0) {
    const [more, ties] = await Promise.all([near.people.getMany(named), tiesTo(named)]);
    source.people = peekable(new Map([...people, ...more]));
    // Another map when a touch came in between: both hold what was true since this was asked.
    source.relations = ties === relations ? ties : withKnown(relations, ties);
  }
  const built = refs.flatMap(({ post_id }) => build(source, post_id) ?? []);
  return new Map(built.map((found) => [found.post.post_id, found]));
}

const withKnown = <Id, Fact>(
  loaded: KnownFacts<Id, Fact>,
  known: KnownFacts<Id, Fact>,
): KnownFacts<Id, Fact> => ({
  get: (id) => known.get(id) ?? loaded.get(id),
  has: (id) => known.has(id) || loaded.has(id),
});

interface Peekable<Id, Value> {
  peek(id: Id): Value | undefined;
}

const peekable = <Id, Value>(map: ReadonlyMap<Id, Value>): Peekable<Id, Value> => ({
  peek: (id) => map.get(id),
});

/** Where the parts come from; `missed`: one of them was not there. */
interface Source {
  readonly cards: Peekable<PostId, PostCard>;
  people: Peekable<PersonId, PersonRow>;
  readonly counts: Peekable<PostId, Counts>;
  relations: KnownFacts<PersonId, Relation>;
  readonly marked: KnownFacts<PostId, Marks>;
  readonly viewerId: PersonId | null;
  missed: boolean;
}

const NO_TIES: KnownFacts<PersonId, Relation> = new Map();
const NO_MARKED: KnownFacts<PostId, Marks> = new Map();
const NOTHING_KNOWN: ViewerFacts = { relations: NO_TIES, marked: NO_MARKED };
const NOBODY: ReadonlySet<PersonId> = new Set();

function build(source: Source, postId: PostId): HydratedPost | null {
  const { viewerId } = source;
  const card = source.cards.peek(postId);
  const counts = source.counts.peek(postId);
  const person = card && source.people.peek(card.post.author_id);
  if (card === undefined || counts === undefined || person === undefined) {
    source.missed = true;
    return null;
  }
  const { post, media } = card;
  const parts = {
    card,
    post,
    person,
    viewerId,
    relation: relationTo(source, post.author_id),
    counts,
    media,
    marks: marksOf(source, postId),
    named: post.tagged.length + post.mentions.length === 0 ? NOBODY : namedFor(source, post),
  };
  return post.repost_of === null ? parts : { ...parts, original: build(source, post.repost_of) };
}

/** To oneself there is none; who is known to be a stranger is one, who is not known is missed. */
function relationTo(source: Source, id: PersonId): Relation {
  const relation = source.relations.get(id);
  if (relation !== undefined) return relation;
  if (source.viewerId !== null) source.missed = true;
  return STRANGER;
}

function marksOf(source: Source, id: PostId): Marks {
  const marks = source.marked.get(id);
  if (marks !== undefined) return marks;
  if (source.viewerId !== null) source.missed = true;
  return NO_MARKS;
}

function namedFor(source: Source, post: PostRow): ReadonlySet<PersonId> {
  const { viewerId } = source;
  return new Set(
    namesIn(post).filter((id) => {
      const person = source.people.peek(id);
      if (person === undefined) source.missed = true;
      return person && mayMeet({ person, viewerId, relation: relationTo(source, id) });
    }),
  );
}

const namesIn = ({ tagged, mentions }: PostRow): PersonId[] =>
  [...tagged, ...mentions].map(({ person_id }) => person_id);
