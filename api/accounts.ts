import { type Static, Type } from 'typebox';
import { PersonId } from './ids.ts';
import { EMAIL_MAX, MAIL_TOKEN_MAX, PASSWORD_MAX, PASSWORD_MIN } from './limits.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;
const Time = Type.String({ format: 'date-time' });
const Email = Type.String({ format: 'email', maxLength: EMAIL_MAX });
/** What one has already; any length that could be one. */
const OldPassword = Type.String({ minLength: 1, maxLength: PASSWORD_MAX });
const NewPassword = Type.String({ minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX });
/** Out of the link in a mail. */
const MailToken = Type.String({ minLength: 1, maxLength: MAIL_TOKEN_MAX });

/** What only the person themselves may know of their account. */
export const Account = Type.Object({
  user_id: PersonId,
  username: Type.String(),
  email: Type.String(),
  email_verified: Type.Boolean(),
  email_change: Type.Union(
    [
      Type.Object({
        email: Type.String({ description: 'The new address' }),
        confirmed_by_old: Type.Boolean(),
        confirmed_by_new: Type.Boolean(),
        expires_at: Time,
      }),
      Type.Null(),
    ],
    { description: 'A change that waits until the links in both mails have been followed' },
  ),
  created_at: Time,
});
export type Account = Static<typeof Account>;

export const getAccount = defineRoute({
  name: 'GET /account',
  summary: 'Your own account: e-mail address, whether it is verified, a change that waits',
  access: 'signed_in',
  returns: Account,
});

export const changeEmail = defineRoute({
  name: 'PUT /account/email',
  summary:
    'Ask for another e-mail address; it changes when the links in the mails to the old and the new one were followed',
  access: 'signed_in',
  body: Type.Object({ email: Email, password: OldPassword }, closed),
  returns: Account,
  errors: ['password_wrong', 'email_taken'],
});

export const cancelEmailChange = defineRoute({
  name: 'DELETE /account/email/change',
  summary: 'Leave the e-mail address as it is; links in mails about the change work no more',
  access: 'signed_in',
  returns: Account,
});

export const resendMail = defineRoute({
  name: 'POST /account/email/resend',
  summary:
    'Send the mails that are waited for again (verification, or a change of address); at most one a minute and five an hour are sent, the answer is the same',
  access: 'signed_in',
  returns: Type.Object({}),
});

/** Where following a link has led. */
export const EmailState = Type.Union(
  [
    Type.Literal('verified'),
    Type.Literal('changed'),
    Type.Literal('waiting_for_old'),
    Type.Literal('waiting_for_new'),
  ],
  {
    description:
      'changed: the new address is in use; waiting_for_…: the link in the mail to the other address must be followed too',
  },
);
export type EmailState = Static<typeof EmailState>;

export const verifyEmail = defineRoute({
  name: 'POST /auth/email/verify',
  summary: 'Confirm an e-mail address with the token of a mail',
  access: 'anyone',
  body: Type.Object({ token: MailToken }, closed),
  returns: Type.Object({ state: EmailState }),
  errors: ['token_invalid', 'email_taken'],
});

export const forgotPassword = defineRoute({
  name: 'POST /auth/password/forgot',
  summary: 'Send a link to set a new password, if there is an account of this e-mail address',
  access: 'anyone',
  body: Type.Object({ email: Email }, closed),
  returns: Type.Object({}, { description: 'The same whether there is an account or not' }),
  status: 202,
});

export const resetPassword = defineRoute({
  name: 'POST /auth/password/reset',
  summary: 'Set a new password with the token of a mail; ends every session',
  access: 'anyone',
  body: Type.Object({ token: MailToken, password: NewPassword }, closed),
  returns: Type.Object({}),
  errors: ['token_invalid'],
});

export const changePassword = defineRoute({
  name: 'PUT /account/password',
  summary: 'Change your password; ends every session but this one',
  access: 'signed_in',
  body: Type.Object({ current_password: OldPassword, new_password: NewPassword }, closed),
  returns: Type.Object({}),
  errors: ['password_wrong'],
});

export const endOtherSessions = defineRoute({
  name: 'DELETE /auth/sessions',
  summary: 'Log out everywhere but here',
  access: 'signed_in',
  returns: Type.Object({ ended: Type.Integer({ description: 'How many sessions that were' }) }),
});
