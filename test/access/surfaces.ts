import type { Post } from '../../api/posts.ts';
import type { Route, RouteName } from '../../api/route.ts';
import { askPath, askRoute, faultsOf, type Heard } from './ask.ts';
import { leaksIn } from './leaks.ts';
import { ASKERS, type Asker, AUTHORS, type AuthorState, isClosed, mayKnowPost } from './truth.ts';
import type { MarkedPost, World } from './world.ts';

/** Everybody, about every post; an owner without an account is nobody. */
function* everyPair(world: World): Iterable<{ asker: Asker; marked: MarkedPost }> {
  for (const asker of ASKERS) {
    for (const marked of world.posts) {
      if (asker === 'owner' && isClosed(marked.author)) continue;
      yield { asker, marked };
    }
  }
}

const named = (asker: Asker, { author, state }: MarkedPost) => `${asker} → ${author}/${state}`;
const openToAll = ({ author, state }: MarkedPost) => mayKnowPost('guest', author, state);

const OF_A_REPOST: readonly RouteName[] = [
  'GET /posts/{post_id}',
  'GET /posts/{post_id}/history',
  'GET /posts/{post_id}/likes',
  'GET /posts/{post_id}/comments',
];

/** Reposts by somebody whom everyone may see, of what was open once. */
export async function faultsOfReposts(
  base: string,
  world: World,
  routeOf: (name: RouteName) => Route,
): Promise<string[]> {
  return faultsOf(everyPair(world), async ({ asker, marked }) => {
    const { author, state, repost, marker } = marked;
    const token = world.token(asker, author);
    const knows = mayKnowPost(asker, author, state);
    const faults: string[] = [];
    for (const name of OF_A_REPOST) {
      const sent = { params: { post_id: repost.post_id } };
      const { status, text } = await askRoute(base, token, routeOf(name), sent);
      const wanted = knows ? 200 : 404;
      if (status !== wanted) faults.push(`${status}, not ${wanted}: ${text}`);
      faults.push(...leaksIn(world, name, asker, author, text));
      if (name === OF_A_REPOST[0] && text.includes(`${marker} caption`) !== knows) {
        faults.push(`its original ${knows ? 'is missing' : 'shows'}`);
      }
    }
    return faults.map((fault) => `${named(asker, marked)}: ${fault}`);
  });
}

/** The addresses of pictures as an asker gets them; none when the post is not there. */
async function addressesFor(
  base: string,
  token: string | null,
  route: Route,
  { post }: MarkedPost,
): Promise<string[]> {
  const params = { post_id: post.post_id };
  const { status, text } = await askRoute(base, token, route, { params });
  if (status !== 200) return [];
  const { data } = JSON.parse(text) as { data: Post };
  return data.media.flatMap(({ sizes }) =>
    sizes ? Object.values(sizes).flatMap(({ url, webp }) => [url, webp]) : [],
  );
}

/** `/media/*`: bare addresses for whoever asks, signed in or not, and the addresses that one is given. */
export async function faultsOfPictures(
  base: string,
  world: World,
  route: Route,
): Promise<string[]> {
  return faultsOf(everyPair(world), async ({ asker, marked }) => {
    const { author, pictures } = marked;
    const token = world.token(asker, author);
    const faults: string[] = [];
    // A token opens nothing here: whoever may see a hidden picture is given an address of their own.
    const wanted = openToAll(marked) ? 200 : 404;
    for (const path of asker === 'guest' ? pictures : pictures.slice(0, 1)) {
      const { status } = await askPath(base + path, token);
      if (status !== wanted) faults.push(`${path}: ${status}, not ${wanted}`);
    }
    for (const address of await addressesFor(base, token, route, marked)) {
      const { status } = await askPath(base + address, null);
      if (status !== 200) faults.push(`an address of their own: ${status}`);
    }
    return faults.map((fault) => `${named(asker, marked)}: ${fault}`);
  });
}

/** Addresses of what not everyone may see, asked again when `pass` has let five minutes go by. */
export async function faultsOfOldAddresses(
  base: string,
  world: World,
  route: Route,
  pass: () => void,
): Promise<string[]> {
  const kept: { marked: MarkedPost; address: string }[] = [];
  for (const marked of world.posts) {
    if (openToAll(marked) || !mayKnowPost('friend', marked.author, marked.state)) continue;
    const token = world.token('friend', marked.author);
    const [address] = await addressesFor(base, token, route, marked);
    if (address) kept.push({ marked, address });
  }
  const ask = () =>
    faultsOf(kept, async ({ marked, address }) => {
      const { status } = await askPath(base + address, null);
      return [`${named('friend', marked)}: ${status}`];
    });
  const before = await ask();
  pass();
  const after = await ask();
  return [
    ...(kept.length >= 4 ? [] : [`only ${kept.length} addresses`]),
    ...before.filter((one) => !one.endsWith('200')).map((one) => `before, ${one}`),
    ...after.filter((one) => !one.endsWith('404')).map((one) => `after five minutes, ${one}`),
  ];
}

/** An id of the right form that no post has. */
const NO_POST = '123456789';
const NOBODY = 'nobody_at_all';
/** A token must make no difference to what is public. */
const WITH_TOKENS: readonly Asker[] = ['guest', 'friend', 'owner'];

const pagesOf = (base: string, id: string): readonly string[] => [
  `${base}/p/${id}`,
  `${base}/embed/p/${id}`,
  `${base}/api/v1/oembed?url=${encodeURIComponent(`${base}/p/${id}`)}`,
];

/** What a page says but for the number of the request that is in every refusal. */
const bare = ({ status, text }: Heard) => `${status} ${text.replace(/"request_id":"[^"]*"/, '')}`;

/** Public pages of posts, reposts and people. */
export async function faultsOfPages(base: string, world: World): Promise<string[]> {
  const none = await Promise.all(
    pagesOf(base, NO_POST).map(async (address) => bare(await askPath(address, null))),
  );
  const ofPosts = await faultsOf(world.posts, async (marked) => {
    const faults: string[] = [];
    for (const asker of WITH_TOKENS) {
      const token = world.token(asker, marked.author);
      for (const id of [marked.post.post_id, marked.repost.post_id]) {
        for (const [index, address] of pagesOf(base, id).entries()) {
          const heard = await askPath(address, token);
          const same = bare(heard) === none[index];
          if (same === openToAll(marked)) {
            faults.push(`${named(asker, marked)}: ${address}: ${bare(heard).slice(0, 300)}`);
          }
        }
      }
    }
    return faults;
  });
  const nobody = bare(await askPath(`${base}/${NOBODY}`, null));
  const ofPeople = await faultsOf(AUTHORS, async (author: AuthorState) => {
    const heard = await askPath(`${base}/${world.nameOf(author)}`, world.token('follower', author));
    const said = bare(heard) !== nobody;
    const leaks = world.posts.filter(({ marker }) => heard.text.includes(marker));
    const wrong = said === isClosed(author) ? [`${author}: ${bare(heard).slice(0, 300)}`] : [];
    return [...wrong, ...leaks.map(({ marker }) => `${author}: shows ${marker}`)];
  });
  return [...ofPosts, ...ofPeople];
}
