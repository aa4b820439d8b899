import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { API_BASE, type RouteName, splitRouteName } from '../../../api/route.ts';
import { CLASS_OF_ROUTE, classOfRequest, classOfRoute } from './classes.ts';

const API = resolve(import.meta.dirname, '../../../api');
/** Of every route of the contract, whether something answers it yet or not. */
const names = globSync('*.ts', { cwd: API }).flatMap((file) =>
  [
    ...readFileSync(resolve(API, file), 'utf8').matchAll(
      /name: '((?:GET|POST|PUT|DELETE) [^']+)'/g,
    ),
  ].map((match) => match[1] as RouteName),
);

test('only routes of the contract have classes', () => {
  assert.ok(names.length > 100);
  const known = new Set(names);
  assert.deepEqual(
    Object.keys(CLASS_OF_ROUTE).filter((name) => !known.has(name as RouteName)),
    [],
  );
});

test('an address has the class of its route', () => {
  for (const name of names) {
    const { method, path } = splitRouteName(name);
    const url = API_BASE + path.replaceAll(/\{\w+\}/g, '1234');
    assert.equal(classOfRequest(method, url), classOfRoute(name), name);
    assert.equal(classOfRequest(method, `${url}?limit=5`), classOfRoute(name), name);
  }
});

test('what is not of the API is read; health, admins and bytes of uploads are never refused', () => {
  for (const url of ['/', '/p/1', '/assets/main.js', '/media/x', '/api/v1', '/healthy']) {
    assert.equal(classOfRequest('GET', url), 'read');
  }
  for (const url of ['/health', '/health?probe=live', '/uploads/x', '/api/v1/admin/storage']) {
    assert.equal(classOfRequest('GET', url), null);
  }
  assert.equal(classOfRequest('HEAD', '/api/v1/feed/explore'), 'list');
  assert.equal(classOfRequest('POST', '/api/v1/nothing/of/the/kind'), 'write');
});
