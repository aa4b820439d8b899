import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MediaId } from '../../api/ids.ts';
import type { Media } from '../../api/media.ts';
import { endOf, hasEnded, withLastingAddresses } from './addresses.ts';

const media = (url: string | null): Media => ({
  media_id: '1' as MediaId,
  type: 'image',
  url,
  width: 3,
  height: 2,
  alt: '',
  thumbhash: null,
  dominant_color: null,
  sizes: null,
  video: null,
});
const signed = (path: string, seconds: number) => media(`${path}?until=${seconds}&signature=a`);

test('the end of an address is read from it; public ones have none', () => {
  assert.equal(endOf('/media/a.jpg?until=1700000000&signature=b'), 1_700_000_000_000);
  assert.equal(endOf('/media/a.jpg'), null);
  assert.equal(endOf(null), null);
  assert.equal(hasEnded([media('/media/a.jpg')]), false);
  assert.equal(hasEnded([signed('/a', 1000)], 980_000), false);
  assert.equal(hasEnded([signed('/a', 1000)], 995_000), true);
});

test('an address in use stays while it is good, and gives way when it is not', () => {
  const soon = Math.floor(Date.now() / 1000) + 100;
  const [kept] = withLastingAddresses([signed('/a', soon + 150)], [signed('/a', soon)]);
  assert.equal(kept?.url, signed('/a', soon).url);
  for (const old of [signed('/a', 1000), signed('/b', soon), media('/a')]) {
    const [fresh] = withLastingAddresses([signed('/a', soon + 150)], [old]);
    assert.equal(fresh?.url, signed('/a', soon + 150).url);
  }
  // What has become public is public.
  assert.equal(withLastingAddresses([media('/a')], [signed('/a', soon)])[0]?.url, '/a');
});
