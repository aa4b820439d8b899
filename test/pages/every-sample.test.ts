import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import type { Media } from '../../api/media.ts';
import { cast, type Person, type TestFile } from '../cast.ts';
import { foundMetadata } from '../metadata.ts';
import { gradient, picture } from '../pictures.ts';
import { sampleFiles } from '../sample-data.ts';
import { makeClip } from '../videos.ts';
import { openSite, PATIENCE, PHONE, type Site } from './site.ts';

let site: Site;
let people: Record<'rosa', Person>;
before(async () => {
  site = await openSite({ settings: { AVIF: 'on' } });
  people = await cast(site.url, 'rosa');
});
after(() => site.close());

/** One file of each kind that can be made here, for where there are no samples. */
async function madeFiles(): Promise<TestFile[]> {
  const base = picture(gradient(320, 240));
  const { ffmpeg } = site.server.ctx;
  const named = (name: string, type: string, bytes: Buffer) => ({ name, type, bytes });
  return [
    named('made.jpg', 'image/jpeg', await base.clone().jpeg().toBuffer()),
    named('made.png', 'image/png', await base.clone().png().toBuffer()),
    named('made.webp', 'image/webp', await base.clone().webp().toBuffer()),
    named('made.avif', 'image/avif', await base.clone().avif({ effort: 0 }).toBuffer()),
    ...(ffmpeg ? [await makeClip(ffmpeg), await makeClip(ffmpeg, { name: 'clip.gif' })] : []),
  ];
}

/** Every picture that is served of a post, as bytes. */
async function servedPictures(media: Media): Promise<Buffer[]> {
  const sizes = Object.values(media.sizes ?? {});
  const addresses = sizes.flatMap(({ url, webp, avif }) => [url, webp, ...(avif ? [avif] : [])]);
  return await Promise.all(
    addresses.map(async (address) => {
      const answer = await fetch(new URL(address, site.url));
      assert.equal(answer.status, 200, address);
      return Buffer.from(await answer.arrayBuffer());
    }),
  );
}

test('every sample goes through the whole flow, says nothing of its origin and is seen in a page', async (t) => {
  const { rosa } = people;
  const samples = await sampleFiles();
  if (samples.length === 0) t.diagnostic('no samples here: files that the test makes');
  const page = await site.visit({ as: rosa, at: '/', viewport: PHONE });
  for (const file of samples.length > 0 ? samples : await madeFiles()) {
    const post = await rosa.published(rosa.post(file));
    const [media] = post.media;
    assert.ok(media?.sizes, file.name);
    for (const bytes of await servedPictures(media)) {
      assert.deepEqual(foundMetadata(bytes), [], file.name);
      const { width, height, orientation } = await sharp(bytes).metadata();
      assert.equal(orientation ?? 1, 1, file.name);
      if (width === height) continue;
      assert.equal(width > height, media.width > media.height, `${file.name} is upright`);
    }
    await page.goto(new URL(`/p/${post.post_id}`, site.url).href);
    const seen = (isVideo: boolean) => {
      const shown = document.querySelector<HTMLImageElement>('article picture img');
      const film = document.querySelector<HTMLVideoElement>('article video');
      if (isVideo) return film !== null && film.readyState >= film.HAVE_CURRENT_DATA;
      return shown?.complete === true && shown.naturalWidth > 0;
    };
    await page.waitForFunction(seen, media.type === 'video', { timeout: PATIENCE });
  }
});
