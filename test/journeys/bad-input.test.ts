import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TObject, TSchema } from 'typebox';
import type { ErrorBody, ErrorCode } from '../../api/errors.ts';
import type { Route, RouteName } from '../../api/route.ts';
import { splitRouteName } from '../../api/route.ts';
import { NOTIFICATION_TYPES } from '../../api/settings.ts';
import { allRoutes } from '../../server/roles/api.ts';
import { cast, PASSWORD, type Person } from '../cast.ts';
import { demandRefusal, pathOf } from '../client.ts';
import { openTestServer, type TestServer } from '../server.ts';

/** A request that is right in form. What it names need not exist. */
interface Example {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: Record<string, unknown>;
  /** Sent without a token, because it would end the session. */
  readonly unsigned?: boolean;
}

const id = '123456789';
const upload = {
  content_type: 'image/jpeg',
  size: 10,
  checksum_sha256: 'a'.repeat(64),
  in_parts: true,
};
const part = { number: 1, checksum_sha256: 'a'.repeat(64) };
const account = { username: 'dave', email: 'dave@example.org', password: 'short', full_name: 'D' };
const channels = { in_app: true, push: true, email: true };
const preferences = {
  types: Object.fromEntries(NOTIFICATION_TYPES.map((type) => [type, channels])),
  quiet_hours: null,
};
const page = { limit: '5' };
const said = {
  caption: 'x',
  place_id: id,
  audience: 'followers',
  likes_hidden: true,
  comments_off: true,
};
const crop = { x: 0, y: 0, width: 1, height: 1 };
const tagged = [{ username: 'nobody', x: 0.5, y: 0.5 }];
const newPost = {
  ...said,
  upload_ids: [id],
  media: [{ upload_id: id, alt: 'x', crop, tagged }],
  draft_id: id,
};
const { place_id, ...kept } = said;
const draft = {
  ...kept,
  place: { place_id, name: 'x', latitude: 1, longitude: 1 },
  media: newPost.media,
};

/** One for every route; a new route adds itself here. */
const examples: Readonly<Record<RouteName, Example>> = {
  // Its password is too weak, so that nobody is registered.
  'POST /users/register': { body: { ...account, password: '1111111111', keep: 'token' } },
  'POST /users/login': { body: { username: 'nobody', password: PASSWORD, keep: 'token' } },
  'POST /auth/refresh': { body: { refresh_token: 'x' } },
  'POST /auth/logout': { body: { refresh_token: 'x' }, unsigned: true },
  'GET /auth/sessions': {},
  'DELETE /auth/sessions/{session_id}': { params: { session_id: id } },
  'DELETE /auth/sessions': {},
  'GET /account': {},
  // Not her password, so that nothing changes.
  'PUT /account/email': { body: { email: 'new@example.org', password: 'not hers' } },
  'DELETE /account/email/change': {},
  'POST /account/email/resend': {},
  'PUT /account/password': { body: { current_password: 'not hers', new_password: PASSWORD } },
  'POST /auth/email/verify': { body: { token: 'x' } },
  'POST /auth/password/forgot': { body: { email: 'nobody@example.org' } },
  'POST /auth/password/reset': { body: { token: 'x', password: PASSWORD } },
  'GET /users/{username}': { params: { username: 'nobody' } },
  'PUT /users/{username}': {
    params: { username: 'nobody' },
    body: {
      full_name: 'x',
      bio: 'x',
      link: 'https://x.org',
      privacy_level: 'public',
      profile_picture_upload_id: id,
    },
  },
  'POST /users/{username}/follow': { params: { username: 'nobody' } },
  'DELETE /users/{username}/follow': { params: { username: 'nobody' } },
  'GET /users/{username}/followers': { params: { username: 'nobody' }, query: page },
  'GET /users/{username}/following': { params: { username: 'nobody' }, query: page },
  'GET /users/{username}/mutuals': { params: { username: 'nobody' }, query: page },
  'DELETE /users/{username}/follower': { params: { username: 'nobody' } },
  'GET /users/suggested': {},
  'DELETE /users/{username}/suggested': { params: { username: 'nobody' } },
  'GET /follow-requests': { query: page },
  'POST /follow-requests/{username}/accept': { params: { username: 'nobody' } },
  'POST /follow-requests/{username}/decline': { params: { username: 'nobody' } },
  'POST /users/{username}/block': { params: { username: 'nobody' } },
  'DELETE /users/{username}/block': { params: { username: 'nobody' } },
  'POST /users/{username}/mute': {
    params: { username: 'nobody' },
    body: { posts: true, stories: true, messages: true },
  },
  'DELETE /users/{username}/mute': { params: { username: 'nobody' } },
  'POST /users/{username}/restrict': { params: { username: 'nobody' } },
  'DELETE /users/{username}/restrict': { params: { username: 'nobody' } },
  'POST /users/{username}/close-friend': { params: { username: 'nobody' } },
  'DELETE /users/{username}/close-friend': { params: { username: 'nobody' } },
  'GET /account/blocked': { query: page },
  'GET /account/muted': { query: page },
  'GET /account/restricted': { query: page },
  'GET /account/close-friends': { query: page },
  'POST /posts/upload': { body: { files: [upload] } },
  'GET /uploads/{upload_id}': { params: { upload_id: id } },
  'POST /uploads/{upload_id}/parts': { params: { upload_id: id }, body: { parts: [part] } },
  'POST /uploads/{upload_id}/complete': { params: { upload_id: id } },
  'POST /posts/confirm': { body: newPost },
  'POST /posts': { body: newPost },
  'GET /posts/{post_id}': { params: { post_id: id } },
  'PUT /posts/{post_id}/media/{media_id}/captions/{language}': {
    params: { post_id: id, media_id: id, language: 'en' },
    body: { webvtt: 'WEBVTT' },
  },
  'DELETE /posts/{post_id}/media/{media_id}/captions/{language}': {
    params: { post_id: id, media_id: id, language: 'en' },
  },
  'PUT /posts/{post_id}': {
    params: { post_id: id },
    body: {
      ...said,
      media: [{ media_id: id, alt: 'x', tagged }],
      edited_at: '2026-01-01T00:00:00.000Z',
    },
  },
  'DELETE /posts/{post_id}': { params: { post_id: id } },
  'POST /posts/{post_id}/like': { params: { post_id: id } },
  'DELETE /posts/{post_id}/like': { params: { post_id: id } },
  'GET /posts/{post_id}/likes': { params: { post_id: id }, query: page },
  'POST /posts/{post_id}/repost': { params: { post_id: id }, body: { caption: 'x' } },
  'DELETE /posts/{post_id}/repost': { params: { post_id: id } },
  'POST /posts/{post_id}/share': { params: { post_id: id }, body: { channel: 'link' } },
  'POST /posts/{post_id}/save': { params: { post_id: id }, body: { collection_id: id } },
  'DELETE /posts/{post_id}/save': { params: { post_id: id }, query: { collection_id: id } },
  'GET /posts/{post_id}/save': { params: { post_id: id } },
  'GET /feed/saved': { query: { ...page, collection_id: id } },
  'POST /collections': { body: { name: 'x' } },
  'GET /collections': { query: page },
  'PUT /collections/{collection_id}': { params: { collection_id: id }, body: { name: 'x' } },
  'DELETE /collections/{collection_id}': { params: { collection_id: id } },
  'POST /posts/{post_id}/comments': {
    params: { post_id: id },
    body: { text: 'x', parent_comment_id: id },
  },
  'GET /posts/{post_id}/comments': { params: { post_id: id }, query: page },
  'GET /posts/{post_id}/comments/{comment_id}': { params: { post_id: id, comment_id: id } },
  'DELETE /posts/{post_id}/comments/{comment_id}': { params: { post_id: id, comment_id: id } },
  'GET /posts/{post_id}/comments/{comment_id}/replies': {
    params: { post_id: id, comment_id: id },
    query: page,
  },
  'POST /posts/{post_id}/comments/{comment_id}/like': { params: { post_id: id, comment_id: id } },
  'DELETE /posts/{post_id}/comments/{comment_id}/like': {
    params: { post_id: id, comment_id: id },
  },
  'POST /posts/{post_id}/comments/{comment_id}/pin': { params: { post_id: id, comment_id: id } },
  'DELETE /posts/{post_id}/comments/{comment_id}/pin': { params: { post_id: id, comment_id: id } },
  'POST /posts/{post_id}/comments/{comment_id}/approve': {
    params: { post_id: id, comment_id: id },
  },
  'GET /feed/home': { query: { ...page, order: 'latest' } },
  'GET /feed/explore': { query: page },
  'GET /feed/ranking': {},
  'PUT /feed/ranking': {
    body: { order: 'latest', preset: 'balanced', weights: { recency: 20 } },
  },
  'DELETE /feed/ranking': {},
  'POST /feed/ranking/less': { body: { post_id: id, of: 'author' } },
  'DELETE /feed/ranking/less/{less_id}': { params: { less_id: id } },
  'POST /feed/seen': { body: { posts: [{ post_id: id, watched: 0.5 }] } },
  'GET /posts/{post_id}/why': { params: { post_id: id } },
  'GET /feed/user/{username}': { params: { username: 'nobody' }, query: page },
  'GET /account/settings': {},
  'PUT /account/settings': {
    body: {
      language: 'en',
      tags_from: 'everyone',
      mentions_from: 'everyone',
      comments_from: 'everyone',
      show_like_counts: true,
      suggest_me: true,
      default_audience: 'everyone',
    },
  },
  'GET /notifications/preferences': {},
  'PUT /notifications/preferences': { body: preferences },
  'GET /admin/people': { query: { ...page, q: 'x', role: 'member', state: 'active' } },
  'PUT /admin/people/{username}/role': { params: { username: 'nobody' }, body: { role: 'member' } },
  'POST /admin/people/{username}/suspend': {
    params: { username: 'nobody' },
    body: { reason: 'x' },
  },
  'DELETE /admin/people/{username}/suspend': { params: { username: 'nobody' } },
  'GET /feed/tagged/{username}': { params: { username: 'nobody' }, query: page },
  'DELETE /posts/{post_id}/tag': { params: { post_id: id } },
  'GET /posts/{post_id}/history': { params: { post_id: id }, query: page },
  'POST /posts/{post_id}/restore': { params: { post_id: id } },
  'POST /posts/{post_id}/archive': { params: { post_id: id } },
  'DELETE /posts/{post_id}/archive': { params: { post_id: id } },
  'POST /posts/{post_id}/pin': { params: { post_id: id } },
  'DELETE /posts/{post_id}/pin': { params: { post_id: id } },
  'GET /account/archived-posts': { query: page },
  'GET /account/deleted-posts': { query: page },
  'POST /drafts': { body: draft },
  'GET /drafts': { query: page },
  'GET /drafts/{draft_id}': { params: { draft_id: id } },
  'PUT /drafts/{draft_id}': { params: { draft_id: id }, body: draft },
  'DELETE /drafts/{draft_id}': { params: { draft_id: id } },
  'GET /hashtags': { query: { q: 'su' } },
  'GET /hashtags/{tag}': { params: { tag: 'sunset' } },
  'POST /hashtags/{tag}/follow': { params: { tag: 'sunset' } },
  'DELETE /hashtags/{tag}/follow': { params: { tag: 'sunset' } },
  'GET /account/hashtags': { query: page },
  'GET /feed/hashtag/{tag}': { params: { tag: 'sunset' }, query: { ...page, order: 'top' } },
  'POST /places': { body: { name: 'Harbour', latitude: 54.3, longitude: 10.1 } },
  'GET /places': { query: { q: 'ha' } },
  'GET /places/{place_id}': { params: { place_id: id } },
  'GET /feed/location/{place_id}': { params: { place_id: id }, query: { ...page, order: 'top' } },
  'GET /admin/dead-jobs': { query: page },
  'GET /admin/storage': {},
  'GET /admin/storage/faults': { query: page },
  'POST /admin/storage/check': {},
  'GET /me/near-duplicates': { query: page },
  'DELETE /me/near-duplicates/{pair_id}': { params: { pair_id: id } },
  'GET /posts/{post_id}/media/{media_id}/original': { params: { post_id: id, media_id: id } },
  'POST /admin/dead-jobs/{job_id}/retry': { params: { job_id: id } },
};

let server: TestServer;
/** The admin, who may call every route. */
let alice: Person;
let bob: Person;

before(async () => {
  server = await openTestServer();
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
});
after(async () => {
  await server.stop();
  // The log has a line at this level for everything that was answered with 5xx.
  assert.deepEqual(server.errors, []);
});

interface Raw {
  readonly path: string;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: string | undefined;
}

const tokenFor = (route: Route) => (exampleOf(route).unsigned ? null : alice.token);

async function send(route: Route, { path, token = tokenFor(route), headers, body }: Raw) {
  const { method } = splitRouteName(route.name);
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, body: (await answer.json()) as unknown };
}

/** Sends what is wrong and demands this refusal, in the envelope, as the route declares it. */
async function refuse(route: Route, raw: Raw, code: ErrorCode, why: string): Promise<ErrorBody> {
  const answer = await send(route, raw);
  const said = `${route.name}, ${why}: ${answer.status} ${JSON.stringify(answer.body)}`;
  assert.ok(answer.status >= 400, said);
  const refused = demandRefusal(route, answer.status, answer.body);
  assert.equal(refused.error.code, code, said);
  return refused;
}

/** The same for single fields, which the answer must name. */
async function refuseField(route: Route, raw: Raw, field: string, why: string): Promise<void> {
  const { error } = await refuse(route, raw, 'validation_failed', why);
  const named = (error.details?.fields ?? []).map((one) => one.field);
  const said = `${route.name}, ${why}: names ${named}, not ${field}`;
  assert.ok(
    named.some((name) => name === field || name.startsWith(`${field}.`)),
    said,
  );
}

const exampleOf = (route: Route): Example => examples[route.name] ?? {};
const rightPath = (route: Route, example = exampleOf(route)) =>
  pathOf(route, example.params, example.query);
const rightBody = (route: Route) => {
  const { body } = exampleOf(route);
  return body && JSON.stringify(body);
};

const routes = allRoutes.map(({ contract }) => contract);
const withBody = routes.filter((route) => route.body);

/** A value that no schema like this takes. */
function wrongType(schema: TSchema): unknown {
  const { type } = schema as { type?: string };
  if (type === 'array' || type === 'integer' || type === 'object') return 'x';
  return type === 'string' ? 7 : { not: 'this' };
}

/** Every text in a body, with its place: `['media', 0, 'alt']`. */
function textsIn(value: unknown, place: (string | number)[] = []): (string | number)[][] {
  if (typeof value === 'string') return [place];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsIn(inner, [...place, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The body with another value at a place. */
function put(body: unknown, place: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(body)
    ? [...body]
    : { ...(body as Record<string, unknown>) };
  const inner = (copy as Record<string | number, unknown>)[key];
  (copy as Record<string | number, unknown>)[key] = put(inner, rest, value);
  return copy;
}

test('the table has every route and no other', () => {
  assert.deepEqual(Object.keys(examples).sort(), routes.map((route) => route.name).sort());
  for (const route of routes) {
    const { params = {}, query = {}, body = {} } = exampleOf(route);
    for (const [given, schema] of [
      [params, route.params],
      [query, route.query],
      [body, route.body],
    ] as const) {
      const known = Object.keys(schema?.properties ?? {}).filter((name) => name !== 'cursor');
      assert.deepEqual(Object.keys(given).sort(), known.sort(), `${route.name}: every field`);
    }
  }
});

for (const route of routes) {
  describe(route.name, () => {
    test('the example is right in form', async () => {
      const raw = { path: rightPath(route), body: rightBody(route) };
      const { status, body } = await send(route, raw);
      assert.ok(status < 500, JSON.stringify(body));
      if (status < 400) return;
      const { error } = demandRefusal(route, status, body);
      if (route.name === 'POST /users/register') {
        assert.deepEqual(
          error.details?.fields?.map((one) => one.field),
          ['body.password'],
        );
      } else {
        assert.notEqual(error.code, 'validation_failed', JSON.stringify(body));
      }
    });

    test('who may not call it is told so', async () => {
      const raw = { path: rightPath(route), body: rightBody(route) };
      if (route.access === 'anyone') return;
      if (route.access !== 'anyone_or_signed_in') {
        await refuse(route, { ...raw, token: null }, 'unauthenticated', 'no token');
      }
      for (const token of ['x', 'a.b.c', 'x'.repeat(3000), '', `${alice.token}x`]) {
        await refuse(route, { ...raw, token }, 'unauthenticated', `token ${token.slice(0, 20)}`);
      }
      const basic = { authorization: 'Basic YTpi' };
      await refuse(route, { ...raw, token: null, headers: basic }, 'unauthenticated', 'basic');
      if (route.access === 'admin') {
        await refuse(route, { ...raw, token: bob.token }, 'forbidden', 'not an admin');
      }
    });

    if (route.params) {
      test('what cannot be in its path is refused', () => badPaths(route, route.params));
    }
    test('what it does not know in its query is refused', () => badQueries(route));
    if (route.idempotent) {
      test('a bad Idempotency-Key is refused', async () => {
        for (const key of ['', 'a b', 'x'.repeat(129), 'é']) {
          const headers = { 'idempotency-key': key };
          const raw = { path: rightPath(route), body: rightBody(route), headers };
          await refuseField(route, raw, 'headers.idempotency-key', `key ${key}`);
        }
      });
    }
    if (route.body) test('bad bodies are refused', () => badBodies(route, route.body));
    else test('a body is not taken', () => anyBody(route));
  });
}

async function badPaths(route: Route, schema: TObject = { type: 'object' } as TObject) {
  const bad = [
    '%00',
    '-1',
    '1.5e3!',
    '%F0%9F%A6%A6',
    'a%20b',
    "'--",
    '%5Cu0000',

    '__proto__!',
  ];
  for (const name of Object.keys(schema.properties)) {
    const isId = name.endsWith('_id');
    const values = isId ? [...bad, 'abc', '01', '9'.repeat(19), '0x10', '1e3', '١٢٣'] : bad;
    for (const value of values) {
      if (!isId && value === '-1') continue;
      const marked = pathOf(route, { ...exampleOf(route).params, [name]: 'MARK' });
      const path = marked.replace('MARK', value);
      await refuseField(route, { path, body: rightBody(route) }, `params.${name}`, value);
    }
    const marked = pathOf(route, { ...exampleOf(route).params, [name]: 'MARK' });
    for (const value of ['%', '%zz', '%C3%28', 'x'.repeat(300), '..%2f..%2fetc']) {
      const raw = { path: marked.replace('MARK', value), body: rightBody(route) };
      const { status, body } = await send(route, raw);
      const { error } = demandRefusal(null, status, body);
      assert.ok(['not_found', 'validation_failed'].includes(error.code), `${value}: ${error.code}`);
    }
  }
}

async function badQueries(route: Route): Promise<void> {
  const path = pathOf(route, exampleOf(route).params);
  const body = rightBody(route);
  for (const name of ['nonsense', '__proto__', 'constructor', 'toString']) {
    await refuseField(route, { path: `${path}?${name}=1`, body }, `query.${name}`, name);
  }
  for (const name of Object.keys(route.query?.properties ?? {})) {
    if (!name.endsWith('_id')) continue;
    for (const value of ['', 'abc', '01', '-1', '1.5', '%00', '9'.repeat(19)]) {
      await refuseField(route, { path: `${path}?${name}=${value}`, body }, `query.${name}`, value);
    }
  }
  if (!route.query || !('limit' in route.query.properties)) return;
  for (const limit of [
    '0',
    '101',
    '-1',
    'abc',
    '1.5',
    '',
    '1e999',
    '%00',
    '99999999999999999999',
  ]) {
    await refuseField(route, { path: `${path}?limit=${limit}`, body }, 'query.limit', limit);
  }
  await refuseField(route, { path: `${path}?limit=1&limit=2`, body }, 'query.limit', 'twice');
  const encoded = (text: string) => Buffer.from(text).toString('base64url');
  const cursors = ['x', '%00', encoded('1:abc'), encoded('2:5'), encoded('1:'), encoded('1:05')];
  for (const cursor of [
    '',
    ...cursors,
    encoded('1:-5'),
    `${encoded('1:5')}%3D`,
    encoded(`1:${'9'.repeat(19)}`),
  ]) {
    await refuse(route, { path: `${path}?cursor=${cursor}`, body }, 'invalid_cursor', cursor);
  }
  const long = 'x'.repeat(201);
  await refuseField(route, { path: `${path}?cursor=${long}`, body }, 'query.cursor', 'long');
}

const proto = (key: string) => `{"${key}":{"x":1}}`;

async function badBodies(route: Route, schema: TObject = { type: 'object' } as TObject) {
  const path = rightPath(route);
  const right = exampleOf(route).body ?? {};
  for (const text of [
    '{',
    '{"a":}',
    'null x',
    "{'a':1}",
    '\u0000',
    '[1,',
    '{"a":1}}',
    '"\ud800',
    proto('__proto__'),
  ]) {
    await refuse(route, { path, body: text }, 'malformed_json', text);
  }
  for (const text of ['[]', '"x"', '7', 'true', 'null']) {
    if (text === 'null' && !schema.required?.length && !('minProperties' in schema)) continue;
    await refuseField(route, { path, body: text }, 'body', text);
  }
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonx',
    'nonsense',
  ]) {
    const headers = { 'content-type': type };
    const raw = { path, headers, body: JSON.stringify(right) };
    await refuse(route, raw, 'unsupported_content_type', type);
  }
  for (const name of ['nonsense', 'constructor', 'toString', 'hasOwnProperty', '']) {
    const body = JSON.stringify({ ...right, [name]: 1 });
    await refuseField(route, { path, body }, `body.${name}`, `unknown ${name}`);
  }
  for (const name of schema.required ?? []) {
    const { [name]: _, ...rest } = right;
    const body = JSON.stringify(rest);
    await refuseField(route, { path, body }, `body.${name}`, `without ${name}`);
  }
  for (const [name, inner] of Object.entries(schema.properties)) {
    const body = JSON.stringify({ ...right, [name]: wrongType(inner) });
    await refuseField(route, { path, body }, `body.${name}`, `type of ${name}`);
    const { maxLength, maxItems } = inner as { maxLength?: number; maxItems?: number };
    const long = maxLength
      ? 'x'.repeat(maxLength + 1)
      : maxItems && many(right[name], maxItems + 1);
    if (!long) continue;
    const longer = JSON.stringify({ ...right, [name]: long });
    await refuseField(route, { path, body: longer }, `body.${name}`, `long ${name}`);
  }
  for (const place of textsIn(right)) {
    for (const text of ['a\u0000b', '\ud800', 'a\udc00b']) {
      const body = JSON.stringify(put(right, place, text));
      await refuseField(route, { path, body }, `body.${place.join('.')}`, JSON.stringify(text));
    }
  }
  await tooLarge(route, path);
}

const many = (value: unknown, count: number) =>
  Array.from({ length: count }, () => (Array.isArray(value) ? value[0] : value));

async function tooLarge(route: Route, path: string): Promise<void> {
  const body = JSON.stringify({ x: 'y'.repeat(10_000_000) });
  await refuse(route, { path, body }, 'body_too_large', '10 MB');
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const { status, body: answer } = await send(route, { path, body: deep });
  const { error } = demandRefusal(route, status, answer);
  assert.ok(['validation_failed', 'malformed_json'].includes(error.code), error.code);
}

async function anyBody(route: Route): Promise<void> {
  const { method } = splitRouteName(route.name);
  if (method === 'GET') return;
  const path = rightPath(route);
  await refuseField(route, { path, body: '{"nonsense":1}' }, 'body', 'a body');
  await refuse(route, { path, body: '{' }, 'malformed_json', 'malformed');
}

test('addresses that do not exist are 404 in the envelope, whatever the method', async () => {
  for (const [method, path] of [
    ['GET', '/api/v1/nothing'],
    ['POST', '/api/v1/feed/home'],
    ['DELETE', '/api/v1/users/register'],
    ['PATCH', '/api/v1/posts/1'],
    ['GET', '/api/v2/feed/home'],
    ['GET', '/api/v1/'],
    ['PUT', '/media/x'],
    ['POST', '/uploads/x'],
    ['GET', '/uploads/x'],
  ] as const) {
    const answer = await fetch(server.url + path, { method });
    const { error } = demandRefusal(null, answer.status, await answer.json());
    assert.equal(error.code, 'not_found', `${method} ${path}`);
  }
});

test('there are routes with bodies at all', () => {
  assert.ok(withBody.length >= 8);
});
