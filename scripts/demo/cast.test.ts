import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALT_MAX,
  BIO_MAX,
  CAPTION_MAX,
  COMMENT_MAX,
  FULL_NAME_MAX,
  LINK_MAX,
  PASSWORD_MIN,
  USERNAME_PATTERN,
} from '../../api/limits.ts';
import { CAST } from './cast.ts';
import { PASSWORD } from './fill.ts';
import { AVATARS, SHOTS } from './pictures.ts';
import { POSTS } from './posts.ts';
import { PLAIN_CAPTIONS, REMARKS } from './remarks.ts';

const names = new Set(CAST.map((one) => one.username));

test('what the cast says of itself is within the limits of the API', () => {
  assert.equal(names.size, CAST.length);
  for (const person of CAST) {
    assert.match(person.username, new RegExp(USERNAME_PATTERN));
    assert.ok(person.fullName.length <= FULL_NAME_MAX, person.fullName);
    assert.ok(person.bio.length <= BIO_MAX, person.bio);
    assert.ok((person.link ?? '').length <= LINK_MAX);
  }
  assert.ok(PASSWORD.length >= PASSWORD_MIN);
  assert.equal(new Set(CAST.map((one) => one.avatar)).size, Object.keys(AVATARS).length);
});

test('everyone follows others of the cast, and has posts to see', () => {
  for (const { username, follows } of CAST) {
    assert.ok(!follows.includes(username), username);
    assert.deepEqual(
      follows.filter((name) => !names.has(name)),
      [],
    );
    assert.ok(POSTS.filter((post) => follows.includes(post.by)).length >= 20, username);
  }
});

test('sixty posts use every picture once, in words that the API takes', () => {
  assert.equal(POSTS.length, 60);
  const used = POSTS.flatMap((post) => post.shots);
  assert.deepEqual([...used].sort(), Object.keys(SHOTS).sort());
  for (const { by, caption, comments = [] } of POSTS) {
    assert.ok(names.has(by), by);
    assert.ok(caption.length <= CAPTION_MAX);
    for (const [who, text] of comments) {
      assert.ok(names.has(who), who);
      assert.ok(text.length <= COMMENT_MAX);
    }
  }
  for (const { alt } of Object.values(SHOTS)) assert.ok(alt.length > 0 && alt.length <= ALT_MAX);
  assert.ok([...PLAIN_CAPTIONS, ...REMARKS].every((text) => text.length <= COMMENT_MAX));
});

test('a picture comes out the same each time, and each differs', async () => {
  const [first, again, other] = [await AVATARS.rose(), await AVATARS.rose(), await AVATARS.jade()];
  assert.ok(first.equals(again));
  assert.ok(!first.equals(other));
});
