import { signal } from '@preact/signals';
import type * as accounts from '../../api/accounts.ts';
import { call } from './client.ts';
import { onSignedOut } from './session.ts';

/** One's own account as it was read last; null before that, and for visitors. */
export const account = signal<accounts.Account | null>(null);

onSignedOut(() => {
  account.value = null;
});

/** Reads it anew. Throws `ApiError`. */
export async function loadAccount(): Promise<void> {
  account.value = await call<typeof accounts.getAccount>('GET /account', {});
}

/** Asks for another address; links go to both. Throws `ApiError`. */
export async function changeEmail(email: string, password: string): Promise<void> {
  account.value = await call<typeof accounts.changeEmail>('PUT /account/email', {
    body: { email, password },
  });
}

/** Keeps the address as it is. Throws `ApiError`. */
export async function cancelEmailChange(): Promise<void> {
  account.value = await call<typeof accounts.cancelEmailChange>('DELETE /account/email/change', {});
}

/** Has the mails that are waited for sent again. Throws `ApiError`. */
export async function resendMail(): Promise<void> {
  await call<typeof accounts.resendMail>('POST /account/email/resend', {});
}

/** Every other session ends. Throws `ApiError`. */
export async function changePassword(current_password: string, new_password: string) {
  await call<typeof accounts.changePassword>('PUT /account/password', {
    body: { current_password, new_password },
  });
}

/** Has a link to set a new password sent, if there is such an account. Throws `ApiError`. */
export async function forgotPassword(email: string): Promise<void> {
  await call<typeof accounts.forgotPassword>('POST /auth/password/forgot', { body: { email } });
}

/** Sets a password with the token of a mail. Throws `ApiError`. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await call<typeof accounts.resetPassword>('POST /auth/password/reset', {
    body: { token, password },
  });
}

/** Follows the link of a mail to an address, and says where that led. Throws `ApiError`. */
export async function verifyEmail(token: string): Promise<accounts.EmailState> {
  const { state } = await call<typeof accounts.verifyEmail>('POST /auth/email/verify', {
    body: { token },
  });
  return state;
}
