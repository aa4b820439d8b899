import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TouchListener } from '../ports/db/db.ts';
import { hashKey, noteRead, noteReads, noteUntil } from './reads.ts';
import { TouchStamps } from './touch-stamps.ts';

function open() {
  const listeners: TouchListener[] = [];
  const db = {
    hearsTouches: true,
    onTouch(listener: TouchListener) {
      listeners.push(listener);
      return () => {};
    },
  };
  const touch = (keys: ReadonlySet<string> | null) => {
    for (const listener of listeners) listener(keys, []);
  };
  return { db, touch, stamps: new TouchStamps(db) };
}

test('what was made holds until one of the keys that it was made from is touched', () => {
  const { db, touch, stamps } = open();
  const { made, reads } = noteReads(() => {
    noteRead('post:1');
    noteRead('1', hashKey('person:'));
    noteUntil(500);
    return 'a page';
  });
  assert.equal(made, 'a page');
  const stamp = () => stamps.stamp(reads, 0);
  const first = stamp();
  touch(new Set(['post:2', 'person:10']));
  assert.equal(stamps.holds(first, 0), true);
  assert.equal(stamps.holds(first, 500), false);
  assert.equal(stamps.holds(first, -1), false);
  for (const keys of [new Set(['post:1']), new Set(['x', 'person:1']), null]) {
    const before = stamp();
    assert.equal(stamps.holds(before, 0), true);
    touch(keys);
    assert.equal(stamps.holds(before, 0), false);
  }
  const last = stamp();
  db.hearsTouches = false;
  assert.equal(stamps.holds(last, 0), false);
});

test('notes of one do not become those of another, also when it fails', () => {
  const outer = noteReads(() => {
    noteRead('a');
    const inner = noteReads(() => noteRead('b'));
    assert.deepEqual(inner.reads.hashes, [hashKey('b')]);
    assert.throws(() =>
      noteReads(() => {
        throw new Error('no');
      }),
    );
    noteRead('c');
  });
  assert.deepEqual(outer.reads.hashes, [hashKey('a'), hashKey('c')]);
  noteRead('to nobody');
});
