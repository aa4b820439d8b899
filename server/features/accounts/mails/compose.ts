import type { MailPurpose } from './store.ts';
import { type MailLanguage, wordsOf } from './words.ts';

export interface MailFacts {
  readonly language: MailLanguage;
  readonly purpose: MailPurpose;
  readonly username: string;
  /** Where the server is, for people: https://photos.example.org */
  readonly site: string;
  /** The new address, where a mail speaks of one. */
  readonly email?: string;
  /** Where the link goes. */
  readonly link: string;
}

/** A mail as text and as HTML that says the same: no pictures, nothing from elsewhere, nothing that tells whether it was read. */
export function composeMail(facts: MailFacts): { subject: string; text: string; html: string } {
  const words = wordsOf(facts.language, facts.purpose);
  const fill = (text: string) => fillHoles(text, facts);
  const before = [words.greeting, ...words.before].map(fill);
  const after = words.after.map(fill);
  const footer = fill(words.footer);
  const link = words.link === null ? null : { words: fill(words.link), href: facts.link };
  const parts = [...before, ...(link ? [`${link.words}:\n${link.href}`] : []), ...after];
  return {
    subject: fill(words.subject),
    text: `${parts.join('\n\n')}\n\n-- \n${footer}\n`,
    html: toHtml(facts.language, before, link, after, footer),
  };
}

function fillHoles(text: string, facts: MailFacts): string {
  const values = { username: facts.username, site: facts.site, email: facts.email ?? '' };
  return text.replace(/\{(username|site|email)\}/g, (_, name: keyof typeof values) => values[name]);
}

const BUTTON =
  'display:inline-block;padding:12px 20px;border-radius:8px;background:#a84300;color:#ffffff;font-weight:600;text-decoration:none';

function toHtml(
  language: string,
  before: readonly string[],
  link: { readonly words: string; readonly href: string } | null,
  after: readonly string[],
  footer: string,
): string {
  const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`;
  const button =
    link &&
    `<p><a href="${escapeHtml(link.href)}" style="${BUTTON}">${escapeHtml(link.words)}</a></p>
<p style="font-size:12px;word-break:break-all">${escapeHtml(link.href)}</p>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="max-width:36em;margin:0 auto;padding:24px;font:16px/1.5 system-ui,sans-serif">
${[...before.map(paragraph), ...(button ? [button] : []), ...after.map(paragraph)].join('\n')}
<p style="font-size:12px;opacity:.7">${escapeHtml(footer)}</p>
</body></html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
