import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, remedy, TRIES_MAX, type Trouble } from './trouble.ts';

const trouble = (status: number, code: string): Trouble => ({
  status,
  code,
  message: '',
  uploadId: null,
  retryAfter: null,
});

test('without a network it waits for ever', () => {
  assert.equal(remedy(trouble(0, 'network'), 1), 'wait');
  assert.equal(remedy(trouble(0, 'network'), 1000), 'wait');
});

test('a server in trouble is waited for, then the person is asked', () => {
  assert.equal(remedy(trouble(503, 'database_unavailable'), 1), 'wait');
  assert.equal(remedy(trouble(429, 'too_many_requests'), 1), 'wait');
  assert.equal(remedy(trouble(507, 'storage_full'), TRIES_MAX), 'stop');
});

test('an address that has expired is replaced; a broken picture stops', () => {
  assert.equal(remedy(trouble(403, 'signature_expired'), 1), 'send_again');
  assert.equal(remedy(trouble(409, 'upload_incomplete'), 1), 'send_again');
  assert.equal(remedy(trouble(422, 'media_broken'), 1), 'stop');
});

test('waits grow, have an end, and obey the server', () => {
  assert.equal(backoff(1, null, 0.5), 1000);
  assert.equal(backoff(3, null, 0.5), 4000);
  assert.equal(backoff(50, null, 0.5), 30_000);
  assert.equal(backoff(1, 20, 0.5), 20_000);
});
