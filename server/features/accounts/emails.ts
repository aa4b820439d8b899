import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Secrets } from '../../kernel/secrets.ts';

/** First byte of every ciphertext: which key made it, so that keys can be changed. */
const KEY_VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The form in which an address is looked up: trimmed, small letters, NFKC. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

/** A keyed hash: finds the address again without the database ever holding it in the clear. */
export function emailIndex(secrets: Secrets, email: string): Buffer {
  return createHmac('sha256', secrets.emailIndex).update(normalizeEmail(email)).digest();
}

/** AES-256-GCM (NIST SP 800-38D) with a random nonce: version, nonce, tag, ciphertext. */
export function encryptEmail(secrets: Secrets, email: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', secrets.emails, nonce);
  const text = Buffer.concat([cipher.update(email.trim(), 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(KEY_VERSION), nonce, cipher.getAuthTag(), text]);
}

/** Throws when the ciphertext was changed or made with another key. */
export function decryptEmail(secrets: Secrets, ciphertext: Buffer): string {
  if (ciphertext[0] !== KEY_VERSION) throw new Error('an e-mail address of an unknown key version');
  const nonce = ciphertext.subarray(1, 1 + NONCE_BYTES);
  const tag = ciphertext.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', secrets.emails, nonce);
  decipher.setAuthTag(tag);
  const text = ciphertext.subarray(1 + NONCE_BYTES + TAG_BYTES);
  return decipher.update(text, undefined, 'utf8') + decipher.final('utf8');
}
