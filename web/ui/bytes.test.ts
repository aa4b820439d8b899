import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesText } from './bytes.ts';

test('sizes are told in the unit that fits', () => {
  const told = (bytes: number) => bytesText(bytes, 'en');
  assert.equal(told(0), '0 bytes');
  assert.equal(told(1), '1 byte');
  assert.equal(told(999), '999 bytes');
  assert.equal(told(1000), '1 kB');
  assert.equal(told(3_449_000), '3.4 MB');
  assert.equal(told(34_490_000), '34 MB');
  assert.equal(told(999_600_000), '1 GB');
  assert.equal(told(2_000_000_000_000), '2 TB');
  assert.equal(told(5e18), '5,000 PB');
  assert.equal(bytesText(3_449_000, 'de'), '3,4 MB');
});
