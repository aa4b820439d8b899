import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import sharp, { type Sharp } from 'sharp';
import { build } from 'vite';
import type { MediaId } from '../../api/ids.ts';
import { LOOKS } from '../../api/limits.ts';
import type { Edit } from '../../api/looks.ts';
import { applyEdit } from '../../server/features/media/looks/apply-edit.ts';
import { renderPicture } from '../../server/features/media/render.ts';
import { systemClock } from '../../server/kernel/clock.ts';
import { openFileBlobs } from '../../server/ports/blobs/file.ts';
import { openForkedSandbox } from '../../server/ports/sandbox/forked.ts';
import { openBrowser } from '../browser.ts';
import { colourDifference, labOf, meanColourDifference } from '../colour-difference.ts';
import { gradient, picture } from '../pictures.ts';
import { samplePhoto } from '../sample-data.ts';
import type { Kind, PaintInPage } from './paint-in-page.ts';

/** CIEDE2000, on average over a picture. */
const ALLOWED = 3;
/** Pixels of the longer side when they are compared: enough to see colours, not the grain of JPEG. */
const SIDE = 160;

const MIXED: readonly Edit[] = [
  { brightness: 0.5, contrast: -0.4, warmth: 0.6, saturation: 0.5 },
  { brightness: -0.4, contrast: 0.6, warmth: -0.7, saturation: -0.4, vignette: 1 },
  { look: 'ember', strength: 0.6, brightness: 0.3, saturation: 0.4, vignette: 0.5 },
  { look: 'graphite', contrast: 0.4, vignette: 0.3 },
];
const EDITS: readonly Edit[] = [...LOOKS.map((look) => ({ look })), ...MIXED];
const nameOf = (edit: Edit) => edit.look ?? (Object.keys(edit).length > 0 ? 'adjusted' : 'none');

let browser: Browser;
let page: Page;
before(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
  await page.evaluate(await bundle());
});
after(() => browser.close());

/** The painters of the web app as one script. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      lib: {
        entry: join(import.meta.dirname, 'paint-in-page.ts'),
        formats: ['iife'],
        name: 'paintInPage_',
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  assert.ok(output && 'output' in output);
  return output.output[0].code;
}

async function paint(kind: Kind, file: Buffer, size: Size, edits: readonly Edit[]) {
  const painted = await page.evaluate(
    ([kind, file, size, edits]) =>
      (globalThis as unknown as { paintInPage: PaintInPage }).paintInPage.paint(
        kind,
        file,
        size,
        edits,
      ),
    [kind, file.toString('base64'), size, edits] as const,
  );
  return painted.map((text) => ({ data: Buffer.from(text, 'base64'), channels: 4 as const }));
}

const can = (kind: Kind) =>
  page.evaluate(
    (kind) => (globalThis as unknown as { paintInPage: PaintInPage }).paintInPage.can(kind),
    kind,
  );

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Photos, or what stands in for them, as files. */
async function originals(): Promise<[name: string, file: Buffer][]> {
  const names = ['friends.jpg', 'mountains.jpg', 'wine.jpg', 'sunset.jpg'];
  const paths = names.flatMap((name) => samplePhoto(name) ?? []);
  const made: [string, Buffer][] = [
    ['gradient', await picture(gradient(320, 240)).png().toBuffer()],
  ];
  // Every colour, and none of it so fine that JPEG would change it.
  const spectrum = gradient(240, 320);
  for (let i = 0; i < spectrum.data.length; i += 1) {
    const [x, y] = [Math.floor(i / 3) % 240, Math.floor(i / 720)];
    spectrum.data[i] = Math.round(127 + 127 * Math.sin(x / 40 + (i % 3) * 2.1) * Math.cos(y / 60));
  }
  made.push(['waves', await picture(spectrum).png().toBuffer()]);
  const photos = paths.map(
    async (path) => [basename(path, '.jpg'), await readFile(path)] as [string, Buffer],
  );
  return [...(await Promise.all(photos)), ...made];
}

function table(
  title: string,
  names: readonly string[],
  rows: ReadonlyMap<string, number[]>,
): string {
  const head = [''.padEnd(10), ...names.map((name) => name.slice(0, 9).padStart(9))].join(' ');
  const lines = [...rows].map(([name, values]) =>
    [name.padEnd(10), ...values.map((value) => value.toFixed(3).padStart(9))].join(' '),
  );
  return [title, head, ...lines].join('\n');
}

test('the measure is the one that was published', () => {
  // From table 1 of the paper.
  const pairs = [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ] as const;
  for (const [one, other, expected] of pairs) {
    assert.equal(Number(colourDifference(one, other).toFixed(4)), expected);
  }
  assert.ok(Math.abs(labOf(255, 255, 255)[0] - 100) < 1e-3);
});

test('the browser paints what the server does to the same pixels', async (t) => {
  const files = await originals();
  for (const kind of ['gl', 'flat'] as const) {
    if (!(await can(kind))) {
      t.diagnostic(`no ${kind} in this browser: not compared`);
      continue;
    }
    const rows = new Map(EDITS.map((edit, i) => [`${i + 1} ${nameOf(edit)}`, [] as number[]]));
    for (const [, file] of files) {
      const { data, info } = await sharp(file)
        .autoOrient()
        .toColourspace('srgb')
        .removeAlpha()
        .resize(SIDE, SIDE, { fit: 'inside' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const raw = { width: info.width, height: info.height, channels: 3 as const };
      const exact = await sharp(data, { raw }).png().toBuffer();
      const painted = await paint(kind, exact, raw, EDITS);
      for (const [i, found] of painted.entries()) {
        const edit = EDITS[i] ?? {};
        const expected = Uint8Array.from(data);
        applyEdit(expected, raw, 3, edit);
        const difference = meanColourDifference(found, { data: expected, channels: 3 });
        rows.get(`${i + 1} ${nameOf(edit)}`)?.push(difference);
        assert.ok(difference <= ALLOWED, `${kind} ${JSON.stringify(edit)}: ${difference}`);
      }
    }
    const names = files.map(([name]) => name);
    t.diagnostic(table(`mean CIEDE2000, ${kind} against applyEdit`, names, rows));
  }
});

test('the preview of a file looks like what the worker publishes of it', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'aperto-alike-'));
  const log = pino({ level: 'silent' });
  const secret = new Uint8Array(32);
  const blobs = await openFileBlobs({
    roots: [root],
    secret,
    clock: systemClock,
    log,
    publicPath: '/uploads',
  });
  const sandbox = openForkedSandbox({ log });
  t.after(async () => {
    await sandbox.close();
    await rm(root, { recursive: true });
  });
  const kind = (await can('gl')) ? 'gl' : 'flat';
  const wide = samplePhoto('wide-gamut-p3.jpg');
  const files = await originals();
  if (wide) files.push(['wide (P3)', await readFile(wide)]);
  const edits = [{}, ...EDITS];
  const rows = new Map(edits.map((edit, i) => [`${i} ${nameOf(edit)}`, [] as number[]]));
  for (const [name, original] of files) {
    const originalKey = `local/0a/${name.replace(/\W/g, '')}/original.jpg`;
    // Small enough that neither side scales it, in which they differ with or without an edit.
    const file = await sharp(original)
      .autoOrient()
      .resize(600, 600, { fit: 'inside', withoutEnlargement: true })
      .keepIccProfile()
      .jpeg({ quality: 92 })
      .toBuffer();
    await blobs.write(originalKey, file);
    const { width, height } = await sharp(file).metadata();
    const size = { width, height };
    const painted = await paint(kind, file, size, edits);
    for (const [i, edit] of edits.entries()) {
      const prefix = `local/0a/${name.replace(/\W/g, '')}-${i}`;
      const rendered = await renderPicture(
        { blobs, sandbox },
        { originalKey, crop: null, edit, prefix, name: '7' as MediaId },
      );
      const [found, expected] = await Promise.all([
        small(sharp(painted[i]?.data, { raw: { ...size, channels: 4 } })),
        small(sharp(await blobs.read(rendered.renditions.large.jpeg))),
      ]);
      const difference = meanColourDifference(found, expected);
      rows.get(`${i} ${nameOf(edit)}`)?.push(difference);
      assert.ok(difference <= ALLOWED, `${name} ${JSON.stringify(edit)}: ${difference}`);
    }
  }
  const names = files.map(([name]) => name);
  t.diagnostic(table(`mean CIEDE2000, ${kind} preview against the rendition`, names, rows));
});

async function small(picture: Sharp) {
  const data = await picture
    .toColourspace('srgb')
    .removeAlpha()
    .resize(120, 120, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { data, channels: 3 as const };
}

test('a slider that moves is followed', async (t) => {
  // Each another edit, so that nothing is known from before.
  const edits = Array.from({ length: 30 }, (_, i) => ({ look: 'ember' as const, warmth: i / 100 }));
  for (const kind of ['gl', 'flat'] as const) {
    if (!(await can(kind))) continue;
    const times = await page.evaluate(
      ([kind, edits]) =>
        (globalThis as unknown as { paintInPage: PaintInPage }).paintInPage.time(kind, 800, edits),
      [kind, edits] as const,
    );
    const [median = 0, worst = 0] = [...times]
      .sort((a, b) => a - b)
      .filter((_, i) => i === 15 || i === 28);
    t.diagnostic(
      `${kind}, 800 × 800 in software: median ${median.toFixed(1)} ms, p95 ${worst.toFixed(1)} ms`,
    );
    assert.equal(times.length, edits.length);
  }
});
