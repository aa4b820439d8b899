import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Sha256 } from './sha256.ts';

const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('agrees with OpenSSL at every length around the block borders', () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = randomBytes(length);
    assert.equal(new Sha256().add(bytes).hex(), expected(bytes), `length ${length}`);
  }
});

test('does not care how the bytes are cut', () => {
  const bytes = randomBytes(100_003);
  for (const step of [1, 63, 64, 65, 1000, 65_536]) {
    const hash = new Sha256();
    for (let at = 0; at < bytes.length; at += step) hash.add(bytes.subarray(at, at + step));
    assert.equal(hash.hex(), expected(bytes), `step ${step}`);
  }
});
