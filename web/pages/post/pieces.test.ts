import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieces } from './pieces.ts';

const live = (text: string) =>
  pieces(text)
    .filter((piece) => piece.kind !== 'text')
    .map((piece) => piece.text);

test('links and mentions are found, marks after them are not part of them', () => {
  assert.deepEqual(live('See https://example.org/a?b=1, and @Mara.'), [
    'https://example.org/a?b=1',
    '@Mara',
  ]);
  assert.deepEqual(live('(https://example.org/walks)'), ['https://example.org/walks']);
});

test('a mention leads to the username in small letters', () => {
  const mention = pieces('@Mara').at(0);
  assert.equal(mention?.kind === 'mention' && mention.username, 'mara');
});

test('e-mail addresses, lone signs and other schemes stay text', () => {
  assert.deepEqual(live('mara@example.org @ @. javascript:alert(1) ftp://x.y'), []);
});

test('the pieces give the text again', () => {
  for (const text of ['', 'a @b c', '@a@b https://x.y.', 'https://x.y"https://z', '@'.repeat(50)]) {
    assert.equal(
      pieces(text)
        .map((piece) => piece.text)
        .join(''),
      text,
    );
  }
});
