import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../kernel/problem.ts';
import { rewriteWebvtt } from './webvtt.ts';

const read = (text: string) => rewriteWebvtt(text).toString();
const cue = (text: string) => read(`WEBVTT\n\n00:01.000 --> 00:02.000\n${text}\n`).split('\n')[3];

test('cues are kept with their times and places; everything else goes', () => {
  const text = [
    '\uFEFFWEBVTT - made by a program',
    'X-SECRET: 1',
    '',
    'REGION',
    'id:fred',
    '',
    'STYLE',
    '::cue { background: url(https://example.org/x) }',
    '',
    'intro',
    '00:00.000 --> 01:02:03.004 align:start line:10% region:fred evil:1',
    'First line',
    'second',
    '',
  ].join('\r\n');
  const out = 'WEBVTT\n\n00:00:00.000 --> 00:02:03.004 align:start line:10%\nFirst line\nsecond\n';
  assert.throws(() => read(text), /beyond the longest/);
  assert.equal(read(text.replace('01:02:03', '00:02:03')), out);
  assert.equal(read(read(out)), out, 'what was written is read the same');
});

test('tags that say how words are spoken stay, closed in order; others are gone, what is left is text', () => {
  assert.equal(cue('<b>a<i>b</i></b>'), '<b>a<i>b</i></b>');
  assert.equal(cue('<v Mary>hello'), '<v Mary>hello</v>');
  assert.equal(cue('<b>a</i>b'), '<b>ab</b>');
  assert.equal(cue('<script>alert(1)</script>'), 'alert(1)');
  assert.equal(cue('<c.loud>x</c>'), 'x');
  assert.equal(cue('<img src=x onerror=y>'), '');
  assert.equal(cue('1 < 2 & 3 &amp; 4 > 0'), '1 &lt; 2 &amp; 3 &amp; 4 &gt; 0');
  assert.equal(cue('<'.repeat(50)), '&lt;'.repeat(50));
});

test('what is no WebVTT is refused with the line', () => {
  const faults: [string, RegExp][] = [
    ['1\n00:00:01,000 --> 00:00:02,000\nSRT\n', /Line 1 .*WEBVTT/],
    ['WEBVTT\n\n', /no cue/],
    ['WEBVTT\n\n00:01 --> 00:02\nx\n', /Line 3 .*times are written/],
    ['WEBVTT\n\n00:03.000 --> 00:02.000\nx\n', /Line 3 .*before it begins/],
    ['WEBVTT\n\na\nb\n00:01.000 --> 00:02.000\nx\n', /Line 5 /],
    [`WEBVTT\n\n00:01.000 --> 00:02.000\n${'x'.repeat(1001)}\n`, /1000 characters/],
    [`WEBVTT\n\n${'00:01.000 --> 00:02.000\nx\n\n'.repeat(2001)}`, /more than 2000/],
    [`WEBVTT\n\n00:01.000 --> 00:02.000\n${'é'.repeat(200_000)}\n`, /longer than 256 KB/],
  ];
  for (const [text, why] of faults) {
    assert.throws(
      () => read(text),
      (error) =>
        error instanceof Problem && error.code === 'captions_invalid' && why.test(error.message),
    );
  }
});
