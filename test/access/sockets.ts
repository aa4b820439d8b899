import type { PostId } from '../../api/ids.ts';
import { confirmPost, likePost, unlikePost } from '../../api/posts.ts';
import type { ServerMessage } from '../../api/realtime.ts';
import type { Person } from '../cast.ts';
import type { Line } from '../line.ts';
import { colourPicture } from '../pictures.ts';
import { ASKERS, type Asker, mayEngage, mayKnowPost } from './truth.ts';
import type { MarkedPost, World } from './world.ts';

interface Reader {
  readonly asker: Asker;
  readonly person: Person;
  readonly line: Line;
  /** The posts that this reader watches. */
  readonly posts: readonly MarkedPost[];
}

/** A line of everyone who has an account that is open; owners watch their own posts. */
async function readersOf(world: World): Promise<Reader[]> {
  const readers: Reader[] = [];
  for (const asker of ASKERS) {
    if (asker === 'guest') continue;
    if (asker !== 'owner') {
      const person = world.people[asker];
      readers.push({ asker, person, line: await person.line(), posts: world.posts });
      continue;
    }
    for (const author of ['public', 'private'] as const) {
      const person = world.authors[author];
      const posts = world.posts.filter((one) => one.author === author);
      readers.push({ asker, person, line: await person.line(), posts });
    }
  }
  return readers;
}

/** All that a line has been told until now: it is answered in order. */
async function hearAll({ line, person }: Reader): Promise<readonly ServerMessage[]> {
  await line.authenticate(person.token);
  return line.unasked;
}

const idsOf = (messages: readonly ServerMessage[], type: ServerMessage['type']) =>
  new Set(messages.flatMap((one) => (one.type === type && 'post_id' in one ? [one.post_id] : [])));

/** `watch`: of what is hidden it says that it is gone, and never how it is liked. */
export async function faultsOfLines(world: World): Promise<string[]> {
  const faults: string[] = [];
  const readers = await readersOf(world);
  for (const reader of readers) {
    reader.line.send({
      type: 'watch',
      post_ids: reader.posts.flatMap(({ post, repost }) => [post.post_id, repost.post_id]),
    });
    const heard = await hearAll(reader);
    const [counted, gone] = [idsOf(heard, 'post.counts'), idsOf(heard, 'post.deleted')];
    for (const { author, state, post, repost } of reader.posts) {
      const knows = mayKnowPost(reader.asker, author, state);
      for (const { post_id } of [post, repost]) {
        if (counted.has(post_id) === knows && gone.has(post_id) !== knows) continue;
        const told = counted.has(post_id) ? 'counts' : 'nothing or that it is gone';
        faults.push(`${reader.asker} → ${author}/${state}: is told ${told}`);
      }
    }
  }
  faults.push(...(await faultsOfLikes(world, readers)));
  for (const { line } of readers) line.close();
  return faults;
}

/** A like of each post that can be liked is heard by those who watch it and may see it. */
async function faultsOfLikes(world: World, readers: readonly Reader[]): Promise<string[]> {
  const heardBefore = new Map<Reader, number>();
  for (const reader of readers) heardBefore.set(reader, (await hearAll(reader)).length);
  const { friend } = world.people;
  for (const marked of world.posts) {
    if (!mayEngage('friend', marked.author, marked.state)) continue;
    await friend.api(unlikePost, paramsOf(marked));
    await friend.api(likePost, paramsOf(marked));
  }
  const faults: string[] = [];
  for (const reader of readers) {
    const heard = (await hearAll(reader)).slice(heardBefore.get(reader));
    const counted = idsOf(heard, 'post.counts');
    for (const { author, state, post } of reader.posts) {
      const knows = mayKnowPost(reader.asker, author, state);
      const wanted = knows && mayEngage('friend', author, state);
      if (counted.has(post.post_id) === wanted) continue;
      faults.push(`${reader.asker} → ${author}/${state}: ${wanted ? 'misses' : 'hears'} a like`);
    }
  }
  return faults;
}

const HEARS_OF_NEW = {
  everyone: ['follower', 'friend'],
  close_friends: ['friend'],
} as const satisfies Readonly<Record<string, readonly Asker[]>>;

/** `feed.new_post`: for those who follow, have not muted and may see it; nobody whom a block keeps away. */
export async function faultsOfNews(world: World): Promise<string[]> {
  const readers = await readersOf(world);
  const { public: author } = world.authors;
  const faults: string[] = [];
  for (const audience of ['everyone', 'close_friends'] as const) {
    const grants = await author.upload(colourPicture());
    const upload_ids = grants.map(({ upload_id }) => upload_id);
    const post = await author.published(
      author.api(confirmPost, { body: { upload_ids, audience } }),
    );
    const isIt = (message: { post_id: PostId }) => message.post_id === post.post_id;
    const hearers: readonly Asker[] = HEARS_OF_NEW[audience];
    const wants = ({ asker, person }: Reader) =>
      asker === 'owner' ? person === author : hearers.includes(asker);
    // Followers are told all at once: when these have heard of it, nobody will hear any more.
    await Promise.all(readers.filter(wants).map(({ line }) => line.next('feed.new_post', isIt)));
    for (const reader of readers) {
      if (idsOf(await hearAll(reader), 'feed.new_post').has(post.post_id)) {
        faults.push(`${reader.asker} hears of a new post for ${audience}`);
      }
    }
  }
  for (const { line } of readers) line.close();
  return faults;
}

const paramsOf = ({ post }: MarkedPost) => ({ params: { post_id: post.post_id } });
