import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEncoding } from './encoding.ts';

test('gzip for whoever takes it, the ordinary route for whoever wants what only that has', () => {
  const cases: [string | undefined, 'gzip' | 'plain' | null][] = [
    [undefined, 'plain'],
    ['', 'plain'],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'gzip'],
    ['br;q=1.0, gzip;q=0.8, *;q=0.1', 'gzip'],
    ['*', 'gzip'],
    ['gzip;q=0', 'plain'],
    ['gzip;q=0.0, *', 'plain'],
    ['identity', 'plain'],
    ['identity;q=1, gzip;q=0.5', 'plain'],
    ['deflate', 'plain'],
    ['br', null],
    ['br, gzip;q=0', null],
    ['identity;q=0', null],
    ['*;q=0', null],
    ['gzip, *;q=0', 'gzip'],
    ['gzip;q=2', null],
    ['gzip;level=9', null],
    [' gzip ; q=0.5 , ', 'gzip'],
  ];
  for (const [header, encoding] of cases) {
    for (let round = 0; round < 2; round += 1) {
      assert.equal(chooseEncoding(header), encoding, String(header));
    }
  }
});
