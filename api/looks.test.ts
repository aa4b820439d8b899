import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LOOKS } from './limits.ts';
import type { Edit, Look } from './looks.ts';
import { applyCube, applyVignette, compileCube } from './looks-cube.ts';
import { isPlain, tidyEdit } from './looks-edits.ts';
import {
  brightnessCurve,
  contrastCurve,
  mappingOf,
  type Rgb,
  sampleCurve,
  vignetteAt,
  warmthCurve,
} from './looks-maths.ts';
import { LOOK_RECIPES } from './looks-recipes.ts';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const slider = fc.double({ min: -1, max: 1, noNaN: true });
const colour = fc.tuple(unit, unit, unit);
const adjustments = fc.record({
  brightness: slider,
  contrast: slider,
  saturation: slider,
  warmth: slider,
});
const anyEdit: fc.Arbitrary<Edit> = fc.record(
  {
    look: fc.constantFrom(...LOOKS),
    strength: unit,
    brightness: slider,
    contrast: slider,
    saturation: slider,
    warmth: slider,
    vignette: unit,
  },
  { requiredKeys: [] },
);

function mapped(edit: Edit, [red, green, blue]: readonly [number, number, number]): Rgb {
  const rgb: Rgb = [red, green, blue];
  mappingOf(edit)(rgb);
  return rgb;
}

const spreadOf = (rgb: Rgb) => Math.max(...rgb) - Math.min(...rgb);
const GREYS = Array.from({ length: 256 }, (_, value) => value / 255);

test('an edit that says nothing changes nothing', () => {
  const pixels = Uint8Array.from({ length: 256 * 3 }, (_, i) => (i * 7) % 256);
  const nothing: Edit[] = [{}, { strength: 0.5 }, { look: 'ember', strength: 0 }, { vignette: 0 }];
  for (const edit of nothing) {
    assert.ok(isPlain(edit));
    assert.deepEqual(tidyEdit(edit), {});
    const after = pixels.slice();
    applyCube(after, 3, compileCube(edit));
    assert.deepEqual(after, pixels, JSON.stringify(edit));
  }
  assert.ok(isPlain(null));
  assert.ok(!isPlain({ look: 'ink' }) && !isPlain({ vignette: 0.1 }));
  assert.deepEqual(tidyEdit({ look: 'ink', strength: 1, warmth: 0, contrast: -0.2 }), {
    look: 'ink',
    contrast: -0.2,
  });
});

test('whatever the edit, every colour stays a colour', () => {
  fc.assert(
    fc.property(anyEdit, colour, (edit, rgb) => {
      for (const value of mapped(edit, rgb)) {
        assert.ok(value >= -1e-6 && value <= 1 + 1e-6, `${value}`);
      }
    }),
    { numRuns: 2000 },
  );
});

test('curves rise: what was lighter stays lighter', () => {
  const rises = (curve: (value: number) => number, what: string) => {
    let before = -1;
    for (const grey of GREYS) {
      const value = curve(grey);
      assert.ok(value > before, `${what} at ${grey}`);
      before = value;
    }
  };
  for (let amount = -1; amount <= 1; amount += 0.25) {
    rises(brightnessCurve(amount), `brightness ${amount}`);
    rises(contrastCurve(amount), `contrast ${amount}`);
    rises(warmthCurve(amount), `warmth ${amount}`);
  }
  for (const look of LOOKS) {
    const { tone, red, green, blue } = LOOK_RECIPES[look];
    for (const points of [tone, red, green, blue]) {
      if (!points) continue;
      const curve = sampleCurve(points);
      rises((value) => curve[Math.round(value * 1020)] ?? Number.NaN, look);
    }
    // The whole look, as a ramp of greys shows it.
    const map = mappingOf({ look });
    rises((value) => {
      const rgb: Rgb = [value, value, value];
      map(rgb);
      return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    }, look);
  }
});

test('grey stays grey through brightness, contrast and saturation', () => {
  fc.assert(
    fc.property(adjustments, unit, ({ brightness, contrast, saturation }, grey) => {
      assert.ok(spreadOf(mapped({ brightness, contrast, saturation }, [grey, grey, grey])) < 1e-9);
    }),
  );
  for (const saturation of [-1, 1]) {
    const whole = mapped({ saturation }, [0.9, 0.2, 0.4]);
    assert.equal(spreadOf(whole) < 1e-9, saturation === -1, 'none at the left end');
  }
});

test('ink is without colour, chrome and graphite nearly so, meadow leaves greys as they are', () => {
  const most: Partial<Record<Look, number>> = {
    ink: 1e-9,
    meadow: 1e-9,
    chrome: 0.03,
    graphite: 0.03,
    daylight: 0.03,
  };
  for (const [look, limit] of Object.entries(most)) {
    for (const grey of GREYS) {
      const spread = spreadOf(mapped({ look: look as Look }, [grey, grey, grey]));
      assert.ok(spread <= limit, `${look} at ${grey}: ${spread}`);
    }
  }
  fc.assert(
    fc.property(colour, (rgb) => {
      assert.ok(spreadOf(mapped({ look: 'ink' }, rgb)) < 1e-9);
    }),
  );
});

test('no look burns the lights or drowns the shadows', () => {
  const at = (look: Look, grey: number) => Math.max(...mapped({ look }, [grey, grey, grey]));
  for (const look of LOOKS) {
    assert.ok(at(look, 0.95) < 0.985, `${look} keeps drawing near white`);
    assert.ok(at(look, 1) > 0.92, `${look} keeps white light`);
    assert.ok(at(look, 0.08) > 0.03, `${look} keeps drawing near black`);
    assert.ok(at(look, 0) < 0.12, `${look} keeps black dark`);
  }
});

test('skin of every shade keeps its hue in the looks with colour', () => {
  const skins = ['f3e7db', 'f7d7c4', 'eadaba', 'd7bd96', 'a07e56', '825c43', '604134', 'e8b5a0'];
  const hueOf = ([r, g, b]: Rgb) =>
    (Math.atan2((Math.sqrt(3) / 2) * (g - b), r - (g + b) / 2) * 180) / Math.PI;
  for (const look of LOOKS.filter((name) => !LOOK_RECIPES[name].mixer)) {
    for (const skin of skins) {
      const [r = 0, g = 0, b = 0] = [0, 2, 4].map(
        (i) => Number.parseInt(skin.slice(i, i + 2), 16) / 255,
      );
      const after = mapped({ look }, [r, g, b]);
      assert.ok(after[0] >= after[1] - 0.035 && after[1] >= after[2] - 0.06, `${look} of ${skin}`);
      if (spreadOf([r, g, b]) < 0.15 || spreadOf(after) < 0.1) continue;
      const turned = Math.abs(hueOf(after) - hueOf([r, g, b]));
      assert.ok(turned < 24, `${look} turns ${skin} by ${turned}°`);
    }
  }
});

test('strength goes evenly from nothing to the whole look', () => {
  fc.assert(
    fc.property(fc.constantFrom(...LOOKS), unit, colour, (look, strength, rgb) => {
      const whole = mapped({ look }, rgb);
      const part = mapped({ look, strength }, rgb);
      for (let c = 0; c < 3; c += 1) {
        const from = rgb[c] ?? 0;
        const expected = from + ((whole[c] ?? 0) - from) * strength;
        assert.ok(Math.abs((part[c] ?? 0) - expected) < 1e-9);
      }
    }),
  );
});

test('the cube is within a 255th of the formulas, on average and for nearly all', () => {
  const mixed: Edit[] = [
    ...LOOKS.map((look) => ({ look })),
    { brightness: 0.6, contrast: 0.5, warmth: -0.4, saturation: 0.7 },
    { brightness: -0.7, contrast: -0.6, warmth: 0.8, saturation: -0.5 },
    { look: 'ember', strength: 0.6, brightness: 0.3, saturation: 0.5 },
  ];
  for (const edit of mixed) {
    const map = mappingOf(edit);
    const pixels = new Uint8Array(52 ** 3 * 3);
    let at = 0;
    for (let r = 0; r < 52; r += 1)
      for (let g = 0; g < 52; g += 1)
        for (let b = 0; b < 52; b += 1) {
          pixels.set([r * 5, g * 5, b * 5], at);
          at += 3;
        }
    const exact = new Float64Array(pixels.length);
    for (let i = 0; i < pixels.length; i += 3) {
      const rgb = Array.from(pixels.subarray(i, i + 3), (value) => value / 255) as Rgb;
      map(rgb);
      exact.set(rgb, i);
    }
    applyCube(pixels, 3, compileCube(edit));
    let sum = 0;
    for (let i = 0; i < pixels.length; i += 1) {
      sum += Math.abs((pixels[i] ?? 0) - (exact[i] ?? 0) * 255);
    }
    const mean = sum / pixels.length;
    assert.ok(mean <= 1, `${JSON.stringify(edit)} is ${mean} off`);
  }
});

test('alpha and the rest of a row stay', () => {
  const pixels = Uint8Array.from([10, 200, 30, 77, 0, 0, 0, 0, 255, 255, 255, 255, 9]);
  const opaque = Uint8Array.from([10, 200, 30, 0, 0, 0, 255, 255, 255]);
  const cube = compileCube({ look: 'dusk' });
  applyCube(pixels, 4, cube);
  applyCube(opaque, 3, cube);
  assert.deepEqual([pixels[3], pixels[7], pixels[11], pixels[12]], [77, 0, 255, 9]);
  assert.deepEqual(
    [...pixels.subarray(0, 3), ...pixels.subarray(4, 7), ...pixels.subarray(8, 11)],
    [...opaque],
  );
});

test('a vignette leaves the middle, darkens evenly outwards, and is the same on all four sides', () => {
  assert.equal(vignetteAt(0.2, 0.3, 1), 1);
  assert.ok(Math.abs(vignetteAt(1, 1, 1) - 0.3) < 1e-9);
  assert.equal(vignetteAt(1, 1, 0), 1);
  let before = 2;
  for (let r = 0; r <= 1; r += 0.01) {
    const now = vignetteAt(r, r, 0.8);
    assert.ok(now <= before);
    before = now;
  }
  for (const [width, height] of [
    [7, 5],
    [8, 6],
    [1, 1],
  ] as const) {
    const pixels = new Uint8Array(width * height * 3).fill(200);
    applyVignette(pixels, { width, height }, 3, 0.9);
    assert.deepEqual(pixels, pixels.slice().reverse());
    if (width > 1) assert.ok((pixels[0] ?? 255) < 120);
  }
});
