import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HASHTAG_MAX } from './limits.ts';
import { findEntities, foldHashtag, hashtagsOf, mentionsOf, type Readable } from './text.ts';

const entities = (text: string) => findEntities(text).map(({ kind, value }) => `${kind} ${value}`);
const linksOf = (text: string) =>
  findEntities(text).flatMap(({ kind, value }) => (kind === 'link' ? [value] : []));

/** Text → its hashtags. */
const TAGS: readonly (readonly [text: string, ...tags: string[]])[] = [
  ['#sunset', 'sunset'],
  ['#Sunset and #sunSET', 'sunset'],
  ['(#a) [#b] "#c" #d, #e. #f! #g? #h…', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
  ['#a#b', 'a', 'b'],
  ['##a', 'a'],
  ['#a.b #c-d #e+f', 'a', 'c', 'e'],
  ['#golden_hour #_x_', 'golden_hour', '_x_'],
  ['C# F#minor x#y 1#z'],
  ['#1 #2024 #１２３ #٣٤ #_ # #- #.a'],
  ['#2024年 #35mm', '2024年', '35mm'],
  // Full-width and small signs and letters.
  ['＃写真 ﹟写真 #ＰＨＯＴＯ', '写真', 'photo'],
  // Texts without spaces: a tag needs something before it that is no letter.
  ['今日は#東京、#東京タワー。#한국어', '東京タワー', '한국어'],
  ['東京#タワー'],
  // Combining marks: the same however they are written.
  ['#cafe\u0301 #café', 'café'],
  ['#नमस्ते #हिन्दी', 'नमस्ते', 'हिन्दी'],
  ['#ภาษาไทย #தமிழ்', 'ภาษาไทย', 'தமிழ்'],
  ['#صورة #שלום؟', 'صورة', 'שלום'],
  ['#مدرسه\u064b', 'مدرسه\u064b'],
  // Joiners inside words of scripts that need them, and nowhere else.
  ['#می\u200cخواهم', 'می\u200cخواهم'],
  ['#ක්\u200dරි', 'ක්\u200dරි'],
  ['#lo\u200cve #\u200dx #می\u200c', 'lo', 'می'],
  // Capitals, Turkish too.
  ['#İstanbul #istanbul #Istanbul', 'istanbul'],
  ['#ΟΔΟΣ #οδος', 'οδος'],
  ['#ǅ #ﬁn', 'dž', 'fin'],
  // What shows nothing is no letter; shapes of one letter are one letter.
  ['#\u3164 #\u115f #a\u00adb', 'a'],
  ['#葛\u{e0100}城 #葛城', '葛城'],
  // Emoji and keys.
  ['❤️#love #love❤️ #️⃣ 1️⃣#one 👩‍💻#code', 'love', 'one', 'code'],
  ['#\u0301a'],
  // Bare addresses and entities of HTML.
  ['example.org/#top &#x27; &#39;'],
  ['https://example.org/a#top https://example.org/#x'],
  ['#ﷺ'],
  [`#${'a'.repeat(100)} #${'b'.repeat(101)}`, 'a'.repeat(100)],
];

for (const [text, ...tags] of TAGS) {
  test(`hashtags of ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.deepEqual(hashtagsOf(text), tags);
  });
}

/** Text → whom it mentions. */
const MENTIONS: readonly (readonly [text: string, ...names: string[]])[] = [
  ['@bob', 'bob'],
  ['@Bob, @BOB and (@b.o.b) "@b_1"', 'bob', 'b.o.b', 'b_1'],
  ['@bob. @bob... @bob..x @bob.', 'bob'],
  ['.@bob hi', 'bob'],
  ['@bob/x @bob-x @bob’s', 'bob'],
  ['bob@example.org first.last@example.org a+b.@example.org'],
  ['@bob@example.org @@bob ＠@bob'],
  ['@ @. @.bob @é @bobé @боб'],
  [`@${'a'.repeat(30)} @${'a'.repeat(31)}`, 'a'.repeat(30)],
  ['https://example.org/@bob example.org/@bob'],
  ['今日は@bob'],
  ['今日は @bob、@carol。', 'bob', 'carol'],
];

for (const [text, ...names] of MENTIONS) {
  test(`mentions of ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.deepEqual(mentionsOf(text), names);
  });
}

const LINKS: readonly (readonly [text: string, ...links: string[]])[] = [
  ['See https://example.org/a?b=1, and', 'https://example.org/a?b=1'],
  ['(https://example.org/walks)', 'https://example.org/walks'],
  [
    'https://example.org/Foo_(bar). (https://x.org/(a))',
    'https://example.org/Foo_(bar)',
    'https://x.org/(a)',
  ],
  ['HTTPS://Example.org/A', 'HTTPS://Example.org/A'],
  ['https://example.org/a#b@c', 'https://example.org/a#b@c'],
  ['<https://example.org> "https://example.com"', 'https://example.org', 'https://example.com'],
  ['https://example.org、次', 'https://example.org'],
  ['https://例え.テスト/道', 'https://例え.テスト/道'],
  ['https:// https://. http://- xhttps://a.b javascript:alert(1) ftp://a.b'],
  // No turning of the reading direction inside an address.
  ['https://a.b/\u202ec', 'https://a.b/'],
];

for (const [text, ...links] of LINKS) {
  test(`links of ${JSON.stringify(text.slice(0, 60))}`, () =>
    assert.deepEqual(linksOf(text), links));
}

test('everything together, in order, with its positions', () => {
  const text = 'Mit @Bob in #Köln: https://example.org/#Köln.';
  assert.deepEqual(findEntities(text), [
    { kind: 'mention', start: 4, end: 8, value: 'bob' },
    { kind: 'hashtag', start: 12, end: 17, value: 'köln' },
    { kind: 'link', start: 19, end: 44, value: 'https://example.org/#Köln' },
  ]);
  assert.deepEqual(entities('@bob#tag'), ['mention bob']);
});

test('thirty hashtags and twenty mentions of a text count', () => {
  const many = Array.from({ length: 50 }, (_, n) => `#t${n} @p${n} #t0`).join(' ');
  assert.equal(hashtagsOf(many).length, 30);
  assert.equal(mentionsOf(many).length, 20);
});

/** Texts made of what the rules look at. */
const PARTS = [
  ...'#﹟＃@＠./&_-+:()[]{}"<> aZiIİıſßΣςέ1١अ्می\u0301\u0307\u0323\u200c\u200d\ufe0f\u{e0100}\u20e3\u3164',
  'http://',
  'https://',
  '\ud800',
  '\udc00',
  '❤️',
  '東京',
  'ﬁ',
  'ﷺ',
  'ǅ',
  '👩‍💻',
  '\u00ad',
  '\n',
];
const texts = fc.oneof(
  fc.array(fc.constantFrom(...PARTS), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

test('entities do not overlap, and each stands where it says', () => {
  fc.assert(
    fc.property(texts, (text) => {
      let end = 0;
      for (const entity of findEntities(text)) {
        assert.ok(entity.start >= end && entity.end > entity.start && entity.end <= text.length);
        end = entity.end;
        const words = text.slice(entity.start, entity.end);
        if (entity.kind === 'link') assert.equal(words, entity.value);
        else if (entity.kind === 'mention') assert.equal(words.toLowerCase(), `@${entity.value}`);
        else assert.equal(foldHashtag(words), entity.value);
        // A tag or mention by itself is still one, so that what is stored can be looked up again.
        const sign = entity.kind === 'hashtag' ? '#' : entity.kind === 'mention' ? '@' : '';
        const [again] = findEntities(sign + entity.value);
        assert.deepEqual([again?.kind, again?.value], [entity.kind, entity.value]);
      }
    }),
    { numRuns: 2000 },
  );
});

test('folding again changes nothing', () => {
  const idempotent = (text: string) => {
    const folded = foldHashtag(text);
    if (folded === null) return;
    assert.equal(foldHashtag(folded), folded);
    assert.ok(folded.length <= HASHTAG_MAX);
    assert.equal(foldHashtag(folded.toUpperCase().normalize('NFC')) === null, false);
  };
  fc.assert(fc.property(texts, idempotent), { numRuns: 2000 });
  // Every letter there is, and with a mark.
  for (let point = 0; point < 0x110000; point += 1) {
    const letter = String.fromCodePoint(point);
    if (!/\p{L}|\p{M}|\p{N}/u.test(letter)) continue;
    idempotent(`a${letter}`);
    idempotent(`${letter}\u0307`);
  }
});

/** A string that counts how often a character of it is read. */
function counted(text: string): Readable & { reads: number } {
  return {
    reads: 0,
    length: text.length,
    codePointAt(index: number) {
      this.reads += 1;
      return text.codePointAt(index);
    },
    slice(start?: number, end?: number) {
      const part = text.slice(start, end);
      this.reads += part.length;
      return part;
    },
  };
}

const HOSTILE = [
  '#',
  '@',
  'a',
  '#1',
  '#a',
  '#a#',
  '@a',
  '@a.',
  '@a..',
  '.',
  'h',
  'http://',
  'https://a',
  'https://a)',
  'https://a(',
  '(https://a',
  '#a\u200c',
  '#م\u200c',
  '\u200d',
  '#\u0301',
  '@a@',
  '＃東',
  'a#',
  '/#a',
  '\ufe0f',
];

test('the work grows as the text does, whatever the text', () => {
  const work = (text: string) => {
    const measured = counted(text);
    findEntities(measured);
    return measured.reads;
  };
  for (const part of HOSTILE) {
    const text = part.repeat(Math.ceil(100_000 / part.length));
    for (const [before, after] of [
      ['', ''],
      ['#', '!'],
      ['https://a', '!'],
      ['@a', 'é'],
    ] as const) {
      const once = work(before + text + after);
      const twice = work(before + text + text + after);
      const said = `${before}${part}…${after}`;
      assert.ok(once <= 20 * text.length, `${said}: ${once} reads of ${text.length}`);
      assert.ok(twice <= 2.1 * once, `${said}: ${once}, then ${twice}`);
    }
  }
});
