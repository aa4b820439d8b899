import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PersonId } from '../../../api/ids.ts';
import { composeId } from '../../kernel/ids.ts';
import { croppedArea } from './crop.ts';
import { readServedKey, servedKey, userShard } from './keys.ts';

describe('a crop', () => {
  it('is the whole picture when there is none', () => {
    const size = { width: 300, height: 200 };
    assert.deepEqual(croppedArea(size, null), { left: 0, top: 0, ...size });
    assert.deepEqual(croppedArea(size, { x: 0, y: 0, width: 1, height: 1 }), {
      left: 0,
      top: 0,
      ...size,
    });
  });

  it('is in fractions of the picture', () => {
    const crop = { x: 0.25, y: 0.5, width: 0.5, height: 0.25 };
    const area = { left: 100, top: 100, width: 200, height: 50 };
    assert.deepEqual(croppedArea({ width: 400, height: 200 }, crop), area);
  });

  it('stays inside the picture and keeps at least a pixel, whatever is asked for', () => {
    const side = fc.integer({ min: 1, max: 50_000 });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const crops = fc.record({ x: part, y: part, width: part, height: part });
    fc.assert(
      fc.property(side, side, crops, (width, height, crop) => {
        const area = croppedArea({ width, height }, crop);
        assert.ok(Object.values(area).every(Number.isInteger));
        assert.ok(area.left >= 0 && area.width >= 1 && area.left + area.width <= width);
        assert.ok(area.top >= 0 && area.height >= 1 && area.top + area.height <= height);
      }),
    );
  });
});

describe('keys', () => {
  it('spread people evenly over 256 folders', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 25_600; i += 1) {
      // As they come: any millisecond, one worker, mostly sequence 0.
      const shard = userShard(composeId(1_800_000_000_000 + i * 977, 1, 0) as PersonId);
      assert.match(shard, /^[0-9a-f]{2}$/);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    assert.equal(counts.size, 256);
    assert.ok(Math.max(...counts.values()) < 200, `${Math.max(...counts.values())}`);
  });

  it('of renditions are told from all others', () => {
    const digest = '0123456789abcdef';
    const key = servedKey('eu-1/0a/123', '456', 'medium', digest, 'webp');
    assert.deepEqual(readServedKey(key), {
      postId: '123',
      digest,
      contentType: 'image/webp',
    });
    const others = [
      'eu-1/0a/123/original.webp',
      `eu-1/0a/123/original-${digest.repeat(4)}.webp`,
      `${key}.html`,
      `x/${key}`,
      key.replace('456-medium', 'original'),
      key.replace('.webp', '.svg'),
      `${key}\n`,
    ];
    for (const other of others) assert.equal(readServedKey(other), null, other);
  });
});
