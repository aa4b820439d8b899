import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Route, type RouteName, splitRouteName } from '../../api/route.ts';
import { allRoutes } from '../../server/roles/api.ts';
import { isAboutPerson, isAboutPost, PROBES, type Probe, type Sent } from '../access/probes.ts';
import {
  ASKERS,
  type Asker,
  AUTHORS,
  type AuthorState,
  mayEngage,
  mayKnowAuthor,
  mayKnowContent,
  mayKnowPost,
} from '../access/truth.ts';
import { buildWorld, type MarkedPost, type World } from '../access/world.ts';
import { pathOf } from '../client.ts';
import { openTestServer, type TestServer } from '../server.ts';

/**
 * Every route, asked by everyone about authors and posts in every state. Two things are demanded: the
 * status that test/access/truth.ts calls for, and that nothing of a post or a person that the asker may not know
 * stands anywhere in any answer, whatever the route is for.
 */
let server: TestServer;
let world: World;

before(async () => {
  server = await openTestServer();
  world = await buildWorld(server);
});
after(async () => {
  world.leave();
  await server.stop();
});

const contracts: readonly Route[] = allRoutes.map(({ contract }) => contract);

test('the table has every route and no other', () => {
  const names = contracts.map((route) => route.name).toSorted();
  assert.deepEqual(Object.keys(PROBES).toSorted(), names);
});

interface Heard {
  readonly status: number;
  readonly text: string;
}

async function tell(route: Route, token: string | null, sent: Sent): Promise<Heard> {
  const { method } = splitRouteName(route.name);
  const answer = await fetch(server.url + pathOf(route, sent.params, sent.query), {
    method,
    headers: {
      ...(sent.body ? { 'content-type': 'application/json' } : {}),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(sent.body ? { body: JSON.stringify(sent.body) } : {}),
  });
  return { status: answer.status, text: await answer.text() };
}

/** Where the asker finds, by right, what is otherwise hidden from them. */
const PUT_AWAY: ReadonlySet<RouteName> = new Set([
  'GET /account/archived-posts',
  'GET /account/deleted-posts',
]);
const NAMES_ALLOWED: ReadonlySet<RouteName> = new Set([
  'GET /users/{username}',
  'GET /account/blocked',
  'GET /admin/people',
]);

/** All that stands in an answer and must not. `asking` is the author whose token an owner brings. */
function leaksIn(route: Route, asker: Asker, asking: AuthorState, { text }: Heard): string[] {
  const leaks: string[] = [];
  for (const { author, state, marker, post } of world.posts) {
    const who = asker === 'owner' && author !== asking ? 'stranger' : asker;
    if (mayKnowPost(who, author, state)) continue;
    if (who === 'owner' && PUT_AWAY.has(route.name)) continue;
    const signs = [`${marker} caption`, `${marker} alt`, `${marker} comment`, post.post_id];
    for (const sign of signs) if (text.includes(sign)) leaks.push(sign);
  }
  for (const author of AUTHORS) {
    const who = asker === 'owner' && author !== asking ? 'stranger' : asker;
    const meets = mayKnowAuthor(who, author) && who !== 'blocker';
    if (meets || NAMES_ALLOWED.has(route.name)) continue;
    const signs = [`"${world.nameOf(author)}"`, world.hub.remarks[author]];
    for (const sign of signs) if (text.includes(sign)) leaks.push(sign);
  }
  return leaks;
}

/** The statuses that may come back; null when the call is not to be made. */
function expected(
  route: Route,
  probe: Probe,
  asker: Asker,
  author: AuthorState,
  marked: MarkedPost,
): readonly number[] | null {
  const open = route.access === 'anyone' || route.access === 'anyone_or_signed_in';
  if (asker === 'guest' && !open) return [401];
  const dead = asker === 'owner' && (author === 'suspended' || author === 'deleted');
  if (dead) return open && route.access === 'anyone' ? ANY : [401];
  const good = [route.status ?? 200];
  const knows = mayKnowPost(asker, author, marked.state);
  switch (probe.about) {
    case 'see':
      return knows ? good : [404];
    case 'engage':
      return mayEngage(asker, author, marked.state) ? good : [404];
    case 'change':
      if (!knows) return asker === 'owner' && isAboutPost(probe) && probe.spareOwner ? null : [404];
      if (asker === 'owner') return isAboutPost(probe) && probe.spareOwner ? null : good;
      return [403];
    case 'meet':
      return mayKnowAuthor(asker, author) ? good : [404];
    case 'content':
      return mayKnowContent(asker, author) ? good : [404];
    case 'profile':
      if (!mayKnowAuthor(asker, author)) return [404];
      return asker === 'owner' ? good : [403];
    case 'touch':
      return mayKnowAuthor(asker, author) ? null : [404];
    case 'moderator':
    case 'admin':
      return asker === 'moderator' && probe.about === 'moderator' ? [200, 404] : [403];
    default:
      return ANY;
  }
}
/** No server error; what it says is looked through. */
const ANY: readonly number[] = [200, 201, 202, 400, 401, 403, 404, 409, 422];

/** Every call that this route is asked with by one asker. */
function* callsOf(probe: Probe): Iterable<{ author: AuthorState; marked: MarkedPost; sent: Sent }> {
  const [first] = world.posts;
  assert.ok(first);
  if (isAboutPost(probe)) {
    for (const marked of world.posts) {
      yield { author: marked.author, marked, sent: probe.send(marked) };
    }
  } else if (isAboutPerson(probe)) {
    for (const author of AUTHORS) {
      yield { author, marked: first, sent: probe.send(world.nameOf(author)) };
    }
  } else {
    for (const author of AUTHORS) yield { author, marked: first, sent: probe.send ?? {} };
  }
}

/** Ending sessions would leave the askers without their tokens. */
const NOT_SIGNED_IN: ReadonlySet<RouteName> = new Set([
  'DELETE /auth/sessions',
  'POST /auth/logout',
]);

for (const route of contracts) {
  test(route.name, async () => {
    const probe = PROBES[route.name];
    assert.ok(probe, 'a route that is not in the table');
    const faults: string[] = [];
    let calls = 0;
    for (const asker of ASKERS) {
      if (asker !== 'guest' && NOT_SIGNED_IN.has(route.name)) continue;
      for (const { author, marked, sent } of callsOf(probe)) {
        const statuses = expected(route, probe, asker, author, marked);
        if (!statuses) continue;
        calls += 1;
        const heard = await tell(route, world.token(asker, author), sent);
        const name = `${asker} → ${author}/${marked.state}`;
        if (!statuses.includes(heard.status)) {
          faults.push(`${name}: ${heard.status}, not ${statuses.join(' or ')}: ${heard.text}`);
        }
        for (const leak of leaksIn(route, asker, author, heard))
          faults.push(`${name}: shows ${leak}`);
      }
    }
    assert.deepEqual(faults.slice(0, 10), [], `${faults.length} faults in ${calls} calls`);
  });
}

test('the post that names everyone shows only those who may be met', async () => {
  const { post } = world.hub;
  const paths = [
    'GET /posts/{post_id}',
    'GET /posts/{post_id}/likes',
    'GET /posts/{post_id}/comments',
  ] as const;
  for (const name of paths) {
    const route = contracts.find((one) => one.name === name);
    assert.ok(route);
    for (const asker of ASKERS) {
      for (const author of AUTHORS) {
        const heard = await tell(route, world.token(asker, author), {
          params: { post_id: post.post_id },
        });
        if (heard.status === 401) continue;
        assert.equal(heard.status, 200);
        assert.deepEqual(leaksIn(route, asker, author, heard), [], `${name} ${asker}`);
        const seesPublic = asker !== 'blocked' && asker !== 'blocker';
        assert.equal(heard.text.includes('"public_author"'), seesPublic, `${name} ${asker}`);
      }
    }
  }
});

test('what may be known is really there: the table is not empty', async () => {
  const route = contracts.find((one) => one.name === 'GET /posts/{post_id}');
  assert.ok(route);
  let seen = 0;
  for (const asker of ASKERS) {
    for (const { author, state, marker, post } of world.posts) {
      if (!mayKnowPost(asker, author, state)) continue;
      const sent = { params: { post_id: post.post_id } };
      const { text } = await tell(route, world.token(asker, author), sent);
      assert.ok(text.includes(`${marker} caption`) && text.includes(`${marker} alt`), text);
      seen += 1;
    }
  }
  assert.ok(seen > 40, `${seen}`);
});
