import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import ogs from 'open-graph-scraper';
import { Value } from 'typebox/value';
import { unfurl } from 'unfurl.js';
import type { Post } from '../../api/posts.ts';
import { repostPost } from '../../api/reposts.ts';
import { Oembed, type ShareChannel, sharePost } from '../../api/sharing.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { demandRefusal } from '../client.ts';
import { colourPicture } from '../pictures.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { standing } from '../standing.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let put: ReturnType<typeof standing>;
let post: Post;

/** What would break out of an attribute, a tag or a replacement. */
const NASTY = `"><script>alert('1')</script>& $& $1 \`</head> мир 🌊`;

before(async () => {
  server = await openTestServer();
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
  put = standing(server.ctx);
  const media = [{ alt: `The sea ${NASTY}` }, { alt: '' }];
  const caption = `Morning at the sea. ${NASTY}`;
  const pictures = [colourPicture(), colourPicture()];
  post = await alice.published(alice.post(pictures, { caption, media }));
});
after(async () => {
  alice.leave();
  bob.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const addressOf = (id: string) => `${server.url}/p/${id}`;
const get = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(server.url + path, { headers: { accept: 'text/html', ...headers } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const oembed = (url: string, more = '') =>
  get(`/api/v1/oembed?url=${encodeURIComponent(url)}${more}`);

test('sharing is counted once a person and channel, and gives the absolute address', async () => {
  const share = (person: Person, channel: ShareChannel) =>
    person.api(sharePost, { params: { post_id: post.post_id }, body: { channel } });
  const shares = async () => {
    const [row] = await server.ctx.db.query<{ shares: number }>(
      'select shares from post_counts where post_id = $1',
      [post.post_id],
    );
    return row?.shares;
  };
  const answer = await share(bob, 'link');
  assert.deepEqual(answer, { url: addressOf(post.post_id), is_public: true });
  await Promise.all([
    share(bob, 'link'),
    share(bob, 'link'),
    share(bob, 'x'),
    share(alice, 'link'),
  ]);
  assert.equal(await shares(), 3);
  await bob.follow(alice);
  await put.audience(post, 'followers');
  assert.equal((await share(bob, 'email')).is_public, false);
  await put.audience(post, 'everyone');
  await put.privacy(alice, 'private');
  assert.equal((await share(alice, 'email')).is_public, false, 'a private account');
  await put.privacy(alice, 'public');
  await put.block(alice, bob);
  assert.equal((await refusal(share(bob, 'x'))).code, 'post_not_found');
  await put.unblock(alice, bob);
  await bob.unfollow(alice);
});

test('open-graph-scraper reads a post', async () => {
  const html = (await get(`/p/${post.post_id}`)).text;
  const { result, error } = await ogs({ html });
  assert.equal(error, false);
  assert.equal(result.ogTitle, 'Alice (@alice) on Aperto');
  assert.equal(result.ogDescription, post.caption);
  assert.equal(result.ogType, 'article');
  assert.equal(result.ogSiteName, 'Aperto');
  assert.equal(result.ogUrl, addressOf(post.post_id));
  assert.equal(result.twitterCard, 'summary_large_image');
  assert.equal(result.articlePublishedTime, post.created_at);
  const images = result.ogImage ?? [];
  assert.equal(images.length, 2);
  const [large] = post.media;
  assert.deepEqual(
    [
      images[0]?.url,
      Number(images[0]?.width),
      Number(images[0]?.height),
      images[0]?.alt,
      images[0]?.type,
    ],
    [
      server.url + large?.sizes?.large.url,
      large?.sizes?.large.width,
      large?.sizes?.large.height,
      large?.alt,
      'image/jpeg',
    ],
  );
  const picture = await fetch(images[0]?.url ?? '');
  assert.equal(picture.status, 200);
  assert.equal(picture.headers.get('content-type'), 'image/jpeg');
  assert.equal(picture.headers.get('cross-origin-resource-policy'), 'cross-origin');
  await picture.arrayBuffer();
});

test('unfurl.js reads a post, and finds its oEmbed', async () => {
  const read = await unfurl(addressOf(post.post_id));
  assert.equal(read.title, 'Alice (@alice) on Aperto');
  assert.equal(read.description, post.caption);
  assert.equal(read.canonical_url, addressOf(post.post_id));
  assert.equal(read.open_graph.images?.[0]?.width, post.media[0]?.sizes?.large.width);
  assert.equal(read.twitter_card.card, 'summary_large_image');
  assert.equal(read.oEmbed?.type, 'rich');
  assert.equal(read.oEmbed?.provider_name, 'Aperto');
  assert.equal(read.oEmbed?.author_name, 'Alice');
});

test('the page stays what it was around the head, and lets nothing out of it', async () => {
  const plain = await get('/no/such/page');
  const { status, headers, text } = await get(`/p/${post.post_id}`);
  assert.equal(status, 200);
  assert.equal(headers.get('x-robots-tag'), null);
  assert.equal(
    headers.get('content-security-policy'),
    plain.headers.get('content-security-policy'),
  );
  assert.match(headers.get('content-security-policy') ?? '', /script-src 'self';/);
  const scripts = (html: string) => html.match(/<script[^>]*>/g);
  assert.deepEqual(scripts(text), scripts(plain.text), 'no script that was not there');
  assert.equal(text.match(/<title>/g)?.length, 1);
  assert.equal(text.match(/<\/head>/g)?.length, 1);
  assert.equal(text.match(/name="description"/g)?.length, 1);
  assert.ok(text.includes('<div id="app"></div>'));
  for (const twin of [`/p/${post.post_id}/`, `/p/${post.post_id}?x=1`]) {
    assert.equal((await get(twin)).text, text, twin);
  }
});

test('a profile says who it is of, and nothing that is shared', async () => {
  const { text } = await get('/alice');
  const { result } = await ogs({ html: text });
  assert.deepEqual(
    [result.ogType, result.ogTitle, result.ogUrl, result.twitterCard],
    ['profile', 'Alice (@alice) on Aperto', `${server.url}/alice`, 'summary'],
  );
  assert.equal((await get('/ALICE')).text, text, 'one canonical address');
  assert.doesNotMatch(text, /Morning|media\/local\/[^"]*large/);
});

/** Each way in which a post or its author can be out of sight of a visitor, and back. */
const hidings: Readonly<
  Record<string, readonly [hide: () => Promise<unknown>, back: () => Promise<unknown>]>
> = {
  followers: [() => put.audience(post, 'followers'), () => put.audience(post, 'everyone')],
  'close friends': [
    () => put.audience(post, 'close_friends'),
    () => put.audience(post, 'everyone'),
  ],
  private: [() => put.privacy(alice, 'private'), () => put.privacy(alice, 'public')],
  archived: [() => put.archived(post, new Date()), () => put.archived(post, null)],
  deleted: [() => put.deleted(post, new Date()), () => put.deleted(post, null)],
  suspended: [() => put.state(alice, 'suspended'), () => put.state(alice, 'active')],
  'account deleted': [() => put.state(alice, 'deleted'), () => put.state(alice, 'active')],
};

/** Without what differs from answer to answer in any case. */
const bare = ({ status, headers, text }: Awaited<ReturnType<typeof get>>) => {
  const rest = Object.fromEntries(headers);
  delete rest['x-request-id'];
  delete rest.date;
  return { status, rest, text: text.replaceAll(/"request_id":"[^"]*"/g, '') };
};

test('of what a visitor may not see there is no trace: the same bytes as for what never was', async () => {
  const { data } = await bob.ask(repostPost, { params: { post_id: post.post_id }, body: {} });
  const never = '123456789';
  const looks = (id: string) => [
    () => get(`/p/${id}`),
    () => get(`/embed/p/${id}`),
    () => oembed(addressOf(id)),
    () => get(`/api/v1/posts/${id}`),
    // Cookies and tokens make no difference to a page.
    () => get(`/p/${id}`, { authorization: `Bearer ${alice.token}`, cookie: 'aperto-refresh=x' }),
  ];
  const nothing = await Promise.all(looks(never).map(async (look) => bare(await look())));
  assert.deepEqual(
    nothing.map(({ status }) => status),
    [200, 404, 404, 404, 200],
  );
  for (const [why, [hide, back]] of Object.entries(hidings)) {
    await hide();
    for (const id of [post.post_id, data.post_id]) {
      for (const [index, look] of looks(id).entries()) {
        assert.deepEqual(bare(await look()), nothing[index], `${why}, look ${index}`);
      }
    }
    await back();
  }
  for (const id of [post.post_id, data.post_id]) {
    for (const look of looks(id).slice(0, 4)) {
      const seen = await look();
      assert.equal(seen.status, 200);
      assert.match(seen.text, /Morning|@alice/, 'and it is there again');
    }
  }
  // Being blocked by somebody hides nothing from visitors, and the page is that of a visitor.
  await put.block(alice, bob);
  const page = await get(`/p/${post.post_id}`, { authorization: `Bearer ${bob.token}` });
  assert.match(page.text, /Morning/);
  await put.unblock(alice, bob);
});

test('nobody who is not there has a page', async () => {
  const never = bare(await get('/nobody.here'));
  for (const state of ['suspended', 'deleted'] as const) {
    await put.state(alice, state);
    assert.deepEqual(bare(await get('/alice')), never, state);
    await put.state(alice, 'active');
  }
  assert.equal(never.rest['x-robots-tag'], 'noindex');
  for (const path of [
    '/p/abc',
    '/p/01',
    '/p/-1',
    '/p/%00',
    '/p/%zz',
    '/%F0%9F%A6%A6',
    '/p/x/y',
    `/${'x'.repeat(400)}`,
  ]) {
    const { status, text } = await get(path);
    assert.ok(status === 200 || status === 404, `${path}: ${status}`);
    if (status === 200) assert.equal(text, never.text, path);
  }
  await put.privacy(alice, 'private');
  const { text } = await get('/alice');
  assert.match(text, /@alice/, 'a private account is there; what it shares is not');
  await put.privacy(alice, 'public');
});

test('oEmbed answers as its standard says', async () => {
  const url = addressOf(post.post_id);
  const { status, headers, text } = await oembed(url, '&format=json');
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(headers.get('access-control-allow-origin'), '*');
  assert.match(headers.get('cache-control') ?? '', /max-age=300/);
  const read = JSON.parse(text) as Oembed;
  assert.deepEqual([...Value.Errors(Oembed, read)], []);
  assert.deepEqual(
    [read.version, read.type, read.provider_url, read.author_url],
    ['1.0', 'rich', server.url, `${server.url}/alice`],
  );
  assert.match(read.html, new RegExp(`^<iframe src="${server.url}/embed/p/${post.post_id}"`));
  assert.equal(read.thumbnail_url, server.url + post.media[0]?.sizes?.thumbnail.url);
  const small = JSON.parse((await oembed(url, '&maxwidth=200&maxheight=180')).text) as Oembed;
  assert.ok(small.width <= 200 && (small.height ?? 0) <= 180);
  assert.match(small.html, /width="200" height="180"/);
  const tiny = JSON.parse((await oembed(url, '&maxwidth=10')).text) as Oembed;
  assert.equal(
    tiny.thumbnail_url,
    undefined,
    'no thumbnail that is larger than what was asked for',
  );
  // What the discovery link says leads to the same answer.
  const page = (await get(`/p/${post.post_id}`)).text;
  const [, href = ''] = /type="application\/json\+oembed" href="([^"]+)"/.exec(page) ?? [];
  assert.equal(await (await fetch(href.replaceAll('&amp;', '&'))).text(), text);

  const refused = async (path: string, expected: number, code: string) => {
    const answer = await get(path);
    const { error } = demandRefusal(null, answer.status, JSON.parse(answer.text));
    assert.deepEqual([answer.status, error.code], [expected, code], path);
  };
  const asked = `/api/v1/oembed?url=${encodeURIComponent(url)}`;
  await refused(`${asked}&format=xml`, 501, 'format_unsupported');
  await refused('/api/v1/oembed', 400, 'validation_failed');
  await refused(`/api/v1/oembed?url=${'x'.repeat(2001)}`, 400, 'validation_failed');
  for (const bad of ['0', '-1', 'abc', '1e3', '', '99999']) {
    await refused(`${asked}&maxwidth=${bad}`, 400, 'validation_failed');
    await refused(`${asked}&maxheight=${bad}`, 400, 'validation_failed');
  }
  for (const elsewhere of [
    'https://example.org/p/1',
    `https://example.org/p/${post.post_id}`,
    `${server.url}/alice`,
    `${server.url}/p/${post.post_id}/x`,
    `${server.url}.example.org/p/${post.post_id}`,
    `https://user@example.org/p/${post.post_id}`,
    `/p/${post.post_id}`,
    'javascript:alert(1)',
    'x',
  ]) {
    await refused(`/api/v1/oembed?url=${encodeURIComponent(elsewhere)}`, 404, 'not_found');
  }
});

test('the embed is a page without scripts that any site may frame', async () => {
  const { status, headers, text } = await get(`/embed/p/${post.post_id}`);
  assert.equal(status, 200);
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors \*/);
  assert.doesNotMatch(policy, /unsafe|script-src/);
  assert.equal(headers.get('x-frame-options'), null);
  assert.match(headers.get('cache-control') ?? '', /max-age=60/);
  assert.doesNotMatch(text, /<script/);
  assert.equal(text.match(/<img /g)?.length, 2);
  assert.match(text, /Morning at the sea\. &quot;&gt;&lt;script&gt;/);
  const other = await get('/');
  assert.match(other.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
});

test('behind PUBLIC_URL every address is of that place', async () => {
  const away = await openTestServer({ settings: { PUBLIC_URL: 'https://photos.example.org' } });
  try {
    const { zoe } = await cast(away.url, 'zoe');
    const made = await zoe.published(zoe.post());
    const shared = await zoe.api(sharePost, {
      params: { post_id: made.post_id },
      body: { channel: 'link' },
    });
    const url = `https://photos.example.org/p/${made.post_id}`;
    assert.equal(shared.url, url);
    const html = await (
      await fetch(`${away.url}/p/${made.post_id}`, { headers: { accept: 'text/html' } })
    ).text();
    const { result } = await ogs({ html });
    assert.equal(result.ogUrl, url);
    assert.match(result.ogImage?.[0]?.url ?? '', /^https:\/\/photos\.example\.org\/media\//);
    assert.ok(!html.includes('127.0.0.1'));
    // Asked at another scheme or with the public name, it is the same post.
    for (const asked of [url, url.replace('https:', 'http:')]) {
      const answer = await fetch(`${away.url}/api/v1/oembed?url=${encodeURIComponent(asked)}`);
      assert.match(
        ((await answer.json()) as Oembed).html,
        /src="https:\/\/photos\.example\.org\/embed\//,
      );
    }
    zoe.leave();
  } finally {
    await away.stop();
  }
});
