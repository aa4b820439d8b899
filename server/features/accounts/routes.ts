import * as own from '../../../api/accounts.ts';
import * as api from '../../../api/people.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BoundRoute, type RefreshCookie, route } from '../../kernel/route.ts';
import { showAccount } from './account.ts';
import { cancelEmailChange, resendMails, startEmailChange } from './change-email.ts';
import { changePassword } from './change-password.ts';
import { confirmEmail } from './confirm-email.ts';
import { logIn } from './login.ts';
import { registerAccount } from './register.ts';
import { askForReset, resetPassword } from './reset-password.ts';
import { closeSession, closeSessionOfToken, closeSessions, refreshSession } from './sessions.ts';
import { listLiveSessions } from './store.ts';
import { REFRESH_TOKEN_SECONDS } from './tokens.ts';

/** The web app asks to have the refresh token kept where no script can read it. */
function keep(cookie: RefreshCookie, where: 'token' | 'cookie' | undefined, session: api.Session) {
  if (where !== 'cookie' || session.refresh_token === null) return session;
  cookie.write(session.refresh_token, REFRESH_TOKEN_SECONDS);
  return { ...session, refresh_token: null };
}

export const accountRoutes: readonly BoundRoute[] = [
  route(api.register, async (ctx, { body, device, refreshCookie }) => {
    const session = await registerAccount(ctx, body, device);
    return keep(refreshCookie, body.keep, session);
  }),

  route(api.login, async (ctx, { body, device, refreshCookie }) => {
    const session = await logIn(ctx, body, device);
    return keep(refreshCookie, body.keep, session);
  }),

  route(api.refresh, async (ctx, { body, refreshCookie }) => {
    if (body.refresh_token) return refreshSession(ctx, body.refresh_token);
    refreshCookie.demandSameOrigin();
    const token = refreshCookie.read();
    if (!token) throw new Problem('refresh_token_invalid');
    try {
      return keep(refreshCookie, 'cookie', await refreshSession(ctx, token));
    } catch (error) {
      if (error instanceof Problem) refreshCookie.clear();
      throw error;
    }
  }),

  route(api.logout, async (ctx, { viewer, body, refreshCookie }) => {
    if (viewer) await closeSession(ctx, viewer.personId, viewer.sessionId);
    if (body.refresh_token) await closeSessionOfToken(ctx, body.refresh_token);
    const cookie = refreshCookie.read();
    if (cookie) {
      refreshCookie.demandSameOrigin();
      await closeSessionOfToken(ctx, cookie);
      refreshCookie.clear();
    }
    return {};
  }),

  route(api.listSessions, async (ctx, { viewer }) => {
    const sessions = await listLiveSessions(ctx.db, viewer.personId, ctx.clock.now());
    return sessions.map((session) => ({
      session_id: session.session_id,
      device: session.device,
      created_at: session.created_at.toISOString(),
      last_used_at: session.last_used_at.toISOString(),
      is_current: session.session_id === viewer.sessionId,
    }));
  }),

  route(api.endSession, async (ctx, { viewer, params }) => {
    const ended = await closeSession(ctx, viewer.personId, params.session_id);
    if (!ended) throw new Problem('not_found', 'You have no such session.');
    return {};
  }),

  route(own.endOtherSessions, async (ctx, { viewer }) => ({
    ended: await closeSessions(ctx, viewer.personId, viewer.sessionId),
  })),

  route(own.getAccount, (ctx, { viewer }) => showAccount(ctx, viewer.personId)),

  route(own.changeEmail, async (ctx, { viewer, body }) => {
    await startEmailChange(ctx, viewer.personId, body);
    return showAccount(ctx, viewer.personId);
  }),

  route(own.cancelEmailChange, async (ctx, { viewer }) => {
    await cancelEmailChange(ctx, viewer.personId);
    return showAccount(ctx, viewer.personId);
  }),

  route(own.resendMail, async (ctx, { viewer }) => {
    await resendMails(ctx, viewer.personId);
    return {};
  }),

  route(own.verifyEmail, async (ctx, { body }) => ({ state: await confirmEmail(ctx, body.token) })),

  route(own.forgotPassword, async (ctx, { body }) => {
    await askForReset(ctx, body.email);
    return {};
  }),

  route(own.resetPassword, async (ctx, { body }) => {
    await resetPassword(ctx, body);
    return {};
  }),

  route(own.changePassword, async (ctx, { viewer, body }) => {
    await changePassword(ctx, viewer, body);
    return {};
  }),
];
