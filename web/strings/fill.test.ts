import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from './en.ts';
import { fill, pseudo } from './fill.ts';

const show = (count: number) => String(count);

test('holes are filled, and those without a value stay to be seen', () => {
  assert.equal(fill('Post by {name}', { name: 'Mara' }, 'en', show), 'Post by Mara');
  assert.equal(fill('{a} of {b}', { a: 1 }, 'en', show), '1 of {b}');
});

test('the form of a plural follows the count and the language', () => {
  const likes = { one: '{count} like', other: '{count} likes' };
  assert.equal(fill(likes, { count: 1 }, 'en', show), '1 like');
  assert.equal(fill(likes, { count: 0 }, 'en', show), '0 likes');
  const polish = { one: '{count} post', few: '{count} posty', other: '{count} postów' };
  assert.equal(fill(polish, { count: 3 }, 'pl', show), '3 posty');
  assert.equal(fill(polish, { count: 5 }, 'pl', show), '5 postów');
});

test('what a person is called cannot fill another hole', () => {
  assert.equal(
    fill('{name} and {count}', { name: '{count}', count: 2 }, 'en', show),
    '{count} and 2',
  );
});

test('the pseudo-locale is longer, accented, and keeps holes', () => {
  const text = pseudo('Try {again}');
  assert.ok(text.length >= 'Try {again}'.length * 1.4);
  assert.match(text, /Ťřý \{again\}/);
});

test('no sentence shouts', () => {
  for (const [key, entry] of Object.entries(en)) {
    const texts = typeof entry === 'string' ? [entry] : Object.values(entry);
    for (const text of texts) assert.doesNotMatch(String(text), /!/, key);
  }
});
