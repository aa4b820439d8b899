import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeMail } from './compose.ts';
import type { MailPurpose } from './store.ts';
import { wordsOf } from './words.ts';

const PURPOSES: readonly MailPurpose[] = [
  'verify',
  'reset',
  'change_old',
  'change_new',
  'change_notice',
  'password_notice',
];
const facts = {
  language: 'en',
  username: 'mara',
  site: 'https://photos.example.org',
  email: 'new@example.org',
  link: 'https://photos.example.org/page?for=x&token=1.2.abc',
} as const;

test('every mail says the same in text and in HTML, with no hole left and its link in both', () => {
  for (const purpose of PURPOSES) {
    const { subject, text, html } = composeMail({ ...facts, purpose });
    assert.ok(subject.length > 5 && subject.length < 60, subject);
    assert.doesNotMatch(subject + text + html, /[{}]/, purpose);
    assert.match(text, /^Hello mara,\n/);
    assert.match(html, /<p>Hello mara,<\/p>/);
    const { before, after, link } = wordsOf('en', purpose);
    for (const words of [...before, ...after]) {
      const filled = words.replace('{email}', facts.email);
      assert.ok(text.includes(filled) && html.includes(filled), words);
    }
    assert.equal(text.includes(facts.link), link !== null);
    assert.equal(html.includes(`href="${facts.link.replaceAll('&', '&amp;')}"`), link !== null);
    assert.doesNotMatch(html, /<(img|script|link|iframe)\b|src=|url\(/, 'nothing from elsewhere');
  }
});

test('what people wrote is text in HTML, and fills no other hole', () => {
  const email = '"<img/src=x>&{site}"@example.org';
  const { text, html } = composeMail({ ...facts, purpose: 'change_old', email });
  assert.ok(text.includes(email));
  assert.doesNotMatch(html, /<img/);
  assert.ok(html.includes('&quot;&lt;img/src=x&gt;&amp;{site}&quot;@example.org'));
});
