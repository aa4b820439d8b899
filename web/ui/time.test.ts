import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeAgo } from './time.ts';

const words = {
  now: 'now',
  minutes: (count: number) => `${count}m`,
  hours: (count: number) => `${count}h`,
  days: (count: number) => `${count}d`,
};
const now = new Date(2026, 10, 21, 12, 0, 0);

function ago(seconds: number): string {
  return timeAgo(new Date(now.getTime() - seconds * 1000), now, words, 'en');
}

test('the age of a post is now, minutes, hours, days, then its date', () => {
  assert.equal(ago(0), 'now');
  assert.equal(ago(59), 'now');
  assert.equal(ago(60), '1m');
  assert.equal(ago(59 * 60 + 59), '59m');
  assert.equal(ago(3600), '1h');
  assert.equal(ago(24 * 3600 - 1), '23h');
  assert.equal(ago(24 * 3600), '1d');
  assert.equal(ago(7 * 24 * 3600 - 1), '6d');
  assert.equal(ago(7 * 24 * 3600), 'Nov 14');
  assert.equal(timeAgo(new Date(2024, 1, 3), now, words, 'en'), 'Feb 3, 2024');
});

test('a time that lies ahead of a slow clock is now', () => {
  assert.equal(ago(-300), 'now');
});
