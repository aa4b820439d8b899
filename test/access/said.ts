import type { Profile } from '../../api/people.ts';
import type { Post } from '../../api/posts.ts';
import type { Route, RouteName } from '../../api/route.ts';
import { askRoute, faultsOf } from './ask.ts';
import { leaksIn } from './leaks.ts';
import {
  ASKERS,
  type Asker,
  AUTHORS,
  type AuthorState,
  isClosed,
  mayEngage,
  mayKnowAuthor,
  mayKnowContent,
  mayKnowPost,
} from './truth.ts';
import type { World } from './world.ts';

type RouteOf = (name: RouteName) => Route;

function* everyAsker(): Iterable<{ asker: Asker; author: AuthorState }> {
  for (const asker of ASKERS) {
    for (const author of AUTHORS) {
      if (asker === 'owner' ? !isClosed(author) : author === 'public') yield { asker, author };
    }
  }
}

const AROUND_A_POST: readonly RouteName[] = [
  'GET /posts/{post_id}',
  'GET /posts/{post_id}/history',
  'GET /posts/{post_id}/likes',
  'GET /posts/{post_id}/comments',
];
const AROUND_A_PERSON: readonly RouteName[] = [
  'GET /users/{username}/followers',
  'GET /users/{username}/following',
];
const SHOWS_WHO_IS_SHARED: readonly RouteName[] = [
  'GET /users/{username}',
  'GET /users/{username}/mutuals',
];

/** Whoever likes, talks, follows and is named somewhere: those who may be met, and all of those. */
export async function faultsOfHub(base: string, world: World, routeOf: RouteOf): Promise<string[]> {
  const { post, username } = world.hub;
  return faultsOf(everyAsker(), async ({ asker, author }) => {
    const faults: string[] = [];
    const token = world.token(asker, author);
    for (const name of [...AROUND_A_POST, ...AROUND_A_PERSON, ...SHOWS_WHO_IS_SHARED]) {
      if (asker === 'guest' && name.endsWith('/mutuals')) continue;
      const params = name.includes('{post_id}') ? { post_id: post.post_id } : { username };
      const { status, text } = await askRoute(base, token, routeOf(name), { params });
      if (status !== 200) faults.push(`${name}: ${status}`);
      faults.push(...leaksIn(world, name, asker, author, text).map((leak) => `${name}: ${leak}`));
      if (SHOWS_WHO_IS_SHARED.includes(name)) continue;
      const meets = asker !== 'blocked' && asker !== 'blocker';
      if (text.includes(`"${world.nameOf('public')}"`) !== meets) {
        faults.push(`${name}: ${meets ? 'misses' : 'shows'} the public author`);
      }
    }
    return faults.map((fault) => `${asker} (${author}): ${fault}`);
  });
}

/** All posts that an asker may know, with what they are told about them; `seen` in all. */
export async function faultsOfPosts(
  base: string,
  world: World,
  routeOf: RouteOf,
  seen: number,
): Promise<string[]> {
  const pairs = ASKERS.flatMap((asker) =>
    world.posts
      .filter(({ author, state }) => mayKnowPost(asker, author, state))
      .map((marked) => ({ asker, ...marked })),
  );
  const faults = await faultsOf(pairs, async ({ asker, author, state, marker, post }) => {
    const token = world.token(asker, author);
    const params = { post_id: post.post_id };
    const { text } = await askRoute(base, token, routeOf('GET /posts/{post_id}'), { params });
    const { data } = JSON.parse(text) as { data: Post };
    const open = mayKnowPost('guest', author, state);
    const engages = asker !== 'guest' && mayEngage(asker, author, state);
    const said = [data.is_public, data.viewer.can_comment, data.viewer.can_repost];
    const wanted = [open, engages, engages && open && asker !== 'owner'];
    if (engages) {
      const sent = { params, body: { channel: 'link' } };
      const shared = await askRoute(base, token, routeOf('POST /posts/{post_id}/share'), sent);
      said.push(shared.text.includes('"is_public":true'));
      wanted.push(open);
    }
    const whole = text.includes(`${marker} caption`) && text.includes(`${marker} alt`);
    if (whole && said.join() === wanted.join()) return [];
    return [`${asker} → ${author}/${state}: ${said}, not ${wanted}: ${text.slice(0, 200)}`];
  });
  return pairs.length === seen ? faults : [...faults, `${pairs.length} pairs, not ${seen}`];
}

export async function faultsOfProfiles(
  base: string,
  world: World,
  route: Route,
): Promise<string[]> {
  const pairs = ASKERS.flatMap((asker) => AUTHORS.map((author) => ({ asker, author })));
  const known = pairs.filter(({ asker, author }) => mayKnowAuthor(asker, author));
  return faultsOf(known, async ({ asker, author }) => {
    const params = { username: world.nameOf(author) };
    const { text } = await askRoute(base, world.token(asker, author), route, { params });
    const { data } = JSON.parse(text) as { data: Profile };
    const wanted = mayKnowContent(asker, author);
    return data.viewer.can_see_posts === wanted ? [] : [`${asker} → ${author}: not ${wanted}`];
  });
}

const FOLLOWING: readonly Asker[] = ['follower', 'friend'];

/** Posts that stand in the home feed by themselves, not as what somebody reposted. */
export async function faultsOfHomes(base: string, world: World, route: Route): Promise<string[]> {
  const asking = [...everyAsker()].filter(({ asker }) => asker !== 'guest');
  return faultsOf(asking, async ({ asker, author: asking }) => {
    const sent = { query: { limit: '100' } };
    const { text } = await askRoute(base, world.token(asker, asking), route, sent);
    const { data } = JSON.parse(text) as { data: Post[] };
    const ids = new Set(data.map(({ post_id }) => post_id));
    return world.posts.flatMap(({ author, state, post }) => {
      const follows = asker === 'owner' ? author === asking : FOLLOWING.includes(asker);
      const wanted = follows && mayEngage(asker, author, state);
      if (ids.has(post.post_id) === wanted) return [];
      return [`${asker} → ${author}/${state}: ${wanted ? 'is missing' : 'stands there'}`];
    });
  });
}
