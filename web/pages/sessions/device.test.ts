import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceOf } from './device.ts';

test('browsers and systems by what they call themselves', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';
  assert.deepEqual(deviceOf(chrome), { name: 'Chrome, Windows', isPhone: false });
  assert.deepEqual(deviceOf(`${chrome} Edg/150.0`), { name: 'Edge, Windows', isPhone: false });
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';
  assert.deepEqual(deviceOf(phone), { name: 'Safari, iPhone', isPhone: true });
});

test('an app keeps its name, and nothing gives nothing', () => {
  assert.equal(deviceOf('curl/8.5.0').name, 'curl');
  assert.equal(deviceOf('').name, '');
});
