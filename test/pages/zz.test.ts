import { after, before, test } from 'node:test';
import { cast } from '../cast.ts';
import { openSite, type Site, see } from './site.ts';
let site: Site;
before(async () => { site = await openSite(); });
after(() => site.close());
test('x', async () => {
  const { alice, bob } = await cast(site.url, 'alice', 'bob');
  await bob.follow(alice);
  const page = await site.visit({ as: bob, at: '/' });
  const t0 = Date.now();
  const L = (...a: unknown[]) => log.push([Date.now() - t0, ...a].join(' '));
  let log: string[] = [];
  page.on('request', (r) => r.url().includes('/api') && L('>', r.method(), r.url()));
  page.on('response', async (r) => r.url().includes('/api') && L('<', r.status(), r.request().method(), r.url(), (await r.text().catch(() => '')).match(/liked":\w+/)?.[0]));
  page.on('websocket', (w) => { w.on('framesent', (f) => L('ws>', f.payload)); w.on('framereceived', (f) => L('ws<', f.payload)); });
  await page.reload();
  await page.getByText('Your feed is empty').waitFor();
  for (let i = 0; i < 12; i++) {
    log = [];
    const post = await alice.published(alice.post());
    const his = page.getByRole('article').first();
    await page.getByRole('button', { name: 'Like', exact: true }).first().click();
    L('clicked');
    try { await his.getByRole('button', { name: 'Take the like back' }).waitFor({ timeout: 8000 }); 
    await page.waitForTimeout(500);
     await his.getByRole('button', { name: 'Take the like back' }).waitFor({ timeout: 5000 }); 
    } catch (e) {
      console.log('FAILED', i, await his.innerText());
      console.log(log.join('\n'));
    }
    await alice.delete(post);
    await page.getByRole('article').waitFor({ state: 'hidden' });
  }
});
