import type { RoleName, Session } from '../../api/people.ts';
import { t } from '../strings/strings.ts';
import { ApiError } from './api-error.ts';

/** An access token and whose it is. Lives in memory only. */
export interface Grant {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly user: Session['user'];
  readonly role: RoleName;
}

/** What tabs tell each other. */
export type TabMessage =
  | { readonly type: 'grant'; readonly grant: Grant }
  | { readonly type: 'ended' };

export interface TokensOptions {
  /** Exchanges the cookie for a new pair. Each refresh token works once. */
  readonly refresh: () => Promise<Session>;
  /** Runs `work` while no other tab runs its own. */
  readonly alone: (work: () => Promise<Grant>) => Promise<Grant>;
  /** Tells the other tabs. */
  readonly tell: (message: TabMessage) => void;
  readonly now: () => number;
  /** A new grant came, from here or from another tab. */
  readonly onGrant: (grant: Grant) => void;
  /** The session has ended: only an answer 401 to a refresh, or another tab's word, says so. */
  readonly onEnded: () => void;
}

/** Milliseconds before its end at which a token counts as expired. */
const MARGIN = 30_000;

export type Tokens = ReturnType<typeof createTokens>;

/**
 * Keeps the access token fresh. However many calls want one at the same time, in however many tabs,
 * there is one refresh: in this tab by sharing its promise, between tabs by `alone`, under which a
 * token that another tab got in the meantime is taken instead. A refresh is never tried again by
 * itself: its failure goes to whoever asked.
 */
export function createTokens(options: TokensOptions) {
  let grant: Grant | null = null;
  let refreshing: Promise<Grant> | null = null;
  /** Grows when the session ends or another begins: an answer from before then is nobody's. */
  let era = 0;

  /** The token, when it is good for another while. */
  const fresh = (): Grant | null =>
    grant !== null && grant.expiresAt - options.now() > MARGIN ? grant : null;

  function take(given: Grant): void {
    grant = given;
    options.onGrant(given);
  }

  async function exchange(mine: number): Promise<Grant> {
    try {
      const given = toGrant(await options.refresh(), options.now());
      if (mine !== era) return grant ?? over();
      take(given);
      options.tell({ type: 'grant', grant: given });
      return given;
    } catch (error) {
      if (mine === era && error instanceof ApiError && isOver(error)) {
        end();
        options.tell({ type: 'ended' });
      }
      throw error;
    }
  }

  function end(): void {
    era += 1;
    grant = null;
    options.onEnded();
  }

  async function renew(stale: string | null): Promise<Grant> {
    if (refreshing) {
      const joined = await refreshing;
      // It was begun by someone who had no token yet, and found the one that is refused here.
      if (joined.token !== stale) return joined;
    }
    const mine = era;
    refreshing ??= options
      .alone(async () => {
        // Someone has logged out meanwhile, or in: that is not undone by what was asked before.
        if (mine !== era) return grant ?? over();
        // While this tab waited for its turn, another may have told of a newer token.
        const told = fresh();
        return told && told.token !== stale ? told : exchange(mine);
      })
      .finally(() => {
        refreshing = null;
      });
    return refreshing;
  }

  return {
    /** A token that is good for another half minute at least. */
    async get(): Promise<string> {
      return (fresh() ?? (await renew(grant?.token ?? null))).token;
    },
    /** A token other than `refused`, which the server has just refused. */
    async replace(refused: string): Promise<string> {
      const own = fresh();
      return own && own.token !== refused ? own.token : (await renew(refused)).token;
    },
    /** Exchanges the token at once, good or not: whether the session still stands is known after it. */
    async renew(): Promise<void> {
      await renew(grant?.token ?? null);
    },
    /** Takes what a log-in or a registration gave. */
    adopt(session: Session): void {
      const given = toGrant(session, options.now());
      era += 1;
      take(given);
      options.tell({ type: 'grant', grant: given });
    },
    /** Forgets the token here and in the other tabs. */
    drop(): void {
      era += 1;
      grant = null;
      options.tell({ type: 'ended' });
    },
    /** Hears another tab. */
    hear(message: TabMessage): void {
      if (message.type === 'ended') end();
      else if (!grant || message.grant.expiresAt >= grant.expiresAt) take(message.grant);
    },
  };
}

function toGrant(session: Session, now: number): Grant {
  return {
    token: session.access_token,
    expiresAt: now + session.expires_in * 1000,
    user: session.user,
    role: session.role,
  };
}

/** The session is no more, or its account may not use it. */
function isOver(error: ApiError): boolean {
  return error.status === 401 || error.code === 'account_suspended';
}

function over(): never {
  throw new ApiError({ code: 'unauthenticated', message: t('shell.logged-out'), status: 401 });
}
