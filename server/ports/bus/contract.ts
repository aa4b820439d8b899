import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bus, BusMessage } from './bus.ts';

/** What every bus does. `open` gives two ends that hear each other; they may be the same. */
export function describeBus(name: string, open: () => Promise<{ here: Bus; there: Bus }>): void {
  const next = (bus: Bus, topic: string) =>
    new Promise<BusMessage>((resolve) => {
      const stop = bus.subscribe(topic, (message) => {
        stop();
        resolve(message);
      });
    });

  test(`${name}: a message reaches everyone who listens on its topic, here and there, once`, async () => {
    const { here, there } = await open();
    const heard: string[] = [];
    here.subscribe('a', () => heard.push('here'));
    there.subscribe('b', () => heard.push('other topic'));
    const arrived = next(there, 'a');
    here.publish('a', { n: 1, list: ['x'] });
    assert.deepEqual(await arrived, { n: 1, list: ['x'] });
    const last = next(there, 'end');
    here.publish('end', {});
    await last;
    assert.deepEqual(heard, ['here']);
    await here.close();
    await there.close();
  });

  test(`${name}: a listener that throws does not disturb the others, one that left hears nothing`, async () => {
    const { here, there } = await open();
    there.subscribe('a', () => {
      throw new Error('a listener of a test');
    });
    const stop = there.subscribe('a', () => assert.fail('has left'));
    stop();
    const arrived = next(there, 'a');
    here.publish('a', { n: 2 });
    assert.deepEqual(await arrived, { n: 2 });
    await here.close();
    await there.close();
  });
}
