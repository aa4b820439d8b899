import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { editProfile } from '../../api/people.ts';
import type { Post } from '../../api/posts.ts';
import { cast, type Person } from '../cast.ts';
import { gradient, picture } from '../pictures.ts';
import { becomeVideo, madeVideo, someVideo, type TestVideo } from '../published-videos.ts';
import { examine } from './examine.ts';
import { DESK, gone, openSite, PHONE, type Site, see } from './site.ts';

/** The server's time, so that addresses end when the test wants it. */
let ahead = 0;
const clock = {
  now: () => new Date(Date.now() + ahead),
  millis: () => Date.now() + ahead,
};

const short = await someVideo();
const long = await madeVideo(70);
const skip = short ? false : 'no sample video, and no ffmpeg to make one';
const skipLong = long ? skip : 'no ffmpeg to make a long video';

const CAPTIONS = `WEBVTT

00:00.000 --> 01:10.000
Good morning
`;

let site: Site;
let people: Record<'nora' | 'omar' | 'pia', Person>;
const posts: Record<string, Post> = {};

before(async () => {
  site = await openSite({ clock });
  people = await cast(site.url, 'nora', 'omar', 'pia');
  const { nora, omar, pia } = people;
  await omar.follow(nora);
  await omar.follow(pia);
  if (!short) return;
  const publish = async (person: Person, caption: string, shapes = [[360, 640]]) => {
    const bytes = await Promise.all(
      shapes.map(([width = 1, height = 1]) => picture(gradient(width, height)).jpeg().toBuffer()),
    );
    const photos = bytes.map((one) => ({ name: 'a.jpg', type: 'image/jpeg' as const, bytes: one }));
    posts[caption] = await person.published(person.post(photos, { caption }));
    return posts[caption];
  };
  const video = (post: Post, of: TestVideo, more = {}) =>
    becomeVideo(site.server.ctx, post, of, more);
  await video(await publish(nora, 'Animated'), short, { loops: true });
  await video(
    await publish(nora, 'Mixed', [
      [600, 600],
      [360, 640],
      [600, 600],
    ]),
    short,
    { index: 1 },
  ); // prettier-ignore
  await video(await publish(nora, 'Second'), short);
  await video(await publish(nora, 'First'), short, { captions: { en: CAPTIONS, de: CAPTIONS } });
  if (long) {
    await video(await publish(pia, 'Long'), long, { as: 'hls' });
    await video(await publish(pia, 'Short'), short);
    const body = { privacy_level: 'private' } as const;
    await pia.api(editProfile, { params: { username: 'pia' }, body });
    await video(await publish(nora, 'List'), long, { as: 'hls' });
  }
});
after(() => site.close());
afterEach(async () => {
  await site.leave();
  ahead = 0;
});

interface State {
  readonly caption: string;
  readonly paused: boolean;
  readonly muted: boolean;
  readonly time: number;
}

/** Every media element of the page, by the caption of its post. */
function states(page: Page): Promise<State[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('video')].map((video) => ({
      caption: video.closest('article')?.querySelector('.caption__text')?.textContent ?? '',
      paused: video.paused,
      muted: video.muted,
      time: video.currentTime,
    })),
  );
}

const playing = async (page: Page) => (await states(page)).filter(({ paused }) => !paused);

/** Waits until this one and no other plays, and has gone on since. */
async function plays(page: Page, caption: string): Promise<State> {
  await page.waitForFunction((wanted) => {
    const running = [...document.querySelectorAll('video')].filter((video) => !video.paused);
    const [one] = running;
    const words = one?.closest('article')?.querySelector('.caption__text')?.textContent ?? '';
    return running.length === 1 && words.includes(wanted) && (one?.currentTime ?? 0) > 0.1;
  }, caption);
  const [one, ...more] = await playing(page);
  assert.equal(more.length, 0, 'one at a time');
  assert.ok(one);
  return one;
}

const nothingPlays = (page: Page) =>
  page.waitForFunction(() => [...document.querySelectorAll('video')].every(({ paused }) => paused));

const player = (page: Page, caption: string): Locator =>
  page.getByRole('article').filter({ hasText: caption }).getByRole('group', { name: 'Video' });

const open = (person: Person, caption: string, more = {}) =>
  site.visit({ as: person, at: `/p/${posts[caption]?.post_id}`, ...more });

/** Runs in the page: the video's own place in it, and what it does. */
const ofVideo = <T>(page: Page, read: (video: HTMLVideoElement) => T): Promise<T> =>
  page
    .locator('video')
    .first()
    .evaluate(read as (element: Element) => T) as Promise<T>;

test('in the feed one video plays, without sound, and only in view', { skip }, async () => {
  const page = await site.visit({ as: people.nora, at: '/', viewport: PHONE });
  const first = long ? 'List' : 'First';
  assert.equal((await plays(page, first)).muted, true);
  const [post, ...others] = ['First', 'Second'].map((caption) => player(page, caption));
  for (const next of long ? [post, ...others] : others) {
    await next?.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const caption = next === post ? 'First' : 'Second';
    assert.equal((await plays(page, caption)).muted, true);
  }
  // Two fifths of it are no more in view.
  await player(page, 'Second').evaluate((element) => {
    const { top, height } = element.getBoundingClientRect();
    scrollBy(0, top + height * 0.55);
  });
  await page.waitForFunction(() => {
    const running = [...document.querySelectorAll('video')].find((video) => !video.paused);
    return !running?.closest('article')?.textContent?.includes('Second');
  });
});

test('a hidden tab plays nothing, and goes on when it is seen again', { skip }, async () => {
  const page = await open(people.omar, 'First');
  await plays(page, 'First');
  const hide = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  await nothingPlays(page);
  await hide(false);
  await plays(page, 'First');
});

test('a sheet with a video silences the page below it', { skip }, async () => {
  const page = await site.visit({ as: people.nora, at: '/nora', viewport: DESK });
  await page.getByRole('link', { name: 'Post: Second' }).click();
  await plays(page, 'Second');
  await page.goBack();
  await gone(page.getByRole('dialog'));
  await page.waitForFunction(() => document.querySelectorAll('video').length === 0);
});

test('sound is turned on by its button or a tap, and stays on for the next one', {
  skip,
}, async () => {
  const page = await open(people.omar, 'First', { viewport: DESK });
  assert.equal((await plays(page, 'First')).muted, true);
  await player(page, 'First').getByRole('button', { name: 'Turn sound on' }).click();
  await page.waitForFunction(() => document.querySelector('video')?.muted === false);
  await see(page.getByRole('button', { name: 'Turn sound off' }));
  await page.goto(`/p/${posts.Second?.post_id}`);
  await see(page.getByRole('button', { name: 'Turn sound off' }));
  assert.equal((await plays(page, 'Second')).muted, false);
  const box = player(page, 'Second');
  await box.click({ position: { x: 60, y: 60 } });
  await page.waitForFunction(() => document.querySelector('video')?.muted === true);
  await see(page.getByRole('button', { name: 'Turn sound on' }));
});

test('a double tap likes a video and leaves its sound as it was', { skip }, async () => {
  const page = await open(people.omar, 'Second', { hasTouch: true });
  await plays(page, 'Second');
  await player(page, 'Second').dblclick({ position: { x: 80, y: 80 } });
  await see(page.getByRole('button', { name: 'Unlike', exact: true }));
  assert.equal(await ofVideo(page, (video) => video.muted), true);
  await page.getByRole('button', { name: 'Unlike', exact: true }).click();
});

test('holding pauses, letting go plays on', { skip }, async () => {
  const page = await open(people.omar, 'First', { viewport: DESK });
  await plays(page, 'First');
  const box = await player(page, 'First').boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 100, box.y + 100);
  await page.mouse.down();
  await nothingPlays(page);
  await page.mouse.up();
  assert.equal((await plays(page, 'First')).muted, true, 'it was no tap');
});

test('by keys: play, pause, seek, and nothing else on the page moves', { skip }, async () => {
  const page = await open(people.omar, 'Mixed', { viewport: DESK });
  await page.getByRole('button', { name: 'Next photo' }).click();
  await plays(page, 'Mixed');
  const line = page.getByRole('slider', { name: 'Place in the video' });
  await line.focus();
  await page.keyboard.press(' ');
  await nothingPlays(page);
  await page.keyboard.press('End');
  const duration = short?.duration ?? 0;
  await page.waitForFunction(
    (end) => Math.abs((document.querySelector('video')?.currentTime ?? 0) - end) < 0.5,
    duration,
  );
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('video')?.currentTime === 0);
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => {
    const now = document.querySelector('video')?.currentTime ?? 0;
    return now > 1.9 && now < 3.1;
  });
  // What is said of the place follows it with the player's next word of the time.
  await see(
    page.locator('input[aria-valuetext="0:02 of 0:12"], input[aria-valuetext="0:03 of 0:12"]'),
  );
  await see(page.getByRole('button', { name: 'Previous photo' }));
  assert.equal(
    await page.getByRole('group', { name: 'Photo 2 of 3' }).getAttribute('aria-hidden'),
    null,
  );
  await page.getByRole('button', { name: 'Play', exact: true }).focus();
  await page.keyboard.press(' ');
  await plays(page, 'Mixed');
  await examine(page, 'a video whose controls are open');
});

test('who wants nothing to move is asked first', { skip }, async () => {
  const page = await open(people.omar, 'First', { viewport: DESK, reducedMotion: 'reduce' });
  const play = player(page, 'First').getByRole('button', { name: 'Play', exact: true });
  await see(play);
  assert.deepEqual(await playing(page), []);
  await examine(page, 'a video that waits');
  await play.click();
  await plays(page, 'First');
  await player(page, 'First').getByRole('button', { name: 'Pause', exact: true }).click();
  await nothingPlays(page);
});

test('captions are shown in the reader’s language, chosen, and turned off', { skip }, async () => {
  const page = await open(people.omar, 'First', { viewport: DESK, locale: 'de-CH' });
  await plays(page, 'First');
  const shown = () =>
    ofVideo(page, (video) =>
      [...video.textTracks].flatMap(({ mode, language, activeCues }) =>
        mode === 'showing'
          ? [language, ...[...(activeCues ?? [])].map((cue) => (cue as VTTCue).text)]
          : [],
      ),
    );
  const become = async (language: string) => {
    await page.waitForFunction(
      (wanted) =>
        [...(document.querySelector('video')?.textTracks ?? [])].some(
          (track) =>
            track.mode === 'showing' && track.language === wanted && track.activeCues?.length,
        ),
      language,
    );
    assert.deepEqual(await shown(), [language, 'Good morning']);
  };
  await become('de');
  await player(page, 'First').hover();
  await page.getByRole('button', { name: 'Captions' }).click();
  const menu = page.getByRole('menu', { name: 'Captions' });
  await see(menu.getByRole('menuitemradio', { name: 'German', checked: true }));
  await examine(page, 'the menu of captions');
  await menu.getByRole('menuitemradio', { name: 'English' }).click();
  await become('en');
  await page.getByRole('button', { name: 'Captions' }).click();
  await menu.getByRole('menuitemradio', { name: 'Off' }).click();
  await page.waitForFunction(() =>
    [...(document.querySelector('video')?.textTracks ?? [])].every(
      ({ mode }) => mode !== 'showing',
    ),
  );
});

test('what was animated goes round without controls, and can be stopped', { skip }, async () => {
  const page = await open(people.omar, 'Animated', { viewport: DESK });
  await see(page.getByText('GIF', { exact: true }).first());
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.1);
  assert.equal(await ofVideo(page, (video) => video.loop && video.muted), true);
  assert.equal(await page.getByRole('slider').count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Turn sound on' }).count(), 0);
  await page.getByRole('button', { name: 'Pause animation' }).click();
  await nothingPlays(page);
  await page.getByRole('button', { name: 'Play animation' }).click();
  await page.waitForFunction(() => document.querySelector('video')?.paused === false);
});

test('a video that does not come says so, and is tried again', { skip }, async () => {
  const page = await site.visit({ as: people.omar, serviceWorkers: 'block' });
  await page.route('**/*.mp4*', (route) => route.fulfill({ status: 404 }));
  await page.goto(`/p/${posts.First?.post_id}`);
  await see(page.getByText('This video can’t be played here.'));
  await examine(page, 'a video that failed');
  await page.unroute('**/*.mp4*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await plays(page, 'First');
  site.faults.splice(0);
});

test('a long video comes in pieces, and its code with the first of them', {
  skip: skipLong,
}, async () => {
  const page = await site.visit({ as: people.omar, serviceWorkers: 'block' });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`/p/${posts.First?.post_id}`);
  await plays(page, 'First');
  assert.ok(!asked.some((path) => path.includes('/playlist-')), 'not for a short one');
  asked.length = 0;
  await page.goto(`/p/${posts.List?.post_id}`);
  await plays(page, 'List');
  assert.ok(asked.some((path) => path.includes('/playlist-')));
  const pieces = new Set(asked.filter((path) => path.endsWith('.m4s')));
  assert.ok(pieces.size > 1 && pieces.size < 30, `${pieces.size} of 36 pieces`);
  site.faults.splice(0);
});

/** Waits until it plays beyond this second, and not far beyond. */
const playsFrom = (page: Page, second: number) =>
  page.waitForFunction((from) => {
    const video = document.querySelector('video');
    return video && !video.paused && video.currentTime > from && video.currentTime < from + 10;
  }, second);

for (const [caption, from, what] of [
  ['Long', 50, 'in pieces'],
  ['Short', 9, 'in one'],
] as const) {
  test(`a private video ${what} whose addresses have ended goes on`, {
    skip: skipLong,
  }, async () => {
    const page = await site.visit({ as: people.omar, serviceWorkers: 'block' });
    const answers: string[] = [];
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (/\.(mp4|m4s)$/.test(pathname)) answers.push(`${response.status()}`);
    });
    // Slow, so that the whole of it is not there at once.
    const devtools = await page.context().newCDPSession(page);
    const line = { offline: false, latency: 0, uploadThroughput: -1 };
    await devtools.send('Network.emulateNetworkConditions', {
      ...line,
      downloadThroughput: 150_000,
    });
    await page.goto(`/p/${posts[caption]?.post_id}`);
    await plays(page, caption);
    ahead += 30 * 60_000;
    await page.getByRole('slider', { name: 'Place in the video' }).focus();
    await page.evaluate((second) => {
      const video = document.querySelector('video');
      if (video) video.currentTime = second;
    }, from);
    await playsFrom(page, from);
    assert.ok(answers.includes('404'), `its addresses had ended: ${answers}`);
    assert.equal(await page.getByText('This video can’t be played here.').count(), 0);
    site.faults.splice(0);
  });
}

test('tiles say that they are videos, and how long', { skip }, async () => {
  const page = await site.visit({ as: people.omar, at: '/nora' });
  await see(page.getByRole('img', { name: 'Video, 0:12' }).first());
  await see(
    page.getByRole('img', { name: 'Animation' }),
    page.getByRole('img', { name: 'Several photos' }),
  );
  await examine(page, 'a grid with videos');
});

test('readers of links and frames of other sites get the video as well', { skip }, async () => {
  const id = posts.First?.post_id;
  const head = await (
    await fetch(`${site.url}/p/${id}`, { headers: { accept: 'text/html' } })
  ).text();
  const said = (name: string) =>
    new RegExp(`property="og:video${name}" content="([^"]+)"`).exec(head)?.[1] ?? '';
  const answer = await fetch(said(''));
  assert.equal(answer.headers.get('content-type'), said(':type'));
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), short?.bytes);
  const page = await site.visit({ at: `/embed/p/${id}` });
  const video = page.locator('video');
  await see(video);
  assert.equal(await video.evaluate((element) => (element as HTMLVideoElement).controls), true);
  await video.evaluate((element) => {
    const own = element as HTMLVideoElement;
    own.muted = true;
    return own.play();
  });
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.1);
});

test('captions are added, replaced and removed in the page where a post is edited', {
  skip,
}, async () => {
  const { nora } = people;
  const page = await site.visit({ as: nora, at: `/p/${posts.Second?.post_id}/edit` });
  const field = page.getByRole('group', { name: 'Captions of your video' });
  await see(field.getByText('No captions yet.'));
  const give = (name: string, text: string) =>
    field
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'text/vtt', buffer: Buffer.from(text) });
  await give('diary.vtt', 'Dear diary');
  await see(field.getByText('diary.vtt has no captions that can be read.'));
  await field.getByLabel('Language').selectOption('pt-BR');
  await give('film.srt', '1\n00:00:00,000 --> 00:00:09,000\nBom dia\n');
  const remove = field.getByRole('button', { name: 'Remove captions in Brazilian Portuguese' });
  await see(remove);
  await examine(page, 'a video that is edited');
  const post = posts.Second;
  assert.ok(post);
  const [media] = (await nora.see(post)).media;
  const [captions] = media?.video?.captions ?? [];
  assert.equal(captions?.language, 'pt-BR');
  const kept = await (await fetch(new URL(captions?.url ?? '', site.url))).text();
  assert.match(kept, /^WEBVTT\n/);
  assert.match(kept, /Bom dia/);
  await remove.click();
  await see(field.getByText('No captions yet.'));
  assert.deepEqual((await nora.see(post)).media[0]?.video?.captions, []);
});
