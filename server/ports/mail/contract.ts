import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mail, OutgoingMail } from './mail.ts';

/** What came out at the other end. */
export interface Arrived {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface OpenedMail {
  readonly mail: Mail;
  /** The next mail to this address. */
  arrived(to: string): Promise<Arrived>;
  /** How many have arrived that nobody has asked for. */
  left(): number;
  close(): Promise<void>;
}

let last = 0;

export function newMail(change: Partial<OutgoingMail> = {}): OutgoingMail {
  last += 1;
  return {
    id: `test.${last}`,
    to: `person${last}@example.org`,
    subject: 'A subject',
    text: 'Hello\n\nGood bye\n',
    html: '<p>Hello</p><p>Good bye</p>',
    ...change,
  };
}

/** What everything that takes mails does. */
export function describeMail(name: string, open: () => Promise<OpenedMail>): void {
  test(`${name}: a mail arrives as it was written`, async () => {
    const { mail, arrived, left, close } = await open();
    const text = `Grüße, שלום, 🦦\n\nhttps://example.org/${'x'.repeat(300)}?a=1&b=2\n.\n..\n-- \nend\n`;
    const sent = newMail({ subject: 'Grüße an שלום 🦦', text });
    await mail.send(sent);
    const came = await arrived(sent.to);
    assert.deepEqual([came.to, came.subject], [sent.to, sent.subject]);
    assert.equal(came.text.trimEnd(), text.trimEnd());
    assert.equal(left(), 0);
    await close();
  });

  test(`${name}: many at once all arrive, each once`, async () => {
    const { mail, arrived, left, close } = await open();
    const all = Array.from({ length: 20 }, () => newMail());
    await Promise.all(all.map((one) => mail.send(one)));
    for (const one of all) assert.equal((await arrived(one.to)).to, one.to);
    assert.equal(left(), 0);
    await close();
  });

  test(`${name}: what is in a subject adds no header and nobody who gets it`, async () => {
    const { mail, arrived, left, close } = await open();
    const sent = newMail({ subject: 'One\r\nBcc: thief@example.org\r\n\r\nTwo' });
    await mail.send(sent);
    await arrived(sent.to);
    assert.equal(left(), 0);
    await close();
  });

  test(`${name}: who has given up already sends nothing`, async () => {
    const { mail, left, close } = await open();
    await assert.rejects(mail.send(newMail(), AbortSignal.abort()));
    assert.equal(left(), 0);
    await close();
  });
}
