import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createComment, listComments } from '../api/comments.ts';
import { homeFeed, profileFeed } from '../api/feed.ts';
import { follow, unfollow } from '../api/graph.ts';
import type { PostId } from '../api/ids.ts';
import { askUpload, type UploadGrant } from '../api/media.ts';
import type { Crop, TagWish } from '../api/new-media.ts';
import type { Pagination } from '../api/page.ts';
import { getProfile, type Profile, register, type Session } from '../api/people.ts';
import {
  confirmPost,
  deletePost,
  getPost,
  likePost,
  type NewPost,
  type Post,
  unlikePost,
} from '../api/posts.ts';
import type { DataOf, Route } from '../api/route.ts';
import { type Answer, ask, Refused, type Wish } from './client.ts';
import { Line } from './line.ts';
import { colourPicture } from './pictures.ts';

/** Good enough for everyone of the cast. */
export const PASSWORD = 'three otters and 1 kite';

/** A file as somebody uploads it, a picture or a video. */
export interface TestFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** What is said of a new post; `media` is in the order of its pictures. */
export interface PostWish extends Omit<NewPost, 'upload_ids' | 'media'> {
  readonly media?: readonly { alt?: string; crop?: Crop; poster_at?: number; tagged?: TagWish[] }[];
  readonly key?: string;
}

export interface FeedPage {
  readonly posts: Post[];
  readonly pagination: Pagination;
}

/** Somebody with a client: asks what the contract knows, and every answer is held against it. */
export class Person {
  /** Where the server is; another one after it was started again. */
  base: string;
  readonly username: string;
  session: Session;
  readonly #lines: Line[] = [];
  #own: Promise<Line> | undefined;

  constructor(base: string, session: Session) {
    this.base = base;
    this.session = session;
    this.username = session.user.username;
  }

  get id() {
    return this.session.user.user_id;
  }

  get token(): string {
    return this.session.access_token;
  }

  /** Throws `Refused` when the server says no. */
  async api<R extends Route>(route: R, wish?: Wish<R>): Promise<DataOf<R>> {
    return (await this.ask(route, wish)).data;
  }

  ask<R extends Route>(route: R, wish?: Wish<R>): Promise<Answer<R>> {
    return ask(this.base, this.token, route, wish);
  }

  follow(other: Person) {
    return this.api(follow, { params: { username: other.username } });
  }

  unfollow(other: Person) {
    return this.api(unfollow, { params: { username: other.username } });
  }

  like(post: Post) {
    return this.api(likePost, { params: { post_id: post.post_id } });
  }

  unlike(post: Post) {
    return this.api(unlikePost, { params: { post_id: post.post_id } });
  }

  comment(post: Post, text: string, key?: string) {
    const params = { post_id: post.post_id };
    return this.api(createComment, { params, body: { text }, ...(key ? { key } : {}) });
  }

  comments(post: Post) {
    return this.api(listComments, { params: { post_id: post.post_id } });
  }

  see(post: Post): Promise<Post> {
    return this.api(getPost, { params: { post_id: post.post_id } });
  }

  delete(post: Post) {
    return this.api(deletePost, { params: { post_id: post.post_id } });
  }

  profile(of: Person = this): Promise<Profile> {
    return this.api(getProfile, { params: { username: of.username } });
  }

  /** One page of the home feed. */
  async feed(query: { cursor?: string; limit?: number } = {}): Promise<FeedPage> {
    const { data, pagination } = await this.ask(homeFeed, { query });
    assert.ok(pagination);
    return { posts: data, pagination };
  }

  /** The home feed to its end, page by page. */
  async wholeFeed(limit = 100): Promise<PostId[]> {
    const ids: PostId[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const { posts, pagination } = await this.feed(cursor ? { cursor, limit } : { limit });
      ids.push(...posts.map((post) => post.post_id));
      cursor = pagination.next_cursor;
    }
    return ids;
  }

  async grid(of: Person = this): Promise<Post[]> {
    return this.api(profileFeed, { params: { username: of.username }, query: { limit: 100 } });
  }

  /** Asks for addresses and sends the bytes: what `confirmPost` then takes. */
  async upload(...pictures: readonly TestFile[]): Promise<UploadGrant[]> {
    const grants = await this.announce(...pictures);
    await Promise.all(
      grants.map(async (grant, index) => {
        const answer = await this.put(grant, pictures[index]?.bytes ?? Buffer.alloc(0));
        assert.equal(answer.status, 200, await answer.text());
      }),
    );
    return grants;
  }

  async announce(...pictures: readonly TestFile[]): Promise<UploadGrant[]> {
    const files = pictures.map(({ type, bytes }) => ({
      content_type: type,
      size: bytes.length,
      checksum_sha256: createHash('sha256').update(bytes).digest('hex'),
    }));
    return (await this.api(askUpload, { body: { files } })).uploads;
  }

  /** Sends bytes to a pre-signed address, as the grant says. */
  put(grant: UploadGrant, bytes: Uint8Array, headers: Record<string, string> = {}) {
    return fetch(new URL(grant.url, this.base), {
      method: grant.method,
      headers: { ...grant.headers, ...headers },
      body: new Uint8Array(bytes),
    });
  }

  async confirm(grants: readonly UploadGrant[], wish: PostWish = {}): Promise<Post> {
    // Before anything can be heard of it.
    await this.#ownLine();
    const upload_ids = grants.map((grant) => grant.upload_id);
    const { media: details, key, ...said } = wish;
    const media = details?.map((detail, index) => {
      const upload_id = upload_ids[index];
      assert.ok(upload_id, 'more is said than there are pictures');
      return { upload_id, ...detail };
    });
    return this.api(confirmPost, {
      body: {
        upload_ids,
        ...(media ? { media } : {}),
        ...said,
      },
      ...(key === undefined ? {} : { key }),
    });
  }

  /** Uploads and confirms. The post is still being processed then: see `published`. */
  async post(
    pictures: TestFile | readonly TestFile[] = colourPicture(),
    wish: PostWish = {},
  ): Promise<Post> {
    const list: readonly TestFile[] = 'bytes' in pictures ? [pictures] : pictures;
    return this.confirm(await this.upload(...list), wish);
  }

  /** Waits until the worker has said that it is done with a post, and gives it as it is then. */
  async processed(post: Post): Promise<Post> {
    const line = await this.#ownLine();
    // The line stands, so whatever happens after this look will be heard.
    const now = await this.see(post);
    if (now.status !== 'processing') return now;
    await line.next('post.status', (message) => message.post_id === post.post_id);
    return this.see(post);
  }

  /** Waits until a post that this person made here is published, and in every feed that it belongs to. */
  async published(sent: Post | Promise<Post>): Promise<Post> {
    const post = await sent;
    const done = await this.processed(post);
    assert.equal(done.status, 'published', JSON.stringify(done.failure));
    // The author's own feed gets it in the same transaction as everybody's.
    const line = await this.#ownLine();
    await line.next('feed.new_post', (message) => message.post_id === post.post_id);
    return done;
  }

  /** The line that hears what becomes of their own posts. */
  async #ownLine(): Promise<Line> {
    this.#own ??= this.line();
    return this.#own;
  }

  /** A socket of this person, authenticated. */
  async line(): Promise<Line> {
    const line = new Line(this.base);
    this.#lines.push(line);
    await line.opened();
    await line.authenticate(this.token);
    return line;
  }

  /** Closes every socket. */
  leave(): void {
    for (const line of this.#lines.splice(0)) line.close();
    this.#own = undefined;
  }
}

/** Registers one. Names are theirs alone on their server. */
export async function join(base: string, username: string): Promise<Person> {
  const { data } = await ask(base, null, register, {
    body: {
      username,
      email: `${username}@example.org`,
      password: PASSWORD,
      full_name: username.charAt(0).toUpperCase() + username.slice(1),
    },
  });
  return new Person(base, data);
}

/** Registers people by name: `const { alice, bob } = await cast(url, 'alice', 'bob')`. */
export async function cast<const Name extends string>(
  base: string,
  ...names: readonly Name[]
): Promise<Record<Name, Person>> {
  const people: Partial<Record<Name, Person>> = {};
  // One after the other: the first is the server's admin.
  for (const name of names) people[name] = await join(base, name);
  return people as Record<Name, Person>;
}

/** What the server says when it refuses; fails when it does not. */
export async function refusal(work: Promise<unknown>): Promise<Refused> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  assert.fail('this was to be refused');
}
