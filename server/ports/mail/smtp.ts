import { isIP } from 'node:net';
import { createTransport, type NodemailerError, type SMTPTransportOptions } from 'nodemailer';
import { type Mail, MailRefused, MailUnavailable, type OutgoingMail } from './mail.ts';

/** For the whole of one mail: far above what a server that works takes. */
const MAIL_MS = 30_000;
/** For each step of it: to connect, to greet, to answer. */
const STEP_MS = 10_000;
const ANSWER_TEXT_MAX = 200;

export interface SmtpOptions {
  /** `smtp://user:password@host:port` (STARTTLS) or `smtps://…` (TLS from the start). */
  readonly url: string;
  /** Who the mails are from: `Name <address>` or an address. */
  readonly from: string;
  /** Milliseconds, for tests. */
  readonly mailMs?: number;
  readonly stepMs?: number;
  /** A certificate authority to trust instead of the well-known ones. */
  readonly authority?: string;
}

/** Mail through an SMTP server (RFC 5321), a connection a mail. Connects only when there is one to send. */
export function openSmtpMail(options: SmtpOptions): Mail {
  const transport = createTransport(transportOptions(options));
  const sending = new Set<Promise<unknown>>();
  const closing = new AbortController();
  return {
    async send(mail, given) {
      const late = AbortSignal.timeout(options.mailMs ?? MAIL_MS);
      const signal = AbortSignal.any([late, closing.signal, ...(given ? [given] : [])]);
      const sent = transport.sendMail({ ...message(mail, options.from), signal });
      const over = sent.catch(() => undefined);
      sending.add(over);
      try {
        await sent;
      } catch (error) {
        throw told(error as NodemailerError);
      } finally {
        sending.delete(over);
      }
    },
    async close() {
      closing.abort(new MailUnavailable('the server is stopping'));
      await Promise.all(sending);
      transport.close();
    },
  };
}

function message(mail: OutgoingMail, from: string) {
  const { to, subject, text, html } = mail;
  const domain = /@([^>@\s]+)>?$/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    to: { name: '', address: to },
    subject,
    text,
    html,
    messageId: `<${mail.id}@${domain}>`,
    // RFC 3834: out-of-office answers and the like are not wanted.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

function transportOptions({ url, stepMs = STEP_MS, authority }: SmtpOptions): SMTPTransportOptions {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = protocol === 'smtps:';
  const near = isLoopback(host);
  const off = searchParams.get('tls') === 'off';
  return {
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // A password never goes over a network in the clear, unless it is asked for.
    requireTLS: !secure && !off && !near && username !== '',
    // On the same machine there is nothing to listen in on, and rarely a certificate that holds.
    ignoreTLS: off || near,
    ...(authority === undefined ? {} : { tls: { ca: authority } }),
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: stepMs,
    greetingTimeout: stepMs,
    socketTimeout: stepMs,
    dnsTimeout: stepMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * The library's error in our words. What a server says of a recipient holds the address, and errors
 * end in logs: of such an answer only the number is kept.
 */
function told(error: NodemailerError): MailRefused | MailUnavailable {
  const { code, command, responseCode } = error;
  if (code === 'EENVELOPE' && command === 'RCPT TO' && error.permanent) {
    return new MailRefused(`the mail server does not take mail for this address (${responseCode})`);
  }
  const answer = command === 'RCPT TO' ? responseCode : error.response?.slice(0, ANSWER_TEXT_MAX);
  const reason = answer ?? error.timeoutType ?? error.originalCode ?? '';
  return new MailUnavailable(
    `the mail was not sent: ${code ?? error.name} ${command ?? ''} ${reason}`.trimEnd(),
  );
}
