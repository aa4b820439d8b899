import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText } from './duration.ts';

test('minutes and seconds, rounded down', () => {
  const texts = [0, 7.9, 60, 754.2, -1].map(durationText);
  assert.deepEqual(texts, ['0:00', '0:07', '1:00', '12:34', '0:00']);
});
