import assert from 'node:assert/strict';
import { changeRole, suspendPerson } from '../../api/admin.ts';
import type { Comment } from '../../api/comments.ts';
import { addCloseFriend, block, mute } from '../../api/graph.ts';
import { archivePost } from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import { createPlace } from '../../api/places.ts';
import { deletePost, editPost, type Post } from '../../api/posts.ts';
import { repostPost } from '../../api/reposts.ts';
import { closeAllSessions } from '../../server/features/accounts/standing.ts';
import { ofPerson, ofPost } from '../../server/kernel/touch-keys.ts';
import { cast, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import type { TestServer } from '../server.ts';
import {
  ASKERS,
  type Asker,
  AUTHORS,
  type AuthorState,
  POST_STATES,
  type PostState,
} from './truth.ts';

/** A post of the world. Its marker stands in everything that was said of it, and nowhere else. */
export interface MarkedPost {
  readonly author: AuthorState;
  readonly state: PostState;
  readonly marker: string;
  readonly post: Post;
  readonly comment: Comment;
  readonly placeId: string;
  /** Of the same, by somebody whom nothing stands between and anyone: as hidden as its original. */
  readonly repost: Post;
  /** Paths of its pictures, without what may have been signed. */
  readonly pictures: readonly string[];
}

/**
 * The first person (the admin), who follows every author and is followed by them, and a post that every
 * author has liked and talked about, and that names and tags them.
 */
export interface Hub {
  readonly username: string;
  readonly post: Post;
  readonly remarks: Readonly<Record<AuthorState, string>>;
}

/** People with every relation to authors in every state, who have posts in every state. */
export interface World {
  readonly authors: Readonly<Record<AuthorState, Person>>;
  readonly posts: readonly MarkedPost[];
  readonly hub: Hub;
  readonly nameOf: (author: AuthorState) => string;
  readonly people: Readonly<Record<Asking, Person>>;
  /** The token of who asks about this author; null of a guest. */
  token(asker: Asker, author: AuthorState): string | null;
  leave(): void;
}

export type Asking = Exclude<Asker, 'guest' | 'owner'>;
const ASKING = ASKERS.filter((asker): asker is Asking => asker !== 'guest' && asker !== 'owner');

const nameOf = (author: AuthorState) => `${author}_author`;

/** Builds it by the API alone, but for what only time or a fault brings about. */
export async function buildWorld(server: TestServer): Promise<World> {
  const { first, reposter } = await cast(server.url, 'first', 'reposter');
  const people = await castBy(server.url, ASKING, (asker) => `asker_${asker}`);
  const authors = await castBy(server.url, AUTHORS, nameOf);
  const username = people.moderator.username;
  await first.api(changeRole, { params: { username }, body: { role: 'moderator' } });
  for (const author of AUTHORS) await relate(people, authors[author]);
  for (const name of ['follower', 'muter'] as const) await people[name].follow(reposter);
  // Everybody meets everybody around the first person: in lists, as mutual followers, as suggestions.
  for (const asker of ['stranger', 'blocked', 'blocker'] as const)
    await people[asker].follow(first);
  for (const author of AUTHORS) {
    await authors[author].follow(first);
    await first.follow(authors[author]);
  }
  const made = await Promise.all(
    AUTHORS.map(async (author) => {
      const posts: MarkedPost[] = [];
      for (const state of POST_STATES) {
        posts.push(await makePost(authors[author], author, state, reposter));
      }
      return posts;
    }),
  );
  const posts = made.flat();
  const hub = await makeHub(first, authors);
  // What must be done last: relations and comments need accounts that are open.
  for (const author of AUTHORS) {
    const to = { params: { username: nameOf(author) } };
    await people.blocker.api(block, to);
    await authors[author].api(block, { params: { username: people.blocked.username } });
  }
  await close(server, first, authors, posts);
  return {
    authors,
    people,
    posts,
    hub,
    nameOf,
    token(asker, author) {
      if (asker === 'guest') return null;
      return asker === 'owner' ? authors[author].token : people[asker].token;
    },
    leave() {
      const all = [first, reposter, ...Object.values(people), ...Object.values(authors)];
      for (const person of all) person.leave();
    },
  };
}

async function castBy<Key extends string>(
  base: string,
  keys: readonly Key[],
  username: (key: Key) => string,
): Promise<Record<Key, Person>> {
  const made = await cast(base, ...keys.map(username));
  return Object.fromEntries(keys.map((key) => [key, made[username(key)]])) as Record<Key, Person>;
}

async function relate(people: Record<Asking, Person>, author: Person): Promise<void> {
  // Those who block and are blocked followed before: a block must end what was there.
  for (const name of ['follower', 'friend', 'muter', 'blocked', 'blocker'] as const) {
    await people[name].follow(author);
  }
  await author.api(addCloseFriend, { params: { username: people.friend.username } });
  await author.api(addCloseFriend, { params: { username: people.blocked.username } });
  await people.muter.api(mute, { params: { username: author.username }, body: {} });
}

async function makeHub(first: Person, authors: Record<AuthorState, Person>): Promise<Hub> {
  const names = AUTHORS.map((author) => `@${nameOf(author)}`).join(' ');
  const post = await first.published(first.post(colourPicture(), { caption: `With ${names}` }));
  const params = { post_id: post.post_id };
  const tagged = AUTHORS.map((author) => ({ username: nameOf(author), x: 0.5, y: 0.5 }));
  const media = post.media.map(({ media_id }) => ({ media_id, tagged }));
  await first.api(editPost, { params, body: { media } });
  const remarks = {} as Record<AuthorState, string>;
  for (const author of AUTHORS) {
    remarks[author] = `zv${author}zv remark`;
    await authors[author].like(post);
    await authors[author].comment(post, remarks[author]);
  }
  return { username: first.username, post, remarks };
}

async function makePost(
  person: Person,
  author: AuthorState,
  state: PostState,
  reposter: Person,
): Promise<MarkedPost> {
  const marker = `zq${author}zq${state.replace('_', '')}zq`;
  const place = await person.api(createPlace, { body: { name: `Spot ${author} ${state}` } });
  const sent = await person.post(colourPicture(), {
    caption: `${marker} caption #${marker}`,
    media: [{ alt: `${marker} alt` }],
  });
  const post = await person.published(sent);
  const params = { post_id: post.post_id };
  await person.api(editPost, { params, body: { place_id: place.place_id } });
  const comment = await person.comment(post, `${marker} comment`);
  const repost = await reposter.api(repostPost, { params, body: {} });
  const pictures = post.media.flatMap(({ sizes }) => {
    assert.ok(sizes);
    const all = Object.values(sizes).flatMap(({ url, webp }) => [url, webp]);
    return all.map((address) => new URL(address, 'http://here').pathname);
  });
  const placeId = place.place_id;
  return { author, state, marker, post, comment, placeId, repost, pictures };
}

/** Puts posts and accounts into their states. */
async function close(
  server: TestServer,
  first: Person,
  authors: Record<AuthorState, Person>,
  posts: readonly MarkedPost[],
): Promise<void> {
  const { db } = server.ctx;
  for (const { author, state, post } of posts) {
    const person = authors[author];
    const params = { post_id: post.post_id };
    if (state === 'followers' || state === 'close_friends') {
      await person.api(editPost, { params, body: { audience: state } });
    }
    if (state === 'archived') await person.api(archivePost, { params });
    if (state === 'deleted') await person.api(deletePost, { params });
    if (state === 'processing' || state === 'failed') {
      await db.query('update posts set status = $2 where post_id = $1', [post.post_id, state]);
      db.touchLoosely(ofPost(post.post_id));
    }
  }
  const level = { privacy_level: 'private' as const };
  await authors.private.api(editProfile, { params: { username: nameOf('private') }, body: level });
  const username = nameOf('suspended');
  await first.api(suspendPerson, { params: { username }, body: { reason: 'a test' } });
  const { id } = authors.deleted;
  await db.query(`update people set state = 'deleted' where person_id = $1`, [id]);
  db.touchLoosely(ofPerson(id));
  await closeAllSessions(server.ctx, id);
  assert.equal(posts.length, AUTHORS.length * POST_STATES.length);
}
