import { after, before, test } from 'node:test';
import { cast } from '../cast.ts';
import { openSite, type Site, see } from './site.ts';
let site: Site;
before(async () => { site = await openSite(); });
after(() => site.close());
test('x', async () => {
  const { alice } = await cast(site.url, 'alice');
  const page = await site.visit({ as: alice, at: '/' });
  await page.getByText('Your feed is empty').waitFor();
  for (let i = 0; i < 10; i++) {
    const post = await alice.published(alice.post());
    await see(page.getByRole('article'));
    await page.getByRole('button', { name: 'More about this post' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('article').waitFor({ state: 'hidden' });
    await page.reload();
    try { await page.getByText('Your feed is empty').waitFor({ timeout: 8000 }); } catch (e) {
      console.log('FAILED', i, await page.locator('main').innerText());
    console.log(await site.server.ctx.db.query('select post_id, deleted_at from posts where post_id=$1', [post.post_id]));
    await alice.delete(post).catch(() => {}); await page.reload();
    }
  }
});
