import type { Logger } from 'pino';
import type { Mail } from './mail.ts';

/**
 * Writes mails to the log instead of sending them, at the level that is shown on a terminal too: for
 * a laptop, where whoever runs the server also waits for the mail.
 */
export function openLogMail({ log }: { readonly log: Pick<Logger, 'warn'> }): Mail {
  return {
    async send(mail, signal) {
      signal?.throwIfAborted();
      const { id, to, subject, text } = mail;
      log.warn(
        { mail: { id, to, subject, text } },
        'MAIL_URL is not set: this mail was not sent, it stands here',
      );
    },
    async close() {},
  };
}
