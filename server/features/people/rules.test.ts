import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usernameFault } from './rules.ts';

test('usernames that may be used', () => {
  for (const name of ['alice', 'a', '_a_', 'b.o.b', 'x'.repeat(30), '0day']) {
    assert.equal(usernameFault(name), null, name);
  }
});

test('usernames that may not, each with what to change', () => {
  const faults: [string, RegExp][] = [
    ['Alice', /small letters/],
    ['a b', /spaces/],
    ['.alice', /begin or end with a point/],
    ['alice.', /begin or end with a point/],
    ['a..b', /two points/],
    ['älice', /letters \(a–z\)/],
    ['a/b', /letters \(a–z\)/],
    ['x'.repeat(31), /1 to 30/],
    ['icon.svg', /name of a file/],
    ['admin', /reserved/],
    ['log-in', /letters \(a–z\)/],
    ['settings', /reserved/],
    ['new', /reserved/],
    ['api', /reserved/],
  ];
  for (const [name, about] of faults) assert.match(usernameFault(name) ?? '', about, name);
});
