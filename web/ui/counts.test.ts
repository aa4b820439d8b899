import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortCount } from './counts.ts';

test('counts stay whole up to 9,999 and are cut after that, never rounded up', () => {
  const shown = [0, 7, 999, 1234, 9999, 10_000, 12_345, 99_999, 999_999, 1_000_000, 4_567_890];
  assert.deepEqual(
    shown.map((count) => shortCount(count, 'en')),
    ['0', '7', '999', '1,234', '9,999', '10K', '12.3K', '99.9K', '999.9K', '1M', '4.5M'],
  );
});

test('counts follow the language', () => {
  assert.equal(shortCount(1234, 'de'), '1.234');
});
