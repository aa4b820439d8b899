import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenAt, written } from './token.ts';

const at = (text: string) => {
  const token = tokenAt(text, text.length);
  return token && `${token.kind} ${token.beginning}`;
};

test('a name or a hashtag at the cursor is found, others are not', () => {
  assert.equal(at('With @'), 'person ');
  assert.equal(at('With @an.na'), 'person an.na');
  assert.equal(at('#früh'), 'hashtag früh');
  assert.equal(at('(#صباح'), 'hashtag صباح');
  for (const text of ['', '#', 'mara@example', 'a#b', '@anna ', 'https://x/#top', '@@a', '&#38'])
    assert.equal(at(text), null, text);
  assert.equal(tokenAt('@anna and more', 3)?.beginning, 'an');
});

test('what is taken stands in its place, with one space behind it', () => {
  const text = 'With @an at sea';
  const token = tokenAt(text, 8);
  assert.ok(token);
  assert.deepEqual(written(text, token, 'anna'), { text: 'With @anna at sea', cursor: 11 });
  const end = tokenAt('#se', 3);
  assert.ok(end);
  assert.deepEqual(written('#se', end, 'sea'), { text: '#sea ', cursor: 5 });
});
