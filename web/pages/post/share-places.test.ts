import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mastodonServer, mastodonShare, placesFor } from './share-places.ts';

test('every place gets the link whole', () => {
  const link = 'https://photos.example.org/p/1?a=b&c=d';
  const title = 'Ada & Ben’s “sea” + 100 %';
  for (const { channel, href } of placesFor(link, title)) {
    const url = new URL(href);
    const said = [...url.searchParams.values()].join('\n');
    assert.ok(said.includes(link), channel);
    assert.equal(url.protocol, channel === 'email' ? 'mailto:' : 'https:', channel);
  }
  const share = new URL(mastodonShare('mastodon.social', link, title));
  assert.equal(share.searchParams.get('text'), `${title} ${link}`);
});

test('a Mastodon server is understood as people write it', () => {
  for (const given of [
    'mastodon.social',
    ' Mastodon.Social ',
    'https://mastodon.social/',
    'https://mastodon.social/@ada',
    '@ada@mastodon.social',
    'ada@mastodon.social',
  ]) {
    assert.equal(mastodonServer(given), 'mastodon.social', given);
  }
  for (const given of [
    '',
    'mastodon',
    '.',
    'a b.c',
    'javascript:alert(1)',
    'x.org:80',
    '-a.org',
    'é.org',
  ]) {
    assert.equal(mastodonServer(given), null, given);
  }
});
