import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { PersonId, SessionId } from '../../../api/ids.ts';
import { Problem } from '../../kernel/problem.ts';
import { deriveSecrets } from '../../kernel/secrets.ts';
import {
  ACCESS_TOKEN_SECONDS,
  isOurRefreshToken,
  makeAccessToken,
  makeRefreshToken,
  parseRefreshToken,
  readAccessToken,
} from './tokens.ts';

const secrets = deriveSecrets('a master secret of a test, long enough');
const who = { personId: '12' as PersonId, sessionId: '34' as SessionId };
const at = (ms: number) => ({ millis: () => ms, now: () => new Date(ms) });
const start = Date.UTC(2026, 0, 1);
const isProblem = (code: string) => (error: unknown) =>
  error instanceof Problem && error.code === code;

test('an access token says who, for one hour', async () => {
  const token = await makeAccessToken(secrets, at(start), who);
  const claims = await readAccessToken(secrets, at(start), token);
  assert.deepEqual(claims, { ...who, expiresAt: start + ACCESS_TOKEN_SECONDS * 1000 });
  const late = at(start + ACCESS_TOKEN_SECONDS * 1000);
  await assert.rejects(readAccessToken(secrets, late, token), isProblem('access_token_expired'));
});

test('a token that we did not sign this way is nothing', async () => {
  const body = { sid: '34' };
  const good = new SignJWT(body).setIssuer('aperto').setSubject('12').setExpirationTime('1h');
  const unsigned = new UnsecuredJWT(body)
    .setIssuer('aperto')
    .setSubject('12')
    .setExpirationTime('1h')
    .encode();
  const otherAlgorithm = await good
    .setProtectedHeader({ alg: 'HS512' })
    .sign(new Uint8Array([...secrets.accessTokens, ...secrets.accessTokens]));
  const otherKey = await new SignJWT(body)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('aperto')
    .setSubject('12')
    .setExpirationTime('1h')
    .sign(secrets.uploads);
  const noSession = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('aperto')
    .setSubject('12')
    .setExpirationTime('1h')
    .sign(secrets.accessTokens);
  for (const token of ['', 'x.y.z', unsigned, otherAlgorithm, otherKey, noSession]) {
    const clock = { millis: Date.now, now: () => new Date() };
    await assert.rejects(readAccessToken(secrets, clock, token), isProblem('unauthenticated'));
  }
});

test('a refresh token is ours only with its own place and salt', () => {
  const salt = Buffer.from('0123456789abcdef');
  const claims = { ...who, generation: 3 };
  const token = makeRefreshToken(secrets, claims, salt);
  assert.deepEqual(parseRefreshToken(token), claims);
  assert.ok(isOurRefreshToken(secrets, token, claims, salt));
  assert.ok(!isOurRefreshToken(secrets, token, { ...claims, generation: 4 }, salt));
  assert.ok(!isOurRefreshToken(secrets, token, claims, Buffer.from('fedcba9876543210')));
  const forged = token.replace(/^12\./, '13.');
  assert.ok(!isOurRefreshToken(secrets, forged, { ...claims, personId: '13' as PersonId }, salt));
  for (const text of ['', '...', '1.2.3', '1.2.3.4.5', 'a.2.3.x', '1.2.-3.x', '1.2.1e9.x']) {
    assert.equal(parseRefreshToken(text), null, text);
  }
});
