import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, differences, type Fields, merged, taken } from './fields.ts';

const base: Fields = {
  caption: 'First',
  place: null,
  audience: 'everyone',
  likes: false,
  comments: false,
  alts: { 1: 'A hill', 2: '' },
  tags: { 1: [{ username: 'ben', x: 0.5, y: 0.5 }], 2: [] },
};

test('only what was changed is sent', () => {
  assert.equal(bodyOf(base, { ...base }, null), null);
  const mine = {
    ...base,
    caption: 'Second',
    alts: { ...base.alts, 2: 'A lake' },
    tags: { ...base.tags, 1: [] },
  };
  assert.deepEqual(differences(base, mine), ['caption', 'alts:2', 'tags:1']);
  assert.deepEqual(bodyOf(base, mine, 'then'), {
    caption: 'Second',
    media: [
      { media_id: '1', tagged: [] },
      { media_id: '2', alt: 'A lake' },
    ],
    edited_at: 'then',
  });
  assert.deepEqual(bodyOf({ ...base, likes: true }, base, null), {
    likes_hidden: false,
    edited_at: null,
  });
});

test('of two edits nothing is lost: what only one changed is taken, the rest is asked', () => {
  const theirs = { ...base, caption: 'Theirs', audience: 'followers' as const, likes: true };
  const mine = { ...base, caption: 'Mine', likes: true, alts: { ...base.alts, 2: 'Mine too' } };
  const { fields, conflicts } = merged(base, theirs, mine);
  assert.deepEqual(conflicts, ['caption'], 'both hid the likes, so that is no conflict');
  assert.deepEqual(fields, { ...mine, audience: 'followers' });
  assert.deepEqual(differences(theirs, fields), ['caption', 'alts:2']);
  assert.equal(taken(fields, 'caption', theirs).caption, 'Theirs');
});
