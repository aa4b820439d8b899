import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { deleteComment } from '../../api/comments.ts';
import { profileFeed } from '../../api/feed.ts';
import { listFollowers } from '../../api/graph.ts';
import { editProfile } from '../../api/people.ts';
import { editPost, getPost, listLikes } from '../../api/posts.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { colourPicture, gradient, phonePicture } from '../pictures.ts';
import { openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol'));
});
after(async () => {
  for (const person of [alice, bob, carol]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

test('the first account runs the server, the others do not', () => {
  assert.deepEqual(
    [alice, bob].map(({ session }) => session.role),
    ['admin', 'member'],
  );
});

test("a photo reaches a follower's open page and their feed, with all that belongs to it", async () => {
  const page = await bob.line();
  await bob.follow(alice);
  const sent = await alice.post(await phonePicture(gradient(300, 240)), {
    caption: 'Otters at dawn 🦦',
    media: [{ alt: 'Two otters in a river' }],
  });
  assert.equal(sent.status, 'processing');
  assert.deepEqual([sent.media[0]?.url, sent.media[0]?.sizes], [null, null]);
  const post = await alice.published(sent);
  const told = await page.next('feed.new_post');
  assert.deepEqual(told, { type: 'feed.new_post', post_id: post.post_id, user_id: alice.id });

  const { posts, pagination } = await bob.feed();
  assert.deepEqual(pagination, { next_cursor: null, has_more: false });
  const seen = { ...post, viewer: { ...post.viewer, is_author: false, can_repost: true } };
  assert.deepEqual(posts, [seen]);
  assert.deepEqual((await alice.feed()).posts, [post], 'their own feed shows it too');
  const [media] = post.media;
  assert.ok(media?.sizes && media.thumbhash);
  assert.deepEqual(
    [media.type, media.width, media.height, media.alt, media.url],
    ['image', 240, 300, 'Two otters in a river', media.sizes.large.url],
    'upright: EXIF orientation 6 turns it by a quarter',
  );
  assert.match(media.dominant_color ?? '', /^#[0-9a-f]{6}$/);
  assert.equal(post.caption, 'Otters at dawn 🦦');
  assert.deepEqual([post.likes_count, post.comments_count, post.edited_at], [0, 0, null]);
  assert.equal((await alice.profile()).posts_count, 1);
});

test('a carousel of three keeps order, crops and alt texts', async () => {
  const pictures = await Promise.all(
    [gradient(400, 400), gradient(320, 200), gradient(200, 320)].map((raw) =>
      phonePicture(raw, 'image/png', 1),
    ),
  );
  const whole = { x: 0, y: 0, width: 1, height: 1 };
  const post = await alice.published(
    alice.post(pictures, {
      caption: 'Three',
      media: [
        { alt: 'first', crop: { x: 0.25, y: 0.5, width: 0.5, height: 0.25 } },
        { alt: 'second', crop: whole },
        {},
      ],
    }),
  );
  assert.deepEqual(
    post.media.map(({ alt, width, height }) => [alt, width, height]),
    [
      ['first', 200, 100],
      ['second', 320, 200],
      ['', 200, 320],
    ],
  );
  const [first] = post.media;
  assert.ok(first?.sizes);
  const served = await fetch(server.url + first.sizes.large.url);
  const { width, height } = await sharp(await served.arrayBuffer()).metadata();
  assert.deepEqual([width, height], [200, 100]);
  assert.deepEqual((await bob.feed()).posts[0]?.media, post.media);
});

test("likes and comments show at once, and live on the author's page", async () => {
  const post = await alice.published(alice.post());
  const page = await alice.line();
  await page.watch(alice.token, post);

  assert.deepEqual(await bob.like(post), { liked: true, likes_count: 1 });
  const liked = await page.next('post.counts');
  assert.deepEqual([liked.likes_count, liked.comments_count], [1, 0]);
  assert.deepEqual(await bob.like(post), { liked: true, likes_count: 1 }, 'twice is once');
  const comment = await bob.comment(post, 'Lovely light');
  const commented = await page.next('post.counts');
  assert.deepEqual([commented.likes_count, commented.comments_count], [1, 1]);
  const more = page.unasked.filter((message) => message.type === 'post.counts');
  assert.deepEqual(more, [], 'the second like told nobody anything');

  const forBob = await bob.see(post);
  assert.deepEqual([forBob.likes_count, forBob.comments_count, forBob.viewer.liked], [1, 1, true]);
  assert.equal((await alice.see(post)).viewer.liked, false);
  const likers = await alice.api(listLikes, { params: { post_id: post.post_id } });
  assert.deepEqual(
    likers.map((who) => [who.username, who.viewer.following]),
    [['bob', false]],
  );
  const [shown] = await alice.comments(post);
  assert.deepEqual(
    [shown?.text, shown?.user.username, shown?.viewer.can_delete],
    ['Lovely light', 'bob', true],
  );
  assert.equal((await carol.comments(post))[0]?.viewer.can_delete, false);

  const params = { post_id: post.post_id, comment_id: comment.comment_id };
  assert.equal((await refusal(carol.api(deleteComment, { params }))).code, 'forbidden');
  await alice.api(deleteComment, { params });
  assert.equal((await refusal(bob.api(deleteComment, { params }))).code, 'comment_not_found');
  assert.deepEqual(await bob.unlike(post), { liked: false, likes_count: 0 });
  const after = await alice.see(post);
  assert.deepEqual([after.likes_count, after.comments_count], [0, 0]);
});

test('caption and alt texts can be edited by the author alone', async () => {
  const post = await alice.published(alice.post(colourPicture(), { caption: 'Befor' }));
  const params = { post_id: post.post_id };
  const media_id = post.media[0]?.media_id;
  assert.ok(media_id);
  const edited = await alice.api(editPost, {
    params,
    body: { caption: 'Before', media: [{ media_id, alt: 'one colour' }] },
  });
  assert.deepEqual(
    [edited.caption, edited.media[0]?.alt, typeof edited.edited_at],
    ['Before', 'one colour', 'string'],
  );
  assert.equal((await bob.see(post)).caption, 'Before');
  const no = await refusal(bob.api(editPost, { params, body: { caption: 'mine' } }));
  assert.equal(no.code, 'forbidden');
  assert.equal((await alice.see(post)).caption, 'Before');
});

test('a deleted post is gone everywhere', async () => {
  const post = await alice.published(alice.post());
  await bob.like(post);
  const page = await bob.line();
  await page.watch(bob.token, post);
  const before = (await alice.profile()).posts_count;
  const params = { post_id: post.post_id };

  assert.equal((await refusal(bob.delete(post))).code, 'forbidden');
  await alice.delete(post);
  await page.next('post.deleted', (message) => message.post_id === post.post_id);
  for (const person of [alice, bob]) {
    assert.equal((await refusal(person.see(post))).code, 'post_not_found');
    assert.equal((await refusal(person.like(post))).code, 'post_not_found');
    assert.equal((await refusal(person.comments(post))).code, 'post_not_found');
    assert.equal((await refusal(person.delete(post))).code, 'post_not_found');
    assert.ok(!(await person.wholeFeed()).includes(post.post_id));
    assert.ok(!(await person.grid(alice)).some((other) => other.post_id === post.post_id));
  }
  assert.equal((await refusal(ask(server.url, null, getPost, { params }))).status, 404);
  assert.equal((await alice.profile()).posts_count, before - 1);
});

test('a post shows to nobody but its author while it is being processed', async () => {
  const grants = await alice.upload(await phonePicture(gradient(2400, 1800)));
  const post = await alice.confirm(grants);
  const early = await bob.see(post).then(
    (seen) => seen.status,
    (error) => error.code,
  );
  assert.ok(['post_not_found', 'published'].includes(early), early);
  assert.equal((await alice.see(post)).user.username, 'alice');
  await alice.published(post);
  assert.equal((await bob.see(post)).status, 'published');
});

test('a visitor without an account sees profile, posts and lists, and may do nothing', async () => {
  const grid = await ask(server.url, null, profileFeed, { params: { username: 'ALICE' } });
  assert.ok(grid.data.length >= 3, 'names are found in any case');
  assert.ok(grid.data.every((post) => !post.viewer.is_author && !post.viewer.liked));
  const followers = await ask(server.url, null, listFollowers, { params: { username: 'alice' } });
  assert.deepEqual(
    followers.data.map(({ username, viewer }) => [username, viewer]),
    [['bob', { following: false, requested: false, is_self: false }]],
  );
});

test('a profile can be edited by its owner, with a picture that the worker makes', async () => {
  const line = await carol.line();
  const [upload] = await carol.upload(await phonePicture(gradient(500, 300)));
  const params = { username: 'carol' };
  const edited = await carol.api(editProfile, {
    params,
    body: {
      full_name: 'Carol Nguyễn',
      bio: 'Light and water',
      link: 'https://example.org/carol',
      ...(upload ? { profile_picture_upload_id: upload.upload_id } : {}),
    },
  });
  assert.deepEqual(
    [edited.full_name, edited.bio, edited.link],
    ['Carol Nguyễn', 'Light and water', 'https://example.org/carol'],
  );
  const told = await line.next('profile.updated');
  const profile = await alice.profile(carol);
  assert.equal(profile.profile_picture, told.profile_picture);
  for (const [address, side] of [
    [profile.profile_picture, 150],
    [profile.profile_picture_large, 300],
  ] as const) {
    const served = await fetch(server.url + address);
    const { width, height } = await sharp(await served.arrayBuffer()).metadata();
    assert.deepEqual([width, height], [side, side], 'a square, never enlarged');
  }
  const no = await refusal(alice.api(editProfile, { params, body: { bio: 'mine' } }));
  assert.equal(no.code, 'forbidden');
  const without = await carol.api(editProfile, {
    params,
    body: { link: null, profile_picture_upload_id: null },
  });
  assert.deepEqual([without.link, without.profile_picture, without.bio], [null, null, edited.bio]);
});
