import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { within } from './within.ts';

/** A mail as it arrived. */
export interface Received {
  /** Who it was given to, by the envelope. */
  readonly to: string;
  readonly from: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
}

/** A real SMTP server that keeps what it gets. */
export interface Mailbox {
  readonly port: number;
  /** As MAIL_URL takes it. */
  readonly url: string;
  /** All mails so far that nobody has asked for. */
  readonly waiting: readonly Received[];
  /** The next mail to an address, arrived already or still to come. Each is given once. */
  next(to: string): Promise<Received>;
  close(): Promise<void>;
}

interface Waiter {
  readonly to: string;
  readonly take: (mail: Received) => void;
}

/**
 * Opens one on this machine, on a free port unless told; without TLS and log-in unless told. `beforeYes` runs when it
 * has a mail and has not said so yet.
 */
export async function openMailbox(
  options: SMTPServerOptions = {},
  beforeYes: (mail: Received) => Promise<void> = async () => {},
  port = 0,
): Promise<Mailbox> {
  const waiting: Received[] = [];
  const waiters: Waiter[] = [];
  const take = (mail: Received) => {
    const index = waiters.findIndex(({ to }) => to === mail.to);
    if (index < 0) waiting.push(mail);
    else waiters.splice(index, 1)[0]?.take(mail);
  };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onData(stream, session, done) {
      const keep = async () => {
        const raw = await text(stream);
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        for (const { address } of rcptTo) {
          const mail = read(raw, from, address);
          take(mail);
          await beforeYes(mail);
        }
      };
      keep().then(() => done(), done);
    },
    ...options,
  });
  // A client that goes away in the middle is no fault of the test's.
  server.on('error', () => {});
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address() as AddressInfo;
  return {
    port: address.port,
    url: `${options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${address.port}`,
    waiting,
    next(to) {
      const index = waiting.findIndex((mail) => mail.to === to);
      const [early] = index < 0 ? [] : waiting.splice(index, 1);
      if (early) return Promise.resolve(early);
      const { promise, resolve } = Promise.withResolvers<Received>();
      waiters.push({ to, take: resolve });
      return within(promise, `a mail to ${to}`);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The address in a mail that leads to one of our pages. */
export function linkIn(mail: Received): URL {
  const found = /^https?:\/\/\S+$/m.exec(mail.text);
  assert.ok(found, `no link in: ${mail.text}`);
  assert.ok(mail.html.includes(found[0].replaceAll('&', '&amp;')), 'the HTML has the same link');
  return new URL(found[0]);
}

/** What its link proves. */
export function tokenIn(mail: Received): string {
  return linkIn(mail).searchParams.get('token') ?? '';
}

function read(raw: string, from: string, to: string): Received {
  const { headers, body } = cut(raw);
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1];
  const parts = boundary
    ? body
        .split(`--${boundary}`)
        .slice(1, -1)
        .map((part) => cut(part.replace(/^\r?\n/, '')))
    : [{ headers, body }];
  const find = (type: string) => {
    const part = parts.find((one) => one.headers.get('content-type')?.startsWith(type));
    return part ? decode(part.body, part.headers.get('content-transfer-encoding') ?? '7bit') : '';
  };
  return { to, from, headers, text: find('text/plain'), html: find('text/html') };
}

function cut(raw: string): { headers: Map<string, string>; body: string } {
  const at = raw.search(/\r?\n\r?\n/);
  const head = raw.slice(0, at).replaceAll(/\r?\n[ \t]+/g, ' ');
  const lines = head.split(/\r?\n/).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { headers: new Map(lines), body: raw.slice(at).replace(/^(\r?\n){2}/, '') };
}

/** RFC 2045, section 6. */
function decode(body: string, encoding: string): string {
  const plain = body.replaceAll('\r\n', '\n');
  if (encoding === 'base64') return Buffer.from(plain, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return plain;
  const bytes = plain
    .replaceAll(/=\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
