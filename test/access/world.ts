import assert from 'node:assert/strict';
import { changeRole } from '../../api/admin.ts';
import type { Comment } from '../../api/comments.ts';
import { addCloseFriend, block, mute } from '../../api/graph.ts';
import type { PersonId } from '../../api/ids.ts';
import { archivePost } from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import { createPlace } from '../../api/places.ts';
import { deletePost, editPost, type Post } from '../../api/posts.ts';
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
}

/** A post of the admin that every author has liked and talked about, and whose caption names them. */
export interface Hub {
  readonly post: Post;
  readonly remarks: Readonly<Record<AuthorState, string>>;
}

/** People with every relation to authors in every state, who have posts in every state. */
export interface World {
  readonly authors: Readonly<Record<AuthorState, Person>>;
  readonly posts: readonly MarkedPost[];
  readonly hub: Hub;
  readonly nameOf: (author: AuthorState) => string;
  /** The token of who asks about this author; null of a guest. */
  token(asker: Asker, author: AuthorState): string | null;
  leave(): void;
}

type Asking = Exclude<Asker, 'guest' | 'owner'>;
const ASKING = ASKERS.filter((asker): asker is Asking => asker !== 'guest' && asker !== 'owner');

const nameOf = (author: AuthorState) => `${author}_author`;

/** Builds it by the API alone, but for what only time or a fault brings about. */
export async function buildWorld(server: TestServer): Promise<World> {
  const { admin } = await cast(server.url, 'admin');
  const people = await cast(server.url, ...ASKING);
  const authors = {} as Record<AuthorState, Person>;
  for (const author of AUTHORS) {
    const made = await cast(server.url, nameOf(author));
    authors[author] = made[nameOf(author)] as Person;
  }
  const role = { params: { username: 'moderator' }, body: { role: 'moderator' as const } };
  await admin.api(changeRole, role);
  const posts: MarkedPost[] = [];
  for (const author of AUTHORS) {
    await relate(people, authors[author]);
    for (const state of POST_STATES) posts.push(await makePost(authors[author], author, state));
  }
  const hub = await makeHub(admin, authors);
  // What must be done last: relations and comments need accounts that are open.
  for (const author of AUTHORS) {
    const to = { params: { username: nameOf(author) } };
    await people.blocker.api(block, to);
    await authors[author].api(block, { params: { username: 'blocked' } });
  }
  await close(server, authors, posts);
  return {
    authors,
    posts,
    hub,
    nameOf,
    token(asker, author) {
      if (asker === 'guest') return null;
      return asker === 'owner' ? authors[author].token : people[asker].token;
    },
    leave() {
      for (const person of [admin, ...Object.values(people), ...Object.values(authors)])
        person.leave();
    },
  };
}

async function relate(people: Record<Asking, Person>, author: Person): Promise<void> {
  // Those who block and are blocked followed before: a block must end what was there.
  for (const name of ['follower', 'friend', 'muter', 'blocked', 'blocker'] as const) {
    await people[name].follow(author);
  }
  await author.api(addCloseFriend, { params: { username: 'friend' } });
  await author.api(addCloseFriend, { params: { username: 'blocked' } });
  await people.muter.api(mute, { params: { username: author.username }, body: {} });
}

async function makeHub(admin: Person, authors: Record<AuthorState, Person>): Promise<Hub> {
  const names = AUTHORS.map((author) => `@${nameOf(author)}`).join(' ');
  const post = await admin.published(admin.post(colourPicture(), { caption: `With ${names}` }));
  const remarks = {} as Record<AuthorState, string>;
  for (const author of AUTHORS) {
    remarks[author] = `zv${author}zv remark`;
    await authors[author].like(post);
    await authors[author].comment(post, remarks[author]);
  }
  return { post, remarks };
}

async function makePost(
  person: Person,
  author: AuthorState,
  state: PostState,
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
  return { author, state, marker, post, comment, placeId: place.place_id };
}

/** Puts posts and accounts into their states. */
async function close(
  server: TestServer,
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
    }
  }
  const level = { privacy_level: 'private' as const };
  await authors.private.api(editProfile, { params: { username: nameOf('private') }, body: level });
  for (const state of ['suspended', 'deleted'] as const) {
    const id: PersonId = authors[state].id;
    await db.query('update people set state = $2 where person_id = $1', [id, state]);
  }
  assert.equal(posts.length, AUTHORS.length * POST_STATES.length);
}
