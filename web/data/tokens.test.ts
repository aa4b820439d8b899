import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import type { Session } from '../../api/people.ts';
import { ApiError } from './api-error.ts';
import { send } from './connection.ts';
import { createTokens, type Grant, type TabMessage, type Tokens } from './tokens.ts';

/** A server whose refresh tokens work once each: using one twice ends the session, as Aperto's does. */
let server: Server;
let origin = '';
let cookie = 0;
let refreshes = 0;
let answer: 'yes' | 'refuse' | 'break' = 'yes';
/** What the server waits for before it answers. */
let hold = () => Promise.resolve();
let now = 1_000_000;

before(async () => {
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    request.on('end', async () => {
      refreshes += 1;
      await hold();
      if (answer === 'break') {
        response.destroy();
        return;
      }
      const refused = answer === 'refuse';
      response.writeHead(refused ? 401 : 200, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify(
          refused
            ? { success: false, error: { code: 'refresh_token_reused', message: 'Used before.' } }
            : { success: true, data: session(`token ${++cookie}`) },
        ),
      );
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

beforeEach(() => {
  cookie = 0;
  refreshes = 0;
  answer = 'yes';
  hold = () => Promise.resolve();
  now = 1_000_000;
});

function session(access_token: string): Session {
  const user = { user_id: '1', username: 'mara', full_name: 'Mara', profile_picture: null };
  return {
    user: { ...user, is_verified: false } as Session['user'],
    access_token,
    refresh_token: null,
    expires_in: 600,
    role: 'member',
  };
}

interface Tab {
  readonly tokens: Tokens;
  readonly grants: Grant[];
  ended: number;
  whenGranted(): void;
}

/** As many tabs as wanted, with one lock and one channel between them, as in a browser. */
function openTabs(count: number): Tab[] {
  const tabs: Tab[] = [];
  let queue: Promise<unknown> = Promise.resolve();
  for (let index = 0; index < count; index++) {
    const tab: Tab = {
      grants: [],
      ended: 0,
      whenGranted() {},
      tokens: createTokens({
        refresh: () => send(origin, 'POST /auth/refresh', { body: {} }, null) as Promise<Session>,
        alone: (work) => {
          const turn = queue.then(work);
          queue = turn.catch(() => undefined);
          return turn;
        },
        tell: (message: TabMessage) => {
          for (const other of tabs) if (other !== tab) other.tokens.hear(message);
        },
        now: () => now,
        onGrant: (grant) => {
          tab.grants.push(grant);
          tab.whenGranted();
        },
        onEnded: () => {
          tab.ended += 1;
        },
      }),
    };
    tabs.push(tab);
  }
  return tabs;
}

function only(tabs: Tab[]): Tab {
  const [tab] = tabs;
  assert.ok(tab);
  return tab;
}

test('many calls of one tab share one refresh', async () => {
  const tab = only(openTabs(1));
  const got = await Promise.all(Array.from({ length: 20 }, () => tab.tokens.get()));
  assert.deepEqual(new Set(got), new Set(['token 1']));
  assert.equal(refreshes, 1);
});

test('many tabs share one refresh, and its token', async () => {
  const tabs = openTabs(5);
  const got = await Promise.all(tabs.map((tab) => tab.tokens.get()));
  assert.deepEqual(new Set(got), new Set(['token 1']));
  assert.equal(refreshes, 1);
});

test('a token is used until half a minute before its end', async () => {
  const tab = only(openTabs(1));
  await tab.tokens.get();
  now += 569_000;
  assert.equal(await tab.tokens.get(), 'token 1');
  now += 2000;
  assert.equal(await tab.tokens.get(), 'token 2');
});

test('a refused token is replaced once, however many calls met the refusal', async () => {
  const tabs = openTabs(2);
  const stale = await only(tabs).tokens.get();
  const got = await Promise.all(
    tabs.flatMap((tab) => [tab.tokens.replace(stale), tab.tokens.replace(stale)]),
  );
  assert.deepEqual(new Set(got), new Set(['token 2']));
  assert.equal(refreshes, 2);
});

test('a refresh that meets no server is no log-out, and is not tried again by itself', async () => {
  const tab = only(openTabs(1));
  answer = 'break';
  await assert.rejects(tab.tokens.get(), (error) => {
    assert.ok(error instanceof ApiError);
    return error.code === 'offline';
  });
  assert.equal(refreshes, 1);
  assert.equal(tab.ended, 0);
  answer = 'yes';
  assert.equal(await tab.tokens.get(), 'token 1');
});

test('a refusal ends the session, in every tab', async () => {
  const tabs = openTabs(3);
  answer = 'refuse';
  await assert.rejects(only(tabs).tokens.get(), ApiError);
  assert.deepEqual(
    tabs.map((tab) => tab.ended),
    [1, 1, 1],
  );
});

test('a refused token is replaced also by a call that finds a renewal on its way', async () => {
  const [one, two] = openTabs(2);
  assert.ok(one && two);
  // The second tab waits for its turn, with no token yet. As soon as it is told of the first one's,
  // it uses it and is refused.
  const replaced = Promise.withResolvers<string>();
  two.whenGranted = () => {
    two.whenGranted = () => {};
    replaced.resolve(two.tokens.replace('token 1'));
  };
  assert.deepEqual(await Promise.all([one.tokens.get(), two.tokens.get()]), ['token 1', 'token 1']);
  assert.equal(await replaced.promise, 'token 2');
  assert.equal(refreshes, 2);
});

/** A renewal that stands still at the server, and what lets it go on. */
async function holdRenewal(tab: Tab) {
  const [begun, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  hold = () => {
    begun.resolve();
    return free.promise;
  };
  const late = tab.tokens.get().catch((error: unknown) => error);
  await begun.promise;
  return { late, letGo: free.resolve };
}

test('an answer that comes after the log-out brings nobody back', async () => {
  const tab = only(openTabs(1));
  const { late, letGo } = await holdRenewal(tab);
  tab.tokens.drop();
  letGo();
  const error = await late;
  assert.ok(error instanceof ApiError && error.status === 401);
  assert.deepEqual([tab.grants.length, tab.ended], [0, 0]);
});

test('an answer that comes after a log-in, good or bad, leaves the new session alone', async () => {
  for (const old of ['yes', 'refuse'] as const) {
    const tab = only(openTabs(1));
    answer = old;
    const { late, letGo } = await holdRenewal(tab);
    tab.tokens.adopt(session('fresh'));
    letGo();
    await late;
    assert.equal(await tab.tokens.get(), 'fresh');
    assert.equal(tab.ended, 0);
  }
});
