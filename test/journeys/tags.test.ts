import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { taggedFeed } from '../../api/feed.ts';
import { block, unblock } from '../../api/graph.ts';
import type { PlaceId, PostId } from '../../api/ids.ts';
import { archivePost, restorePost, unarchivePost } from '../../api/own-posts.ts';
import { postHistory } from '../../api/post-history.ts';
import { editPost, type Post, removeOwnTag } from '../../api/posts.ts';
import type { BodyOf } from '../../api/route.ts';
import { changeSettings } from '../../api/settings.ts';
import { cast, type Person, type PostWish, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { colourPicture } from '../pictures.ts';
import { openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;
let dan: Person;

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol, dan } = await cast(server.url, 'alice', 'bob', 'carol', 'dan'));
});
after(async () => {
  for (const person of [alice, bob, carol, dan]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const share = (wish: PostWish, pictures = 1) =>
  alice.published(
    alice.post(
      Array.from({ length: pictures }, () => colourPicture()),
      wish,
    ),
  );
const edit = (post: Post, body: BodyOf<typeof editPost>) =>
  alice.api(editPost, { params: { post_id: post.post_id }, body });
const spot = (person: Person, x = 0.5, y = 0.5) => ({ username: person.username, x, y });
const names = (post: Post) => post.tagged.map((one) => one.username);

/** The grid of posts that somebody is tagged in, as somebody sees it. */
async function taggedIn(of: Person, viewer: Person | null = carol): Promise<PostId[]> {
  const params = { username: of.username };
  const { data } = await ask(server.url, viewer?.token ?? null, taggedFeed, { params });
  return data.map((post) => post.post_id);
}

test('hashtags and mentions of a caption lead somewhere when there is somebody', async () => {
  const caption = 'With @Bob, @nobody_here and @bob at #Dawn. #dawn #朝日 mail@dan.org';
  const post = await share({ caption });
  assert.equal(post.caption, caption);
  assert.deepEqual(post.mentions, ['bob']);
  assert.deepEqual(post.hashtags, ['dawn', '朝日']);
});

test('people are tagged on spots of single pictures', async () => {
  const media = [
    { tagged: [spot(bob, 0.25, 0.75), spot(carol, 0, 1)] },
    { tagged: [spot(bob, 1, 0)] },
  ];
  const post = await share({ media }, 2);
  const [first, second] = post.media.map(({ media_id }) => media_id);
  assert.deepEqual(post.tagged, [
    { user_id: bob.id, username: 'bob', media_id: first, x: 0.25, y: 0.75 },
    { user_id: carol.id, username: 'carol', media_id: first, x: 0, y: 1 },
    { user_id: bob.id, username: 'bob', media_id: second, x: 1, y: 0 },
  ]);
  assert.equal((await bob.see(post)).viewer.is_tagged, true);
  assert.equal((await dan.see(post)).viewer.is_tagged, false);
  assert.deepEqual(await taggedIn(bob), [post.post_id], 'once, however often');
  assert.deepEqual(await taggedIn(carol, null), [post.post_id]);
  await alice.delete(post);
});

test('only people who are there for the author and let themselves be tagged are', async () => {
  const wish = (username: string) => ({ media: [{ tagged: [{ username, x: 0, y: 0 }] }] });
  const refused = (username: string) => refusal(alice.post(undefined, wish(username)));
  const unknown = await refused('nobody_here');
  assert.deepEqual(unknown.fields, ['body.media.0.tagged.0.username']);
  await dan.api(block, { params: { username: 'alice' } });
  const blocked = await refused('dan');
  assert.deepEqual([blocked.code, blocked.fields], [unknown.code, unknown.fields], 'alike');
  const post = await share({ caption: 'hello @dan' });
  assert.deepEqual(post.mentions, []);
  await dan.api(unblock, { params: { username: 'alice' } });

  const settings = (tags_from: 'everyone' | 'followed' | 'nobody') =>
    dan.api(changeSettings, { body: { tags_from, mentions_from: tags_from } });
  await settings('nobody');
  assert.equal((await refused('dan')).code, 'not_taking_tags');
  assert.deepEqual((await share({ caption: '@dan' })).mentions, []);
  await settings('followed');
  assert.equal((await refused('dan')).code, 'not_taking_tags');
  await dan.follow(alice);
  assert.deepEqual(names(await share(wish('dan'))), ['dan']);
  assert.deepEqual((await share({ caption: '@dan' })).mentions, ['dan']);
  await settings('everyone');
});

test('twenty tags are the most, over all pictures', async () => {
  const many = Array.from({ length: 21 }, () => ({ tagged: [spot(bob)] }));
  const { fields } = await refusal(
    alice.post(undefined, { media: [{ tagged: many.map(() => spot(bob)) }] }),
  );
  assert.deepEqual(fields, ['body.media.0.tagged']);
  const post = await share({ media: many.slice(0, 10) }, 20);
  const media = post.media.map(({ media_id }) => ({ media_id, tagged: [spot(bob), spot(carol)] }));
  const no = await refusal(edit(post, { media: media.slice(0, 11) }));
  assert.deepEqual(no.fields, ['body.media']);
  assert.equal((await edit(post, { media: media.slice(0, 10) })).tagged.length, 20);
});

test('who takes themselves off stays off', async () => {
  const post = await share({ media: [{ tagged: [spot(bob), spot(carol)] }] });
  const params = { post_id: post.post_id };
  const without = await bob.api(removeOwnTag, { params });
  assert.deepEqual([names(without), without.viewer.is_tagged], [['carol'], false]);
  assert.equal(without.edited_at, null);
  assert.deepEqual(names(await bob.api(removeOwnTag, { params })), ['carol'], 'twice is once');
  assert.ok(!(await taggedIn(bob)).includes(post.post_id));
  const media_id = post.media[0]?.media_id;
  assert.ok(media_id);
  const edited = await edit(post, {
    caption: 'again',
    media: [{ media_id, tagged: [spot(bob), spot(dan)] }],
  });
  assert.deepEqual(names(edited), ['dan'], 'left out in silence');
  const history = await carol.api(postHistory, { params });
  assert.deepEqual(
    history.map((one) => one.tagged.map(({ username }) => username)),
    [['dan'], ['carol']],
    'nor do they stand in what it was',
  );
  await carol.api(removeOwnTag, { params });
  await carol.api(removeOwnTag, { params });
  const [row] = await server.ctx.db.query<{ untagged: string[] }>(
    'select untagged from posts where post_id = $1',
    [post.post_id],
  );
  assert.deepEqual(row?.untagged, [bob.id], 'who was not tagged any more leaves no trace');
});

test('the tagged grid follows every change of the post', async () => {
  const post = await share({ media: [{ tagged: [spot(bob)] }] });
  const params = { post_id: post.post_id };
  const media_id = post.media[0]?.media_id;
  assert.ok(media_id);
  const there = async (of = bob) => (await taggedIn(of)).includes(post.post_id);
  assert.ok(await there());
  await alice.api(archivePost, { params });
  assert.ok(!(await there()));
  await edit(post, { media: [{ media_id, tagged: [spot(carol)] }] });
  assert.ok(!(await there(carol)), 'not while it is put away');
  await alice.api(unarchivePost, { params });
  assert.deepEqual([await there(), await there(carol)], [false, true]);
  await alice.delete(post);
  assert.ok(!(await there(carol)));
  await alice.api(restorePost, { params });
  assert.ok(await there(carol));
  await edit(post, { audience: 'followers' });
  assert.ok(!(await there(carol)), 'who sees the grid may not see the post');
  assert.ok((await taggedIn(carol, dan)).includes(post.post_id), 'dan follows alice');
});

test('somebody who is blocked is not named before who blocked them', async () => {
  const post = await share({ caption: '@bob and @carol', media: [{ tagged: [spot(bob)] }] });
  const seen = await carol.see(post);
  assert.deepEqual([seen.mentions, names(seen)], [['bob', 'carol'], ['bob']]);
  await carol.api(block, { params: { username: 'bob' } });
  const blind = await carol.see(post);
  assert.deepEqual([blind.mentions, names(blind)], [['carol'], []]);
  assert.equal((await refusal(taggedIn(bob))).code, 'account_private');
  await carol.api(unblock, { params: { username: 'bob' } });
});

test('a post is at a place that exists', async () => {
  const place_id = server.ctx.ids.next<PlaceId>();
  const nowhere = await refusal(alice.post(undefined, { place_id }));
  assert.equal(nowhere.code, 'place_not_found');
  await server.ctx.db.query(
    `insert into places (place_id, name, latitude, longitude, created_by, created_at)
     values ($1, 'Lighthouse', 53.5, 8.25, $2, $3)`,
    [place_id, alice.id, server.ctx.clock.now()],
  );
  const post = await share({ place_id });
  const place = { place_id, name: 'Lighthouse', latitude: 53.5, longitude: 8.25 };
  assert.deepEqual(post.location, place);
  const away = await edit(post, { place_id: null });
  assert.equal(away.location, null);
  const history = await bob.api(postHistory, { params: { post_id: post.post_id } });
  assert.deepEqual(
    history.map((one) => one.location),
    [null, place],
  );
});
