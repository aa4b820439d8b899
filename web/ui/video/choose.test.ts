import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Candidate, chooseOne } from './choose.ts';

const video = (name: string, more: Partial<Candidate> = {}) => ({
  name,
  seen: 1,
  distance: 0,
  wish: 'auto' as const,
  inFront: true,
  ...more,
});
const chosen = (all: readonly (Candidate & { name: string })[], auto = true) =>
  chooseOne(all, auto)?.name ?? null;

test('one plays: the nearest of those that are in view by three fifths', () => {
  assert.equal(chosen([]), null);
  assert.equal(chosen([video('a', { seen: 0.59 })]), null);
  assert.equal(chosen([video('a', { distance: 90 }), video('b', { distance: 20 })]), 'b');
  assert.equal(chosen([video('a', { seen: 0.5 }), video('b', { seen: 0.6, distance: 200 })]), 'b');
});

test('what the person says goes before', () => {
  assert.equal(chosen([video('a', { wish: 'pause' })]), null);
  assert.equal(chosen([video('a'), video('b', { wish: 'play', distance: 300 })]), 'b');
  assert.equal(
    chosen([video('a'), video('b', { wish: 'play', seen: 0.1 })]),
    'a',
    'it has gone by',
  );
});

test('none by itself where nothing may move; what is asked for plays', () => {
  assert.equal(chosen([video('a')], false), null);
  assert.equal(chosen([video('a'), video('b', { wish: 'play' })], false), 'b');
});

test('what stands behind a sheet waits', () => {
  assert.equal(chosen([video('a', { inFront: false, wish: 'play' }), video('b')]), 'b');
});
