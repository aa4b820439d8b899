import { computed, signal } from '@preact/signals';
import type * as people from '../../api/people.ts';
import type { BodyOf } from '../../api/route.ts';
import { ApiError, call, carryToken, listenToTokens, tokens } from './client.ts';

/**
 * `resuming`: someone was signed in when the page was left, and their session is being picked up;
 * the app shows itself as theirs at once. `in` and `out` are what they say.
 */
export type SessionState = 'resuming' | 'in' | 'out';

interface Known {
  readonly state: SessionState;
  readonly user: people.UserSummary | null;
  readonly role: people.RoleName;
}

const OUT: Known = { state: 'out', user: null, role: 'member' };
/** Who was here last, so that the shell can be shown before the server has answered. No secret. */
const KEY = 'aperto.me';

function recall(): Known {
  const kept = globalThis.localStorage?.getItem(KEY);
  if (!kept) return OUT;
  try {
    const { user, role } = JSON.parse(kept) as Omit<Known, 'state'>;
    return { state: 'resuming', user, role: role ?? 'member' };
  } catch (error) {
    // Somebody else's text under our name: as if nothing were there.
    if (!(error instanceof SyntaxError)) throw error;
    return OUT;
  }
}

const known = signal<Known>(typeof document === 'undefined' ? OUT : recall());

export const sessionState = computed(() => known.value.state);
/** The signed-in person, also while the session is being picked up; null for a visitor. */
export const me = computed(() => known.value.user);
export const isAdmin = computed(() => known.value.role === 'admin');
/** Admins and moderators. */
export const isStaff = computed(() => known.value.role !== 'member');
/** True when the session ended without the person asking for it. */
export const endedByServer = signal(false);

const whenOut: (() => void)[] = [];

/** Runs `work` whenever a session ends here: whatever was kept for that person must go. */
export function onSignedOut(work: () => void): void {
  whenOut.push(work);
}

function become(next: Known): void {
  carryToken(next.state !== 'out');
  const leaves = known.peek().state !== 'out' && next.state === 'out';
  if (next.user) {
    localStorage.setItem(KEY, JSON.stringify({ user: next.user, role: next.role }));
  } else {
    localStorage.removeItem(KEY);
  }
  known.value = next;
  if (leaves) for (const work of whenOut) work();
}

/** Starts to listen to tokens, and picks up the session that was left here. Call once. */
export function startSession(): void {
  listenToTokens({
    onGrant: ({ user, role }) => {
      const before = known.peek().user;
      // Another tab may have signed in as someone else: nothing of the first person may stay.
      if (before && before.user_id !== user.user_id) become(OUT);
      become({ state: 'in', user, role });
    },
    onEnded: () => {
      endedByServer.value = known.peek().state !== 'out';
      become(OUT);
    },
  });
  carryToken(known.peek().state !== 'out');
  if (known.peek().state === 'resuming') resume();
}

/** Tries to pick the session up; without a connection it stays `resuming`, and calls try again. */
export function resume(): void {
  tokens.get().catch((error: unknown) => {
    // The pages' own calls meet the same error and say it where it matters.
    console.info('The session could not be picked up yet:', error);
  });
}

/**
 * Asks the server whether the session still stands, and ends it here when it does not. The socket
 * brings the same news, but later than the person may go on. Does nothing for a visitor.
 */
export async function checkSession(): Promise<void> {
  if (known.peek().state === 'out') return;
  try {
    await tokens.renew();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (known.peek().state !== 'out') console.info('Whether the session stands is unknown:', error);
  }
}

export type Registration = Omit<BodyOf<typeof people.register>, 'keep'>;

/** Creates an account and signs in. Throws `ApiError`. */
export async function register(body: Registration): Promise<void> {
  const session = await call<typeof people.register>('POST /users/register', {
    body: { ...body, keep: 'cookie' },
  });
  endedByServer.value = false;
  tokens.adopt(session);
}

/** Signs in with a username or an e-mail address. Throws `ApiError`. */
export async function logIn(username: string, password: string): Promise<void> {
  const session = await call<typeof people.login>('POST /users/login', {
    body: { username, password, keep: 'cookie' },
  });
  endedByServer.value = false;
  tokens.adopt(session);
}

/** Ends this session here, in the other tabs and on the server. Throws `ApiError` when it cannot. */
export async function logOut(): Promise<void> {
  await call<typeof people.logout>('POST /auth/logout', { body: {} });
  tokens.drop();
  become(OUT);
}

/** Shows a change of one's own name or picture everywhere, before the next token brings it. */
export function updateMe(changes: Partial<people.UserSummary>): void {
  const now = known.peek();
  if (now.user) become({ ...now, user: { ...now.user, ...changes } });
}
