import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';

let browser: Browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

test('Chromium starts, lays out text and runs scripts', async () => {
  const page = await browser.newPage();
  await page.goto('data:text/html,<h1 style="display:inline">Aperto</h1>');
  const width = await page
    .locator('h1')
    .evaluate((heading) => heading.clientWidth || heading.getBoundingClientRect().width);
  assert.ok(width > 20, `a heading of ${width} px means that there is no font`);
  assert.equal(await page.locator('h1').textContent(), 'Aperto');
});

test('it obeys the policy of a page', async () => {
  const page = await browser.newPage();
  await page.route('http://page.test/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': "default-src 'none'" },
      body: '<title>before</title><script>document.title = "after"</script>',
    }),
  );
  await page.goto('http://page.test/');
  assert.equal(await page.title(), 'before');
});
