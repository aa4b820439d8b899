import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { LOOKS } from '../../api/limits.ts';
import { join, type Person } from '../cast.ts';
import { meanColourDifference } from '../colour-difference.ts';
import { gradient, picture } from '../pictures.ts';
import { samplePhoto } from '../sample-data.ts';
import { DESK, openSite, type Site, see } from './site.ts';

let site: Site;
before(async () => {
  site = await openSite();
});
after(() => site.close());
afterEach(() => site.leave());

async function photo(name: string, sample: string | null = null) {
  const path = sample && samplePhoto(sample);
  const of = path ? sharp(path).autoOrient().resize(640, 640, { fit: 'inside' }) : null;
  const buffer = await (of ?? picture(gradient(640, 480))).jpeg({ quality: 92 }).toBuffer();
  return { name, mimeType: 'image/jpeg', buffer };
}

type File = Awaited<ReturnType<typeof photo>>;

/** Opens the composer with these photos, at the looks. */
async function begin(name: string, files: File[]): Promise<[Person, Page]> {
  const person = await join(site.url, name);
  const page = await site.visit({ as: person, at: '/new', viewport: DESK });
  await page.getByLabel('Choose photos').setInputFiles(files);
  await page.getByRole('tab', { name: 'Looks' }).click();
  await see(page.getByRole('radio', { name: 'Original' }));
  return [person, page];
}

const view = (page: Page) => page.getByRole('img', { name: /as it will be/ });

/** What the composer shows of the chosen photo, once it says so to the end. */
async function shown(page: Page): Promise<Buffer> {
  const url = await view(page).evaluate(async (canvas: HTMLCanvasElement) => {
    // A change takes some frames to come, and its exact painting a moment more.
    let now = '';
    for (let still = 0; still < 10; still += 1) {
      await new Promise((painted) => requestAnimationFrame(painted));
      const before = now;
      now = canvas.toDataURL('image/png');
      if (now !== before || canvas.ariaBusy !== 'false') still = 0;
    }
    return now;
  });
  return Buffer.from(url.split(',')[1] ?? '', 'base64');
}

async function small(file: Buffer | string) {
  const resized = sharp(file).removeAlpha().toColourspace('srgb').resize(100, 100, { fit: 'fill' });
  return { data: await resized.raw().toBuffer(), channels: 3 as const };
}

async function published(person: Person): Promise<Buffer[]> {
  const [post] = await person.grid();
  assert.ok(post);
  return await Promise.all(
    post.media.map(async ({ sizes }) => {
      const answer = await fetch(new URL(sizes?.large.url ?? '', site.url));
      return Buffer.from(await answer.arrayBuffer());
    }),
  );
}

const share = (page: Page) => page.getByRole('button', { name: 'Share' }).last().click();
const posts = (page: Page) => page.getByRole('article', { name: /^Post by/ });

test('a look is chosen and adjusted by keys, and the post is what was shown', async () => {
  const file = await photo('wood.jpg', 'wine.jpg');
  const [alice, page] = await begin('alice', [file]);
  const radios = page.getByRole('radiogroup', { name: 'Look' }).getByRole('radio');
  assert.equal(await radios.count(), LOOKS.length + 1);
  assert.ok(await page.getByRole('radio', { name: 'Original' }).isChecked());
  const before = await shown(page);

  await page.getByRole('radio', { name: 'Original' }).focus();
  for (let press = 0; press < LOOKS.indexOf('polar') + 1; press += 1)
    await page.keyboard.press('ArrowRight');
  assert.ok(await page.getByRole('radio', { name: 'Polar' }).isChecked());
  await page.getByRole('slider', { name: 'Strength' }).focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(
    await page.getByRole('slider', { name: 'Strength' }).getAttribute('aria-valuetext'),
    '99',
  );
  await page.getByRole('tab', { name: 'Looks' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('slider', { name: 'Brightness' }).focus();
  for (let press = 0; press < 4; press += 1) await page.keyboard.press('PageDown');
  await page.getByRole('slider', { name: 'Vignette' }).fill('0.5');
  const after = await shown(page);
  const changed = meanColourDifference(await small(before), await small(after));
  assert.ok(changed > 5, `it looks another: ${changed}`);

  // Held, it is what it was; so it is as long as the button is on.
  const original = page.getByRole('button', { name: 'Show original' });
  await original.press('Enter');
  assert.ok(meanColourDifference(await small(await shown(page)), await small(before)) < 0.5);
  await original.press('Enter');
  await view(page).hover();
  await page.mouse.down();
  assert.ok(meanColourDifference(await small(await shown(page)), await small(before)) < 0.5);
  await page.mouse.up();
  assert.ok(meanColourDifference(await small(await shown(page)), await small(after)) < 0.5);

  await page.getByLabel('Describe this photo').fill('A drum');
  await share(page);
  await see(posts(page).getByRole('img', { name: 'A drum' }));
  const [result] = await published(alice);
  assert.ok(result);
  const difference = meanColourDifference(await small(result), await small(after));
  assert.ok(difference < 3, `as it was shown: ${difference}`);
  const fromOriginal = meanColourDifference(await small(result), await small(file.buffer));
  assert.ok(fromOriginal > 5, `not as it came: ${fromOriginal}`);
});

test('all photos get the edit of one, take it back, and one is put back by a double click', async () => {
  const [bob, page] = await begin('bob', [
    await photo('one.jpg', 'friends.jpg'),
    await photo('two.jpg', 'mountains.jpg'),
  ]);
  await page.getByRole('radio', { name: 'Ink' }).check();
  await page.getByRole('button', { name: 'Apply to all' }).click();
  await page.getByRole('button', { name: 'Photo 2 of 2' }).click();
  assert.ok(await page.getByRole('radio', { name: 'Ink' }).isChecked());
  await page.getByRole('button', { name: 'Undo' }).click();
  await see(page.getByRole('radio', { name: 'Original', checked: true }));
  await page.getByRole('tab', { name: 'Adjust' }).click();
  const warmth = page.getByRole('slider', { name: 'Warmth' });
  await warmth.fill('0.7');
  await warmth.dblclick();
  assert.equal(await warmth.inputValue(), '0');
  await page.getByRole('slider', { name: 'Saturation' }).fill('0.4');
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  assert.equal(await page.getByRole('slider', { name: 'Saturation' }).inputValue(), '0');
  await share(page);
  await see(posts(page));
  const [grey, colourful] = (await published(bob)).map((file) => sharp(file).stats());
  const spread = async (stats: typeof grey) => {
    const [red, , blue] = (await stats)?.channels ?? [];
    return Math.abs((red?.mean ?? 0) - (blue?.mean ?? 0));
  };
  assert.ok((await spread(grey)) < 1, 'the first is black and white');
  assert.ok((await spread(colourful)) > 3, 'the second is not');
});

test('the edit lives through a reload, and through a draft at the server', async () => {
  const [carol, page] = await begin('carol', [await photo('kept.jpg', 'sunset.jpg')]);
  await page.getByRole('radio', { name: 'Amber' }).check();
  await page.getByRole('tab', { name: 'Adjust' }).click();
  await page.getByRole('slider', { name: 'Contrast' }).fill('-0.25');
  // At once: nothing had the time to be written.
  await page.reload();
  await page.getByRole('tab', { name: 'Adjust' }).click();
  assert.equal(await page.getByRole('slider', { name: 'Contrast' }).inputValue(), '-0.25');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await see(page.getByText('Draft saved.'));

  // Another device.
  const other = await site.visit({ as: carol, at: '/drafts', viewport: DESK });
  await other.getByRole('button', { name: /^Open draft/ }).click();
  await other.getByRole('tab', { name: 'Looks' }).click();
  await see(other.getByRole('radio', { name: 'Amber', checked: true }));
  await other.getByRole('tab', { name: 'Adjust' }).click();
  assert.equal(await other.getByRole('slider', { name: 'Contrast' }).inputValue(), '-0.25');
});
