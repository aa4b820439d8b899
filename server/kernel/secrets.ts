import { createHmac, hkdfSync } from 'node:crypto';

/** Keys for each purpose, derived from the server's one master secret (HKDF, RFC 5869). */
export interface Secrets {
  /** Signs access tokens (HMAC-SHA-256). */
  readonly accessTokens: Uint8Array;
  /** Signs upload addresses. */
  readonly uploads: Uint8Array;
  /** Encrypts e-mail addresses (AES-256-GCM). */
  readonly emails: Uint8Array;
  /** Makes the index by which an e-mail address is found again. */
  readonly emailIndex: Uint8Array;
  /** Signs the addresses of pictures that not everyone may see. */
  readonly media: Uint8Array;
  /** Signs the tokens in mails. */
  readonly mailTokens: Uint8Array;
}

/** Derives all keys. `master` has at least 32 bytes of entropy; the same master gives the same keys. */
export function deriveSecrets(master: string): Secrets {
  const key = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', master, 'aperto', purpose, 32));
  return {
    accessTokens: key('access-tokens/1'),
    uploads: key('uploads/1'),
    media: key('media/1'),
    emails: key('emails/1'),
    emailIndex: key('email-index/1'),
    mailTokens: key('mail-tokens/1'),
  };
}

/** HMAC-SHA-256 as base64url. */
export function sign(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
