import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  ASPECTS,
  CENTRED,
  clampFraming,
  cropOf,
  frameRatio,
  pan,
  placement,
  zoomAt,
  zoomMax,
} from './crop.ts';

const landscape = { width: 4000, height: 3000 };
const portrait = { width: 2000, height: 3000 };

test('the middle of a wide picture is cut square', () => {
  assert.deepEqual(cropOf(CENTRED, '1:1', landscape), { x: 0.125, y: 0, width: 0.75, height: 1 });
});

test('a whole picture has no crop', () => {
  assert.equal(cropOf(CENTRED, 'original', landscape), null);
  assert.equal(cropOf(CENTRED, '16:9', { width: 1600, height: 900 }), null);
});

test('dragging to the right shows what is at the left, and stops at the edge', () => {
  const once = pan(CENTRED, 0.1, 0, '1:1', landscape);
  assert.ok(once.centreX < 0.5);
  const far = pan(CENTRED, 100, 100, '1:1', landscape);
  assert.deepEqual(cropOf(far, '1:1', landscape), { x: 0, y: 0, width: 0.75, height: 1 });
});

test('zooming keeps the point under the finger', () => {
  const point = (framing: typeof CENTRED, atX: number) => {
    const { left, width } = placement(framing, '4:5', portrait);
    return (atX - left) / width;
  };
  const zoomed = zoomAt(CENTRED, 1.7, 0.25, 0.6, '4:5', portrait);
  assert.ok(Math.abs(point(CENTRED, 0.25) - point(zoomed, 0.25)) < 1e-9);
});

test('a small picture cannot be zoomed', () => {
  assert.equal(zoomMax('1:1', { width: 200, height: 300 }), 1);
  assert.equal(clampFraming({ ...CENTRED, zoom: 5 }, '1:1', { width: 200, height: 300 }).zoom, 1);
});

test('any picture, shape and gesture gives a rectangle inside the picture, of the right shape', () => {
  const fraction = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 320, max: 9000 }),
      fc.integer({ min: 320, max: 9000 }),
      fc.constantFrom(...ASPECTS),
      fraction,
      fraction,
      fc.double({ min: 0.1, max: 20, noNaN: true }),
      (width, height, aspect, x, y, factor) => {
        const picture = { width, height };
        const moved = pan(CENTRED, x, y, aspect, picture);
        const crop = cropOf(zoomAt(moved, factor, 0.3, 0.8, aspect, picture), aspect, picture);
        if (!crop) return;
        assert.ok(crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0);
        assert.ok(crop.x + crop.width <= 1 && crop.y + crop.height <= 1);
        const ratio = (crop.width * width) / (crop.height * height);
        const wanted = frameRatio(aspect, picture);
        assert.ok(Math.abs(ratio / wanted - 1) < 0.001, `${ratio} is not ${wanted}`);
      },
    ),
  );
});
