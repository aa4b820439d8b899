import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import type { SMTPServerOptions } from 'smtp-server';
import { type Mailbox, openMailbox } from '../../../test/mailbox.ts';
import { describeMail, newMail, type OpenedMail } from './contract.ts';
import { openLogMail } from './log.ts';
import { type Mail, MailRefused, MailUnavailable } from './mail.ts';
import { openSmtpMail, type SmtpOptions } from './smtp.ts';

const from = 'Aperto <no-reply@photos.example.org>';

/** Of this test alone: for localhost, 127.0.0.1 and 0.0.0.0, until 2124. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgriFmmaboZ0on62CL
KN9XPqvdZOn0e+B+UHleq0B3iD+hRANCAATgAhzPH6nsQ9O5UV7LrWZf5Pyz1rXX
Jg2cXcYH1S+LmmZUQ4jw1doPQOe803mbe23hwr9yPmu8yCuJZ2vgSf+v
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIUFKyUfQQtL3+PzCy42Bp75z0PWzYwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI0MDEwMTAwMDAwMFoYDzIxMjQwMTAx
MDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATgAhzPH6nsQ9O5UV7LrWZf5Pyz1rXXJg2cXcYH1S+LmmZUQ4jw1doP
QOe803mbe23hwr9yPmu8yCuJZ2vgSf+vozUwMzAgBgNVHREEGTAXgglsb2NhbGhv
c3SHBH8AAAGHBAAAAAAwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF
AiBnzHRXzD62n6k4bxwGTVPyg2nJeKe6mi5Td1x3hQW8hwIhAIhQtMbnddkstsUO
SRNfxYH3I+F/DFSr4ia+Hv7dmEDZ
-----END CERTIFICATE-----`;

describeMail('log', async () => {
  const lines: { mail: { to: string; subject: string; text: string } }[] = [];
  const log = { warn: (line: never) => void lines.push(line) };
  return {
    mail: openLogMail({ log: log as Parameters<typeof openLogMail>[0]['log'] }),
    async arrived(to) {
      const at = lines.findIndex((line) => line.mail.to === to);
      const [line] = lines.splice(at, 1);
      assert.ok(line);
      return line.mail;
    },
    left: () => lines.length,
    close: async () => {},
  };
});

async function over(
  server: SMTPServerOptions,
  options: Partial<SmtpOptions> & { readonly at?: (box: Mailbox) => string } = {},
): Promise<OpenedMail & { readonly box: Mailbox }> {
  const box = await openMailbox(server);
  const { at, ...rest } = options;
  const mail = openSmtpMail({ url: at ? at(box) : box.url, from, ...rest });
  return {
    box,
    mail,
    async arrived(to) {
      const came = await box.next(to);
      return { ...came, subject: readWords(came.headers.get('subject') ?? '') };
    },
    left: () => box.waiting.length,
    async close() {
      await mail.close();
      await box.close();
    },
  };
}

/** RFC 2047: `=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=`, one or several with spaces between them. */
function readWords(header: string): string {
  const joined = header.replaceAll(/\?=\s+=\?/g, '?==?');
  const bytes = joined.replaceAll(
    /=\?utf-8\?([qb])\?(.*?)\?=/gi,
    (_, kind: string, text: string) => {
      if (kind.toLowerCase() === 'b') return Buffer.from(text, 'base64').toString('latin1');
      return text
        .replaceAll('_', ' ')
        .replaceAll(/=([0-9A-F]{2})/gi, (__, hex: string) =>
          String.fromCharCode(parseInt(hex, 16)),
        );
    },
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const withTls: SMTPServerOptions = { key, cert, disabledCommands: ['AUTH'] };
const logIn: SMTPServerOptions = {
  disabledCommands: ['STARTTLS'],
  allowInsecureAuth: true,
  onAuth({ username, password }, _session, done) {
    if (username === 'us@er' && password === 'p:s/w?rd') done(null, { user: 'us@er' });
    else done(new Error('Invalid username or password'));
  },
};
const named = (box: Mailbox, password = 'p%3As%2Fw%3Frd', host = '127.0.0.1') =>
  `smtp://us%40er:${password}@${host}:${box.port}`;
/** The same machine by an address that is not known to be it. */
const far = '0.0.0.0';

describeMail('smtp', () => over({}));
describeMail('smtp with a log-in', () => over(logIn, { at: named }));
describeMail('smtps', () => over({ ...withTls, secure: true }, { authority: cert }));
describeMail('smtp with STARTTLS', () =>
  over(withTls, { at: (box) => `smtp://${far}:${box.port}`, authority: cert }),
);

async function failure(mail: Mail, change: Parameters<typeof newMail>[0] = {}) {
  try {
    await mail.send(newMail(change));
  } catch (error) {
    assert.ok(error instanceof MailRefused || error instanceof MailUnavailable, String(error));
    return error;
  }
  assert.fail('this was not to be sent');
}

test('smtp: says who it is from, twice the same id for the same mail, and asks for no answer', async () => {
  const { mail, box, close } = await over({});
  const sent = newMail({ html: '<p>In <b>HTML</b></p>' });
  await mail.send(sent);
  await mail.send(sent);
  const [one, two] = [await box.next(sent.to), await box.next(sent.to)];
  assert.equal(one.from, 'no-reply@photos.example.org');
  assert.equal(one.headers.get('from'), from);
  assert.equal(one.headers.get('to'), sent.to);
  assert.equal(one.headers.get('auto-submitted'), 'auto-generated');
  assert.equal(one.headers.get('message-id'), `<${sent.id}@photos.example.org>`);
  assert.equal(one.headers.get('message-id'), two.headers.get('message-id'));
  assert.match(one.html, /<b>HTML<\/b>/);
  await close();
});

test('smtp: a wrong password is a reason to try later, and is not told', async () => {
  const { mail, close } = await over(logIn, { at: (box) => named(box, 'hunter2') });
  const error = await failure(mail);
  assert.ok(error instanceof MailUnavailable);
  assert.match(error.message, /EAUTH.*535/);
  assert.doesNotMatch(error.message, /hunter2/);
  await close();
});

test('smtp: a password goes over a network only under TLS, unless that is asked for', async () => {
  const asked: string[] = [];
  const server: SMTPServerOptions = {
    ...logIn,
    onAuth({ password }, _session, done) {
      asked.push(password ?? '');
      done(null, { user: 'x' });
    },
  };
  const strict = await over(server, { at: (box) => named(box, 'pw', far) });
  assert.match((await failure(strict.mail)).message, /ETLS/);
  assert.deepEqual(asked, []);
  await strict.close();
  const off = await over(server, { at: (box) => `${named(box, 'pw', far)}?tls=off` });
  await off.mail.send(newMail());
  assert.deepEqual(asked, ['pw']);
  await off.close();
});

test('smtp: a certificate that nobody vouches for is refused', async () => {
  const from = await over({ ...withTls, secure: true });
  assert.match((await failure(from.mail)).message, /SELF_SIGNED|CERT|ESOCKET|ETLS/);
  await from.close();
  const upgraded = await over(withTls, { at: (box) => `smtp://${far}:${box.port}` });
  assert.match((await failure(upgraded.mail)).message, /ETLS|CERT|ESOCKET/);
  assert.equal(upgraded.left(), 0);
  await upgraded.close();
});

test('smtp: an address that is refused for good is refused, for now is to be tried again', async () => {
  const answer = (code: number): SMTPServerOptions => ({
    onRcptTo({ address }, _session, done) {
      done(Object.assign(new Error(`no <${address}> here`), { responseCode: code }));
    },
  });
  const never = await over(answer(550));
  const refused = await failure(never.mail, { to: 'secret@example.org' });
  assert.ok(refused instanceof MailRefused);
  assert.match(refused.message, /550/);
  assert.doesNotMatch(refused.message, /secret/);
  await never.close();
  const later = await over(answer(450));
  const unavailable = await failure(later.mail, { to: 'secret@example.org' });
  assert.ok(unavailable instanceof MailUnavailable);
  assert.match(unavailable.message, /450/);
  assert.doesNotMatch(unavailable.message, /secret/);
  await later.close();
});

test('smtp: a server that refuses the mail itself is told with its words', async () => {
  const { mail, close } = await over({
    onData(stream, _session, done) {
      stream.resume().on('end', () => {
        done(Object.assign(new Error('mailbox is full of otters'), { responseCode: 452 }));
      });
    },
  });
  const error = await failure(mail);
  assert.ok(error instanceof MailUnavailable);
  assert.match(error.message, /452.*otters/);
  await close();
});

/** A server of our own, for manners that a real one does not have. */
async function rude(greet: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    greet(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('smtp: a server that is not there is to be tried again', async () => {
  const gone = await rude(() => {});
  await gone.close();
  const mail = openSmtpMail({ url: gone.url, from });
  const error = await failure(mail);
  assert.ok(error instanceof MailUnavailable);
  assert.match(error.message, /ECONNREFUSED|ESOCKET/);
  await mail.close();
});

test('smtp: a server that says nothing is waited for no longer than a step may take', async () => {
  const silent = await rude(() => {});
  const mail = openSmtpMail({ url: silent.url, from, stepMs: 50 });
  assert.match((await failure(mail)).message, /ETIMEDOUT/);
  await mail.close();
  await silent.close();
});

test('smtp: one that keeps talking without an end is left when the mail takes too long', async () => {
  const chatty = await rude((socket) => {
    const more = setInterval(() => socket.write('220-one moment\r\n'), 5);
    socket.on('close', () => clearInterval(more));
  });
  const mail = openSmtpMail({ url: chatty.url, from, mailMs: 100 });
  assert.ok((await failure(mail)) instanceof MailUnavailable);
  await mail.close();
  await chatty.close();
});

test('smtp: closing gives up what is under way', async () => {
  const silent = await rude(() => {});
  const mail = openSmtpMail({ url: silent.url, from });
  const failed = failure(mail);
  await mail.close();
  assert.ok((await failed) instanceof MailUnavailable);
  await silent.close();
});
