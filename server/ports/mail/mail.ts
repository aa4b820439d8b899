/** A mail to one person, in plain text and as HTML that says the same. */
export interface OutgoingMail {
  /** One address, without a name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for every try, so that a mail which was sent twice can be told by its Message-ID. */
  readonly id: string;
}

/** What takes mails. */
export interface Mail {
  /**
   * Resolves when the other side has taken the mail. Throws `MailRefused` when it will never take it,
   * `MailUnavailable` when it may later. Gives up when `signal` says so, or after half a minute.
   */
  send(mail: OutgoingMail, signal?: AbortSignal): Promise<void>;
  /** Gives up mails that are under way: whoever sent them hears `MailUnavailable`. */
  close(): Promise<void>;
}

/** The address does not take mail, and will not when asked again. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

/** The mail server cannot be reached, does not answer in time, or says: not now. */
export class MailUnavailable extends Error {
  override readonly name = 'MailUnavailable';
}
