import { setTimeout as pause } from 'node:timers/promises';
import { createComment } from '../../api/comments.ts';
import { profileFeed } from '../../api/feed.ts';
import { follow } from '../../api/graph.ts';
import type { PostId, UploadId } from '../../api/ids.ts';
import { editProfile, getProfile, login, register, type Session } from '../../api/people.ts';
import { confirmPost, getPost, likePost, type Post } from '../../api/posts.ts';
import { CAST, type Person } from './cast.ts';
import { type Client, Refused } from './client.ts';
import { createRandom, type Random } from './pictures/noise.ts';
import { type DemoPost, POSTS } from './posts.ts';
import { PLAIN_CAPTIONS, REMARKS } from './remarks.ts';
import type { DemoPicture, Supply } from './supply.ts';

/** Everyone's, because it is a demo. */
export const PASSWORD = 'open to the light';

export interface Filling {
  readonly supply: Supply;
  /** Hears what is being done. */
  readonly say: (what: string) => void;
}

export interface Filled {
  /** False when everything was there already. */
  readonly added: boolean;
  readonly people: number;
  readonly posts: number;
}

type Cast = ReadonlyMap<string, Client>;

/**
 * Brings the cast, their posts and what they say to each other onto a server, through its API. What is
 * there already stays and is not added again, so a run that was cut off can be repeated.
 */
export async function fillServer(visitor: Client, filling: Filling): Promise<Filled> {
  const before = await countPosts(visitor);
  const told = { people: CAST.length, posts: POSTS.length };
  const wanted = (name: string) => POSTS.filter((post) => post.by === name).length;
  if (CAST.every(({ username }) => (before.get(username) ?? -1) >= wanted(username))) {
    return { added: false, ...told };
  }
  const cast = await gather(visitor, filling);
  for (const person of CAST) await introduce(cast, person, filling);
  for (const { username, follows } of CAST) {
    filling.say(`${username} follows ${follows.length} people`);
    for (const name of [...follows].reverse()) {
      await clientOf(cast, username).call(follow, { params: { username: name } });
    }
  }
  await publishAll(cast, before, filling);
  return { added: true, ...told };
}

/** How many posts each of the cast has; those who are not there are left out. */
async function countPosts(visitor: Client): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { username } of CAST) {
    try {
      const profile = await visitor.call(getProfile, { params: { username } });
      counts.set(username, profile.posts_count);
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'user_not_found')) throw error;
    }
  }
  return counts;
}

async function gather(visitor: Client, { say }: Filling): Promise<Cast> {
  const cast = new Map<string, Client>();
  for (const person of CAST) {
    say(`${person.fullName} joins`);
    const session = await enter(visitor, person);
    cast.set(person.username, visitor.as(session.access_token));
  }
  return cast;
}

async function enter(visitor: Client, { username, fullName }: Person): Promise<Session> {
  const body = {
    username,
    email: `${username}@example.org`,
    password: PASSWORD,
    full_name: fullName,
  };
  try {
    return await visitor.call(register, { body });
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'username_taken')) throw error;
  }
  try {
    return await visitor.call(login, { body: { username, password: PASSWORD } });
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'invalid_credentials')) throw error;
    throw new Error(
      `Somebody else is called ${username} on ${visitor.address}. The demo wants a server of its own: set DATA_DIR to a new folder.`,
    );
  }
}

async function introduce(cast: Cast, person: Person, { supply, say }: Filling): Promise<void> {
  const client = clientOf(cast, person.username);
  const params = { username: person.username };
  const profile = await client.call(getProfile, { params });
  if (profile.profile_picture) return;
  say(`${person.username} writes their profile`);
  const upload = await client.upload(await supply.avatar(person.avatar));
  const link = person.link ? { link: person.link } : {};
  await client.call(editProfile, {
    params,
    body: { bio: person.bio, ...link, profile_picture_upload_id: upload },
  });
  await until(async () => (await client.call(getProfile, { params })).profile_picture !== null);
}

async function publishAll(
  cast: Cast,
  before: ReadonlyMap<string, number>,
  filling: Filling,
): Promise<void> {
  const seen = new Map<string, number>();
  // The pictures of the next post are made while the server works on those of this one.
  let coming = takeAll(POSTS[0], filling.supply);
  for (const [index, post] of POSTS.entries()) {
    const pictures = await coming;
    coming = takeAll(POSTS[index + 1], filling.supply);
    coming.catch(() => undefined); // thrown again where it is awaited
    const nth = seen.get(post.by) ?? 0;
    seen.set(post.by, nth + 1);
    filling.say(`${index + 1} of ${POSTS.length}: ${post.by}, ${nameOf(post, filling.supply)}`);
    const known = nth < (before.get(post.by) ?? 0);
    const postId = known
      ? await findNth(cast, post.by, nth)
      : await publish(cast, post, index, pictures, filling);
    if (postId) await respond(cast, post, postId, index, filling);
  }
}

function nameOf(post: DemoPost, supply: Supply): string {
  return supply.foreign ? `${post.shots.length} of your photos` : post.shots.join(', ');
}

async function takeAll(post: DemoPost | undefined, supply: Supply): Promise<DemoPicture[]> {
  const pictures: DemoPicture[] = [];
  for (const shot of post?.shots ?? []) pictures.push(await supply.picture(shot));
  return pictures;
}

/** The post that someone made as the nth, from 0. */
async function findNth(cast: Cast, username: string, nth: number): Promise<PostId | null> {
  const list = await clientOf(cast, username).call(profileFeed, {
    params: { username },
    query: { limit: 100 },
  });
  return (list.at(-1 - nth)?.post_id as PostId | undefined) ?? null;
}

/** Null when the server could not make the post of it after all; that is said, and the demo goes on. */
async function publish(
  cast: Cast,
  post: DemoPost,
  index: number,
  pictures: readonly DemoPicture[],
  { supply, say }: Filling,
): Promise<PostId | null> {
  const client = clientOf(cast, post.by);
  const plain = PLAIN_CAPTIONS[index % PLAIN_CAPTIONS.length] ?? '';
  const made = await send(client, supply.foreign ? plain : post.caption, pictures, {
    supply,
    say,
  });
  let now = made;
  await until(async () => {
    now = await client.call(getPost, { params: { post_id: made.post_id } });
    return now.status !== 'processing';
  });
  if (now.status === 'published') return made.post_id as PostId;
  say(`not published: ${now.failure?.message ?? 'the server gave no reason'}`);
  return null;
}

/** Uploads and confirms. A photo that the server refuses is left out for good, and the next one takes its place. */
async function send(
  client: Client,
  caption: string,
  pictures: readonly DemoPicture[],
  { supply, say }: Filling,
): Promise<Post> {
  const uploads: UploadId[] = [];
  for (const picture of pictures) uploads.push(await client.upload(picture));
  const media = uploads.map((upload_id, i) => ({ upload_id, alt: pictures[i]?.alt ?? '' }));
  try {
    return await client.call(confirmPost, { body: { upload_ids: uploads, caption, media } });
  } catch (error) {
    const refused = error instanceof Refused ? error.uploadId : undefined;
    const at = uploads.indexOf(refused as UploadId);
    const bad = pictures[at];
    if (!(error instanceof Refused) || !bad) throw error;
    say(`${bad.name} is left out: ${error.message}`);
    supply.leaveOut(bad.name);
    // Which one is asked for only matters where the pictures are made, and those are never refused.
    const instead = await supply.picture('dahlia');
    return await send(client, caption, pictures.with(at, instead), { supply, say });
  }
}

/** Likes and comments. Doing it again adds nothing. */
async function respond(
  cast: Cast,
  post: DemoPost,
  postId: PostId,
  index: number,
  { supply }: Filling,
): Promise<void> {
  const random = createRandom(POSTS.indexOf(post) + 1);
  const params = { post_id: postId };
  const fans = CAST.filter((one) => one.follows.includes(post.by));
  const warmth = 0.35 + random() * 0.65;
  for (const { username } of fans) {
    if (random() < warmth) await clientOf(cast, username).call(likePost, { params });
  }
  const remarks =
    supply.foreign || !post.comments ? chooseRemarks(post, fans, random) : post.comments;
  for (const [n, [username, text]] of remarks.entries()) {
    await clientOf(cast, username).call(createComment, {
      params,
      body: { text },
      idempotencyKey: `demo-${index}-${n}-${postId}`,
    });
  }
}

function chooseRemarks(
  post: DemoPost,
  fans: readonly Person[],
  random: Random,
): (readonly [string, string])[] {
  const count = Math.floor(random() * 3);
  return fans
    .filter((one) => one.username !== post.by)
    .map((one) => ({ one, order: random() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ one }) => [one.username, REMARKS[Math.floor(random() * REMARKS.length)] ?? 'Lovely.']);
}

function clientOf(cast: Cast, username: string): Client {
  const client = cast.get(username);
  if (!client) throw new Error(`${username} is not in the cast`);
  return client;
}

const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 120_000;

/** Asks again until it is so. Throws after two minutes: then the server's worker is not at work. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > end) {
      throw new Error(
        'The server takes pictures but does not process them. Is its worker running?',
      );
    }
    await pause(LOOK_AGAIN_MS);
  }
}
