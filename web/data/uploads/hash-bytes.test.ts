import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hashBytes } from './hash-bytes.ts';

const PART = 1000;
const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function demandRight(length: number): Promise<void> {
  const bytes = randomBytes(length);
  const parts: string[] = [];
  for (let at = 0; at < length; at += PART) parts.push(expected(bytes.subarray(at, at + PART)));
  const hashed = await hashBytes(new Blob([bytes]), PART);
  assert.deepEqual(hashed, { whole: expected(bytes), parts }, `${length} bytes`);
}

test('gives the checksum of a file and of its parts, around the borders of parts', async () => {
  for (const length of [0, 1, 999, 1000, 1001, 1999, 2000, 2001, 65_537]) await demandRight(length);
});

test('gives the same where the browser has none of its own, as on plain http', async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  assert.ok(own);
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
  try {
    for (const length of [0, 1, 1000, 1001, 5000]) await demandRight(length);
  } finally {
    Object.defineProperty(globalThis, 'crypto', own);
  }
});
