import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toWebVtt } from './captions-file.ts';

test('WebVTT stays what it is, without the marks of other systems', () => {
  const text = 'WEBVTT - mine\n\n00:01.000 --> 00:02.000\nHello\n';
  assert.equal(toWebVtt(`\uFEFF${text.replaceAll('\n', '\r\n')}`), text);
});

test('SubRip becomes WebVTT; commas of the words stay', () => {
  const text = '1\r\n00:00:01,500 --> 00:00:02,000\r\nOne, two\r\n\r\n';
  const turned = 'WEBVTT\n\n1\n00:00:01.500 --> 00:00:02.000\nOne, two\n';
  assert.equal(toWebVtt(text), turned);
});

test('anything else is no captions', () => {
  for (const text of ['', 'WEBVTTX', 'Dear diary,\n', '{"a": 1}'])
    assert.equal(toWebVtt(text), null);
});
