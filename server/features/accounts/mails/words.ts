import type { MailPurpose } from './store.ts';

/** What one mail says. `{username}` and `{site}` are filled in; `{email}` only where it is asked for. */
export interface MailWords {
  readonly subject: string;
  readonly before: readonly string[];
  /** The words of the link; null: there is none. */
  readonly link: string | null;
  readonly after: readonly string[];
}

interface Language {
  readonly greeting: string;
  readonly footer: string;
  readonly mails: Readonly<Record<MailPurpose, MailWords>>;
}

/** The mails about an account, by language. A translation has the same keys. */
const LANGUAGES = {
  en: {
    greeting: 'Hello {username},',
    footer: 'You got this mail because this address was given at {site}.',
    mails: {
      verify: {
        subject: 'Confirm your e-mail address',
        before: [
          'Please confirm that this address is yours. Should you forget your password, a link to set a new one goes here.',
        ],
        link: 'Confirm this address',
        after: [
          'The link works for three days.',
          'If you did not sign up, do nothing: somebody has mistyped their address.',
        ],
      },
      reset: {
        subject: 'Set a new password',
        before: ['Somebody, probably you, asked for a new password for your account.'],
        link: 'Set a new password',
        after: [
          'The link works once, for one hour. Only the newest one works.',
          'If it was not you, do nothing: your password stays as it is.',
        ],
      },
      change_old: {
        subject: 'Your e-mail address is about to change',
        before: [
          'Somebody who knows your password, probably you, wants to use {email} for your account instead of this address.',
          'This happens only when both addresses have agreed.',
        ],
        link: 'Agree to the change',
        after: [
          'The link works for one day.',
          'If it was not you, do not follow it, and change your password: somebody knows it.',
        ],
      },
      change_new: {
        subject: 'Confirm your new e-mail address',
        before: [
          'This address is to be used for your account from now on. Please confirm that it is yours.',
        ],
        link: 'Confirm the new address',
        after: ['The link works for one day.', 'If it was not you, do nothing.'],
      },
      change_notice: {
        subject: 'Your e-mail address is about to change',
        before: [
          'Somebody who knows your password, probably you, wants to use {email} for your account instead of this address, which was never confirmed.',
        ],
        link: null,
        after: ['If it was not you, log in and change your password: somebody knows it.'],
      },
      password_notice: {
        subject: 'Your password was changed',
        before: [
          'The password of your account was changed, and you were logged out on your other devices.',
        ],
        link: 'It was not me: set a new password',
        after: ['If it was you, there is nothing to do.'],
      },
    },
  },
} as const satisfies Record<string, Language>;

export type MailLanguage = keyof typeof LANGUAGES;

/** Everything that a mail of this purpose is made of, with its holes. */
export function wordsOf(language: MailLanguage, purpose: MailPurpose) {
  const { greeting, footer, mails } = LANGUAGES[language];
  return { greeting, footer, ...(mails[purpose] as MailWords) };
}
