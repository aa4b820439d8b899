import type { Page } from 'playwright-core';

/** True in the page when nothing that can be seen is still on its way: fonts, pictures, motion, waiting. */
const AT_REST = `(() => {
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  };
  if (document.fonts.status !== 'loaded') return false;
  if ([...document.querySelectorAll('[aria-busy="true"], .skeleton')].some(seen)) return false;
  if (![...document.images].filter(seen).every((image) => image.complete && image.naturalWidth > 0)) return false;
  return document.getAnimations().every((one) => one.playState !== 'running');
})()`;

/** Decoded, so that the next frame shows them. */
const DECODED = `Promise.all([...document.images].filter((one) => one.complete && one.naturalWidth > 0).map((one) => one.decode()))
  .then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))`;

/** Waits until a page stands still, at most half a minute. */
export async function settle(page: Page): Promise<void> {
  await page.waitForFunction(AT_REST);
  await page.evaluate(DECODED);
  await page.waitForFunction(AT_REST);
}
