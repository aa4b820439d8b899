import assert from 'node:assert/strict';
import { test } from 'node:test';
import { match } from './router.ts';

test('a pattern gives the parts of a path that fits it', () => {
  assert.deepEqual(match('/', '/'), {});
  assert.deepEqual(match('/p/:id', '/p/123'), { id: '123' });
  assert.deepEqual(match('/:username/followers', '/mara/followers'), { username: 'mara' });
  assert.deepEqual(match('/p/:id', '/p/123/'), { id: '123' });
});

test('paths of another length or with other words do not fit', () => {
  assert.equal(match('/p/:id', '/p'), null);
  assert.equal(match('/p/:id', '/p/1/2'), null);
  assert.equal(match('/p/:id', '/q/1'), null);
  assert.equal(match('/', '/p'), null);
});

test('parts are decoded, and what cannot be decoded fits nothing', () => {
  assert.deepEqual(match('/:username', '/m%C3%A4ra'), { username: 'mära' });
  assert.equal(match('/:username', '/%E0%A4%A'), null);
});
