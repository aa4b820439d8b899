import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveSecrets } from '../../kernel/secrets.ts';
import { decryptEmail, emailIndex, encryptEmail } from './emails.ts';

const secrets = deriveSecrets('a master secret of a test, long enough');
const others = deriveSecrets('another master secret, also long enough');

test('an address comes back, and is never written twice the same', () => {
  const one = encryptEmail(secrets, ' Alice@Example.org ');
  const two = encryptEmail(secrets, 'Alice@Example.org');
  assert.equal(decryptEmail(secrets, one), 'Alice@Example.org');
  assert.notDeepEqual(one, two);
  assert.ok(!one.includes('Alice'));
});

test('a changed ciphertext or another key is refused', () => {
  const ciphertext = encryptEmail(secrets, 'alice@example.org');
  assert.throws(() => decryptEmail(others, ciphertext));
  for (let at = 0; at < ciphertext.length; at += 1) {
    const changed = Buffer.from(ciphertext);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.throws(() => decryptEmail(secrets, changed), `byte ${at}`);
  }
});

test('the index finds an address however it is written, and only with the key', () => {
  assert.deepEqual(
    emailIndex(secrets, 'ALICE@example.org '),
    emailIndex(secrets, 'alice@example.org'),
  );
  assert.notDeepEqual(
    emailIndex(secrets, 'alice@example.org'),
    emailIndex(others, 'alice@example.org'),
  );
});
