import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { cast, type Person } from '../cast.ts';
import { gradient, picture } from '../pictures.ts';
import { madeVideo } from '../published-videos.ts';
import { sampleVideo } from '../sample-data.ts';
import { examine } from './examine.ts';
import { DESK, openSite, PHONE, type Site, see } from './site.ts';

const clip = await madeVideo(6);
const skip = clip
  ? false
  : 'no ffmpeg: neither is there a video to choose, nor could it be processed';

let site: Site;
let people: Record<'rosa' | 'sam', Person>;
before(async () => {
  site = await openSite();
  people = await cast(site.url, 'rosa', 'sam');
});
after(() => site.close());
afterEach(() => site.leave());

const video = (name = 'film.mp4') => ({
  name,
  mimeType: 'video/mp4',
  buffer: clip?.bytes ?? Buffer.alloc(0),
});
const input = (page: Page) => page.locator('input[type=file]').first();
const posts = (page: Page) => page.getByRole('article', { name: /^Post by/ });
const cover = (page: Page) => page.getByRole('slider', { name: 'Cover' });

/** What lies on the device of the post that is being written. */
const kept = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<{ posterAt?: number; width: number; height: number; type: string }[]>(
        (resolve) => {
          indexedDB.open('aperto-uploads').onsuccess = ({ target }) => {
            const database = (target as IDBOpenDBRequest).result;
            database.transaction('posts').objectStore('posts').getAll().onsuccess = (event) => {
              database.close();
              resolve((event.target as IDBRequest).result[0]?.files ?? []);
            };
          };
        },
      ),
  );

test('a video is chosen with its cover, described and shared', { skip }, async () => {
  const { rosa } = people;
  const page = await site.visit({ as: rosa, at: '/new', viewport: DESK });
  await input(page).setInputFiles([video()]);
  await see(cover(page));
  await page.waitForFunction(() => document.querySelector('.cover-field__strip--drawn'));
  const [first] = await kept(page);
  assert.deepEqual([first?.type, first?.width, first?.height], ['video/mp4', 360, 640]);
  assert.equal(first?.posterAt, 0.6);
  await examine(page, 'a video with its cover');

  await cover(page).focus();
  await page.keyboard.press('End');
  for (let press = 0; press < 19; press += 1) await page.keyboard.press('ArrowLeft');
  assert.equal(await cover(page).inputValue(), '4');
  await page
    .getByRole('textbox', { name: 'Describe this video' })
    .fill('A test picture that moves');
  await page.getByLabel('Caption').fill('It moves');
  const confirmed = page.waitForRequest('**/api/v1/posts/confirm');
  await page.getByRole('button', { name: 'Share' }).last().click();
  const { media } = (await confirmed).postDataJSON() as { media: Record<string, unknown>[] };
  assert.deepEqual(
    media.map(({ poster_at, crop }) => [poster_at, crop]),
    [[4, undefined]],
  );
  await see(posts(page).getByText('It moves'));
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.1);
  const [post] = await rosa.grid();
  const [made] = post?.media ?? [];
  assert.equal(made?.type, 'video');
  assert.equal(made?.alt, 'A test picture that moves');
  assert.ok(made?.video && Math.abs(made.video.duration - 6) < 0.3 && made.video.has_audio);
});

test('a video beside photos: it stays whole, whatever shape they get', { skip }, async () => {
  const { sam } = people;
  const page = await site.visit({ as: sam, at: '/new', viewport: PHONE });
  const photo = await picture(gradient(600, 400)).jpeg().toBuffer();
  const files = [{ name: 'a.jpg', mimeType: 'image/jpeg', buffer: photo }, video()];
  await input(page).setInputFiles(files);
  await see(page.getByRole('button', { name: 'Video 2 of 2' }));
  await page.getByText('1:1', { exact: true }).click();
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  const confirmed = page.waitForRequest('**/api/v1/posts/confirm');
  await page.getByRole('button', { name: 'Share' }).first().click();
  const { media } = (await confirmed).postDataJSON() as { media: Record<string, unknown>[] };
  assert.deepEqual(
    media.map(({ crop, poster_at }) => [crop !== undefined, poster_at !== undefined]),
    [
      [true, false],
      [false, true],
    ],
  );
  await see(posts(page).getByRole('group', { name: 'Photos' }));
  const [post] = await sam.grid();
  const shapes = post?.media.map(({ type, width, height }) => [type, (width / height).toFixed(2)]);
  assert.deepEqual(shapes, [
    ['image', '1.00'],
    ['video', '0.56'],
  ]);
});

test('what cannot be taken is left out with the reason; a broken film too', { skip }, async () => {
  const page = await site.visit({ as: people.sam, at: '/new', viewport: PHONE });
  const broken = Buffer.from((clip?.bytes ?? Buffer.alloc(0)).subarray(0, 3000));
  await input(page).setInputFiles([{ name: 'half.mp4', mimeType: 'video/mp4', buffer: broken }]);
  await see(page.getByText('half.mp4 is damaged, or cannot be read any more.'));
});

const unknown = sampleVideo('clip-hevc.mov');
test('a video that this browser cannot show can be shared all the same', {
  skip: unknown ? false : 'no sample of HEVC',
}, async () => {
  const page = await site.visit({ as: people.sam, at: '/new', viewport: DESK });
  await input(page).setInputFiles(unknown ?? '');
  await see(page.getByText('This browser cannot show it. You will see it after the upload.'));
  const [file] = await kept(page);
  assert.deepEqual([file?.type, file?.width, file?.height], ['video/quicktime', 1280, 720]);
  assert.equal(file?.posterAt, undefined);
  await examine(page, 'a video that cannot be shown here');
});
