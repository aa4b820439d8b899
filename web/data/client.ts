import type { refresh } from '../../api/people.ts';
import type { Route } from '../../api/route.ts';
import { ApiError } from './api-error.ts';
import { sayBusy } from './busy.ts';
import { type Answer, type CallOptions, send } from './connection.ts';
import { askPatiently, type Patience } from './patience.ts';
import { createTokens, type Grant, type TabMessage } from './tokens.ts';

export { ApiError, isAbort } from './api-error.ts';
export type { Answer, CallOptions, Page } from './connection.ts';

/** Whoever wants to know of grants and of the end of the session: the session file. */
interface Listener {
  onGrant(grant: Grant): void;
  onEnded(): void;
}

let listener: Listener = { onGrant() {}, onEnded() {} };
const channel = typeof document === 'undefined' ? null : new BroadcastChannel('aperto.session');

/** True while someone is signed in, or was when the page was left: calls then carry a token. */
let signedIn = false;

/**
 * Milliseconds. A renewal that is given up may still be done by the server: its cookie is then lost,
 * and the old one, used again, ends the session. So it is waited for much longer than other answers.
 */
const RENEWAL_TIMEOUT = 60_000;

export const tokens = createTokens({
  // Kept alive, so that leaving the page in this moment does not lose the new cookie.
  refresh: () =>
    send(
      '',
      'POST /auth/refresh',
      { body: {}, keepalive: true, timeout: RENEWAL_TIMEOUT },
      null,
    ) as Promise<Answer<typeof refresh>>,
  alone: (work) =>
    // Locks exist in secure contexts only; elsewhere a tab still never doubles its own refresh.
    navigator.locks ? navigator.locks.request('aperto.refresh', work) : work(),
  tell: (message) => channel?.postMessage(message),
  now: Date.now,
  onGrant: (grant) => listener.onGrant(grant),
  onEnded: () => listener.onEnded(),
});

channel?.addEventListener('message', (event: MessageEvent<TabMessage>) => tokens.hear(event.data));

/** Tells the client whether calls carry a token. */
export function carryToken(yes: boolean): void {
  signedIn = yes;
}

/** Who hears of new grants and of the end; one at a time. */
export function listenToTokens(to: Listener): void {
  listener = to;
}

/** These bring their own proof and must not wait for a token. */
const WITHOUT_TOKEN = new Set([
  'POST /users/register',
  'POST /users/login',
  'POST /auth/logout',
  'POST /auth/email/verify',
  'POST /auth/password/forgot',
  'POST /auth/password/reset',
]);

/** One word for all calls that wait at once: the same toast takes the place of the one before. */
const patience: Patience = {
  onWait: sayBusy,
  pause: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
  random: Math.random,
};

/** Calls that wait for their answer. */
const underWay = new Set<Promise<unknown>>();

/**
 * Resolves when every call that is under way now has its answer, and whoever asked has taken it in.
 * Until then an answer may come that is older than what was done meanwhile. Never rejects.
 */
export async function whenAnswered(): Promise<void> {
  await Promise.allSettled([...underWay]);
  // Those who asked go on in microtasks: they are through before the next task.
  await new Promise((done) => setTimeout(done));
}

/**
 * Calls a route of the contract, which is named by its type:
 * `call<typeof posts.getPost>('GET /posts/{post_id}', { params: { post_id } })`.
 * Gives the data of the answer (for a list, a page), or throws `ApiError`; a call that its `signal`
 * gave up throws an `AbortError`. An expired access token is renewed once and the call repeated.
 */
export async function call<R extends Route>(
  name: R['name'],
  options: CallOptions<R>,
): Promise<Answer<R>> {
  // Who leaves the page has no time to wait.
  const answer = options.keepalive
    ? ask(name, options)
    : askPatiently(() => ask(name, options), options.signal, patience);
  underWay.add(answer);
  try {
    return (await answer) as Answer<R>;
  } finally {
    underWay.delete(answer);
  }
}

async function ask<R extends Route>(name: R['name'], options: CallOptions<R>): Promise<unknown> {
  if (!signedIn || WITHOUT_TOKEN.has(name)) return send('', name, options, null);
  const token = await tokens.get();
  try {
    return await send('', name, options, token);
  } catch (error) {
    const refused = error instanceof ApiError && error.status === 401;
    if (!refused) throw error;
    return send('', name, options, await tokens.replace(token));
  }
}

/** A new key for `idempotencyKey`: one for each thing that a person does, kept over its retries. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
