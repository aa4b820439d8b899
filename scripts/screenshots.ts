/**
 * Takes the pictures of the README into docs/images, of a server filled with the demo:
 * npm run screenshots [-- --all FOLDER] takes every page in every size and theme into a folder instead.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { openBrowser } from '../test/browser.ts';
import { Client } from './demo/client.ts';
import { fillServer, PASSWORD } from './demo/fill.ts';
import { startHost } from './demo/host.ts';
import { makePictures } from './demo/supply.ts';
import { PLACES, type Place } from './screenshots/places.ts';
import { settle } from './screenshots/settle.ts';

const BYTES_MAX = 250_000;

const SIZES = {
  phone: { width: 390, height: 844, scale: 2 },
  tablet: { width: 820, height: 1180, scale: 1 },
  desk: { width: 1440, height: 900, scale: 1 },
} as const;
type Size = keyof typeof SIZES;
const THEMES = ['light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** What the README shows. */
const SHOWN: readonly (readonly [string, Size, Theme])[] = [
  ['home', 'desk', 'light'],
  ['post', 'desk', 'dark'],
  ['home', 'phone', 'light'],
  ['profile', 'phone', 'dark'],
  ['compose', 'phone', 'light'],
];

interface Wish {
  readonly place: Place;
  readonly size: Size;
  readonly theme: Theme;
}

function listWishes(all: boolean): Wish[] {
  if (!all) {
    return SHOWN.map(([name, size, theme]) => {
      const place = PLACES.find((one) => one.name === name);
      if (!place) throw new Error(`there is no place called ${name}`);
      return { place, size, theme };
    });
  }
  const sizes = Object.keys(SIZES) as Size[];
  return sizes.flatMap((size) =>
    THEMES.flatMap((theme) => PLACES.map((place) => ({ place, size, theme }))),
  );
}

/** One visit for each size, theme and whether signed in: all its pictures are taken in it. */
async function visit(
  browser: Browser,
  address: string,
  wishes: readonly Wish[],
  folder: string,
): Promise<void> {
  const groups = Map.groupBy(
    wishes,
    ({ place, size, theme }) => `${size} ${theme} ${place.visitor === true}`,
  );
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const { width, height, scale } = SIZES[first.size];
    const context = await browser.newContext({
      baseURL: address,
      viewport: { width, height },
      deviceScaleFactor: scale,
      hasTouch: first.size !== 'desk',
      colorScheme: first.theme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      // What asks whether a page stands still is a script that the app's own policy would refuse.
      bypassCSP: true,
      timezoneId: 'Europe/Stockholm',
    });
    const page = await context.newPage();
    if (!first.place.visitor) await signIn(page);
    for (const { place, size, theme } of group) {
      await place.open(page, new Client(address));
      await settle(page);
      await keep(join(folder, `${place.name}-${size}-${theme}.webp`), await page.screenshot());
    }
    await context.close();
  }
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/log-in');
  await page.getByLabel('Username or e-mail address').fill('alice');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('/');
}

/** As WebP, with less and less quality until it is small enough. */
async function keep(path: string, png: Buffer): Promise<void> {
  for (let quality = 88; quality >= 40; quality -= 8) {
    const bytes = await sharp(png).webp({ quality, effort: 6 }).toBuffer();
    if (bytes.length > BYTES_MAX) continue;
    await writeFile(path, bytes);
    console.log(`${path} ${Math.round(bytes.length / 1000)} KB`);
    return;
  }
  throw new Error(`${path} does not come below ${BYTES_MAX} bytes`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { all: { type: 'string' } } });
  const folder = resolve(values.all ?? join(import.meta.dirname, '../docs/images'));
  await mkdir(folder, { recursive: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-screenshots-'));
  const host = await startHost({
    DATA_DIR: dataDir,
    PORT: '0',
    HOST: '127.0.0.1',
    LIMITS: 'off',
    LOG_LEVEL: 'error',
  });
  const browser = await openBrowser();
  try {
    const say = (what: string) => console.log(what);
    await fillServer(new Client(host.address), { supply: makePictures(), say });
    await visit(browser, host.address, listWishes(values.all !== undefined), folder);
  } finally {
    await browser.close();
    await host.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

await main();
