import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { COMMON_ERRORS, ERRORS } from '../../api/errors.ts';
import { API_BASE, type Route, splitRouteName } from '../../api/route.ts';
import { allRoutes } from '../../server/roles/api.ts';
import { cast, type Person } from '../cast.ts';
import { demandRefusal } from '../client.ts';
import { openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;

before(async () => {
  server = await openTestServer();
  ({ alice } = await cast(server.url, 'alice'));
});
after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: object;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: string[];
  readonly parameters?: Parameter[];
  readonly requestBody?: { content: Record<string, { schema: object }>; required?: boolean };
  readonly responses: Record<
    string,
    { description: string; content: Record<string, { schema: object }> }
  >;
  readonly security?: Record<string, string[]>[];
}

interface OpenApi {
  readonly openapi: string;
  readonly info: Record<string, unknown>;
  readonly servers: { url: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { securitySchemes: Record<string, object> };
}

async function readDocument(): Promise<OpenApi> {
  const answer = await fetch(`${server.url}${API_BASE}/openapi.json`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  return (await answer.json()) as OpenApi;
}

const TYPES = ['string', 'integer', 'number', 'boolean', 'object', 'array', 'null'];
/** Keywords whose values are schemas, or lists or maps of them (JSON Schema 2020-12). */
const INNER = { one: ['items', 'additionalProperties', 'not'], list: ['anyOf', 'allOf', 'oneOf'] };
const PLAIN = [
  ...['type', 'description', 'default', 'enum', 'const', 'format', 'pattern', 'title', 'examples'],
  ...['minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'required'],
];

/** By hand, because the whole meta-schema needs a library: only known keywords, with values of their kind. */
function demandSchema(schema: unknown, where: string): void {
  if (typeof schema === 'boolean') return;
  assert.ok(schema instanceof Object, where);
  for (const [keyword, value] of Object.entries(schema)) {
    const at = `${where}.${keyword}`;
    if (INNER.one.includes(keyword)) demandSchema(value, at);
    else if (INNER.list.includes(keyword)) {
      assert.ok(Array.isArray(value) && value.length > 0, at);
      for (const inner of value) demandSchema(inner, at);
    } else if (keyword === 'properties' || keyword === 'patternProperties') {
      for (const [name, inner] of Object.entries(value)) demandSchema(inner, `${at}.${name}`);
    } else {
      // `nullable`, and limits that are booleans, are of OpenAPI 3.0 and mean nothing here.
      assert.ok(PLAIN.includes(keyword), `${at} is no keyword`);
      if (keyword === 'type') {
        for (const type of [value].flat()) assert.ok(TYPES.includes(String(type)), at);
      }
      if (/^(min|max|exclusive)/.test(keyword)) assert.equal(typeof value, 'number', at);
      if (keyword === 'pattern') new RegExp(String(value), 'u');
    }
  }
}

test('OpenAPI: the document is one of version 3.1', async () => {
  const document = await readDocument();
  assert.match(document.openapi, /^3\.1\.\d$/);
  assert.equal(typeof document.info.title, 'string');
  assert.equal(typeof document.info.version, 'string');
  assert.ok(document.servers.every(({ url }) => typeof url === 'string'));
  assert.doesNotMatch(JSON.stringify(document), /"~|\$ref|x-fastify/, 'nothing of the tools');
  const names = new Set<string>();
  for (const [path, item] of Object.entries(document.paths)) {
    assert.match(path, /^\/[\w/{}.-]+$/);
    for (const [method, operation] of Object.entries(item)) {
      assert.match(method, /^(get|post|put|delete)$/);
      demandOperation(path, `${method} ${path}`, operation, document);
      assert.ok(!names.has(operation.operationId), operation.operationId);
      names.add(operation.operationId);
    }
  }
});

function demandOperation(path: string, where: string, operation: Operation, document: OpenApi) {
  const { parameters = [], responses, requestBody, security = [] } = operation;
  assert.match(operation.operationId, /^[A-Za-z]\w+$/, where);
  assert.ok(operation.summary && operation.tags.length > 0, where);
  const inPath = parameters.filter((one) => one.in === 'path');
  const templated = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  assert.deepEqual(inPath.map((one) => one.name).sort(), templated.sort(), where);
  assert.ok(
    inPath.every((one) => one.required === true),
    where,
  );
  const keys = parameters.map((one) => `${one.in} ${one.name}`);
  assert.equal(new Set(keys).size, keys.length, where);
  for (const one of parameters) demandSchema(one.schema, `${where} ${one.name}`);
  if (requestBody) demandSchema(requestBody.content['application/json']?.schema, `${where} body`);
  for (const [status, response] of Object.entries(responses)) {
    assert.match(status, /^[2-5]\d\d$/);
    assert.ok(response.description, `${where} ${status}`);
    demandSchema(response.content['application/json']?.schema, `${where} ${status}`);
  }
  for (const scheme of security.flatMap((one) => Object.keys(one))) {
    assert.ok(scheme in document.components.securitySchemes, where);
  }
}

test('OpenAPI: every operation takes and answers what its route does', async () => {
  const { paths } = await readDocument();
  for (const { contract: route } of allRoutes as readonly { contract: Route }[]) {
    const { method, path } = splitRouteName(route.name);
    const operation = paths[API_BASE + path]?.[method.toLowerCase()];
    assert.ok(operation, route.name);
    assert.equal(Boolean(operation.requestBody), Boolean(route.body), route.name);
    const header = operation.parameters?.some((one) => one.in === 'header') ?? false;
    assert.equal(header, route.idempotent ?? false, route.name);
    const query = operation.parameters?.filter((one) => one.in === 'query') ?? [];
    assert.deepEqual(
      query.map((one) => one.name).sort(),
      Object.keys(route.query?.properties ?? {}).sort(),
    );
    for (const code of [...COMMON_ERRORS, ...(route.errors ?? [])]) {
      assert.ok(operation.responses[String(ERRORS[code][0])]?.description.includes(code), code);
    }
  }
});

const PATHS: [path: string, accept: string][] = [
  ['/', 'text/html'],
  ['/sign-up', 'text/html'],
  ['/alice', 'text/html'],
  ['/p/1', 'text/html'],
  ['/index.html', 'text/html'],
  ['/assets/nothing.js', '*/*'],
  ['/nothing.png', '*/*'],
  ['/media/nothing', '*/*'],
  ['/health', '*/*'],
  [`${API_BASE}/openapi.json`, '*/*'],
  [`${API_BASE}/users/alice`, '*/*'],
  [`${API_BASE}/feed/home`, '*/*'],
  [`${API_BASE}/nothing`, '*/*'],
];

function readPolicy(answer: Response): Map<string, string[]> {
  const text = answer.headers.get('content-security-policy') ?? '';
  const parts = text.split(';').map((part) => part.trim().split(/\s+/));
  return new Map(parts.map(([name = '', ...values]) => [name, values]));
}

test('every answer carries what keeps browsers from running, framing or sniffing it', async () => {
  for (const [path, accept] of PATHS) {
    const answer = await fetch(server.url + path, { headers: { accept } });
    await answer.arrayBuffer();
    const policy = readPolicy(answer);
    assert.deepEqual(policy.get('default-src'), ["'none'"], path);
    assert.deepEqual(policy.get('frame-ancestors'), ["'none'"], path);
    assert.deepEqual(policy.get('base-uri'), ["'none'"], path);
    assert.deepEqual(policy.get('form-action'), ["'self'"], path);
    assert.deepEqual(policy.get('script-src'), ["'self'"], path);
    assert.deepEqual(policy.get('require-trusted-types-for'), ["'script'"], path);
    const all = [...policy.values()].flat().join(' ');
    assert.doesNotMatch(all, /unsafe|\*|https?:/, `${path}: ${all}`);
    const expected = {
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'x-powered-by': null,
      server: null,
      'access-control-allow-origin': null,
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(answer.headers.get(name), value, `${path}: ${name}`);
    }
    assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/, path);
  }
});

test('an address that cannot be read is answered no less carefully', async () => {
  for (const path of [`${API_BASE}/posts/%`, '/%zz', '/media/%c3%28']) {
    const answer = await fetch(server.url + path, { headers: { accept: 'text/html' } });
    const { error } = demandRefusal(null, answer.status, await answer.json());
    assert.equal(error.code, 'not_found');
    assert.deepEqual(readPolicy(answer).get('default-src'), ["'none'"]);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('x-request-id'), error.request_id);
  }
});

test('what is personal is never kept by caches', async () => {
  for (const path of ['/users/alice', '/feed/home', '/auth/sessions', '/nothing']) {
    const headers = { authorization: `Bearer ${alice.token}` };
    const answer = await fetch(server.url + API_BASE + path, { headers });
    await answer.arrayBuffer();
    assert.equal(answer.headers.get('cache-control'), 'no-store', path);
  }
});

test('over HTTPS, browsers are told to stay there', async () => {
  const settings = { PUBLIC_URL: 'https://photos.example.org' };
  const secure = await openTestServer({ settings });
  try {
    const answer = await fetch(`${secure.url}/health`);
    await answer.arrayBuffer();
    assert.match(answer.headers.get('strict-transport-security') ?? '', /^max-age=31536000/);
    assert.ok(readPolicy(answer).has('upgrade-insecure-requests'));
  } finally {
    await secure.stop();
  }
});
