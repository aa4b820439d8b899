import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Route, RouteName } from '../../api/route.ts';
import type { Clock } from '../../server/kernel/clock.ts';
import { allRoutes } from '../../server/roles/api.ts';
import { askRoute, faultsOf } from '../access/ask.ts';
import { expected } from '../access/expected.ts';
import { leaksIn } from '../access/leaks.ts';
import { isAboutPerson, isAboutPost, PROBES, type Probe, type Sent } from '../access/probes.ts';
import { faultsOfHomes, faultsOfHub, faultsOfPosts, faultsOfProfiles } from '../access/said.ts';
import { faultsOfLines, faultsOfNews } from '../access/sockets.ts';
import {
  faultsOfOldAddresses,
  faultsOfPages,
  faultsOfPictures,
  faultsOfReposts,
} from '../access/surfaces.ts';
import { ASKERS, type Asker, AUTHORS, type AuthorState, isClosed } from '../access/truth.ts';
import { buildWorld, type MarkedPost, type World } from '../access/world.ts';
import { openTestServer, type TestServer } from '../server.ts';

/**
 * Every route, asked by everyone about authors and posts in every state; then whatever else leads to
 * the same: pictures, sockets, public pages. Two things are demanded: the status that
 * test/access/truth.ts calls for, and that nothing of a post or a person that the asker may not know
 * stands anywhere in any answer, whatever the route is for.
 */
let server: TestServer;
let world: World;
/** How far the server's clock is ahead. */
let aheadMs = 0;
const clock: Clock = {
  now: () => new Date(Date.now() + aheadMs),
  millis: () => Date.now() + aheadMs,
};

before(async () => {
  server = await openTestServer({ clock });
  try {
    world = await buildWorld(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
});
after(async () => {
  world?.leave();
  if (world) await server.stop();
});

const contracts: readonly Route[] = allRoutes.map(({ contract }) => contract);

function routeOf(name: RouteName): Route {
  const route = contracts.find((one) => one.name === name);
  assert.ok(route);
  return route;
}

function demandNone(faults: readonly string[]): void {
  assert.deepEqual(faults.slice(0, 10), [], `${faults.length} faults`);
}

test('the table has every route and no other', () => {
  const names = contracts.map((route) => route.name).toSorted();
  assert.deepEqual(Object.keys(PROBES).toSorted(), names);
});

interface Call {
  readonly asker: Asker;
  readonly author: AuthorState;
  readonly marked: MarkedPost;
  readonly sent: Sent;
}

/** An account that is closed hides whatever it has: one post of each kind of its posts is enough. */
const OF_THE_CLOSED: readonly string[] = ['everyone', 'close_friends', 'deleted'];

/** Every call that a route is asked with. */
function* callsOf(route: Route, probe: Probe): Iterable<Call> {
  const [first] = world.posts;
  assert.ok(first);
  for (const asker of ASKERS) {
    // Ending sessions would leave the askers without their tokens.
    if (asker !== 'guest' && ENDS_SESSIONS.has(route.name)) continue;
    if (isAboutPost(probe)) {
      for (const marked of world.posts) {
        const { author, state } = marked;
        if (isClosed(author) && !OF_THE_CLOSED.includes(state)) continue;
        yield { asker, author, marked, sent: probe.send(marked) };
      }
    } else if (isAboutPerson(probe)) {
      for (const author of AUTHORS) {
        yield { asker, author, marked: first, sent: probe.send(world.nameOf(author)) };
      }
    } else {
      // About nobody: only an owner is somebody else for each author.
      for (const author of asker === 'owner' ? AUTHORS : AUTHORS.slice(0, 1)) {
        yield { asker, author, marked: first, sent: probe.send ?? {} };
      }
    }
  }
}
const ENDS_SESSIONS: ReadonlySet<RouteName> = new Set([
  'DELETE /auth/sessions',
  'POST /auth/logout',
]);

for (const route of contracts) {
  test(route.name, async () => {
    const probe = PROBES[route.name];
    assert.ok(probe, 'a route that is not in the table');
    const faults = await faultsOf(callsOf(route, probe), async (call) => {
      const { asker, author, marked, sent } = call;
      const statuses = expected(route, probe, asker, author, marked.state);
      if (!statuses) return [];
      const { status, text } = await askRoute(server.url, world.token(asker, author), route, sent);
      const name = `${asker} → ${author}/${marked.state}`;
      const wrong = statuses.includes(status)
        ? []
        : [`${name}: ${status}, not ${statuses.join(' or ')}: ${text}`];
      const leaks = leaksIn(world, route.name, asker, author, text);
      return [...wrong, ...leaks.map((leak) => `${name}: shows ${leak}`)];
    });
    demandNone(faults);
  });
}

test('around somebody whom all know stand only those who may be met', async () => {
  demandNone(await faultsOfHub(server.url, world, routeOf));
});

test('what may be known is really there, with what may be done about it', async () => {
  // Of the public account 7 + 4 + 2 and 3 that its owner alone sees, of the private one 4 + 4 + 2 and 3.
  demandNone(await faultsOfPosts(server.url, world, routeOf, 16 + 13));
});

test('a profile says whether its posts are for the asker', async () => {
  demandNone(await faultsOfProfiles(server.url, world, routeOf('GET /users/{username}')));
});

test('the home feed has what its reader follows, and nothing of whom they have muted', async () => {
  demandNone(await faultsOfHomes(server.url, world, routeOf('GET /feed/home')));
});

test('a repost is as hidden as its original', async () => {
  demandNone(await faultsOfReposts(server.url, world, routeOf));
});

test('pictures open to whoever asks only where the post does, and to others by their own addresses', async () => {
  demandNone(await faultsOfPictures(server.url, world, routeOf('GET /posts/{post_id}')));
});

test('public pages, embeds and oEmbed say of what is hidden what they say of what is not there', async () => {
  demandNone(await faultsOfPages(server.url, world));
});

test('a line is told of the posts that its reader may see, and of no others', async () => {
  demandNone(await faultsOfLines(world));
});

test('a new post is told to those whose feed it comes into', async () => {
  demandNone(await faultsOfNews(world));
});

test('an address of a hidden picture is good for five minutes at most', async () => {
  const route = routeOf('GET /posts/{post_id}');
  const faults = await faultsOfOldAddresses(server.url, world, route, () => {
    aheadMs += 5 * 60_000;
  });
  demandNone(faults);
});
