import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listComments } from '../../api/comments.ts';
import { addCloseFriend, removeCloseFriend } from '../../api/graph.ts';
import { archivePost, unarchivePost } from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import { postHistory } from '../../api/post-history.ts';
import { type Audience, editPost, getPost, listLikes, type Post } from '../../api/posts.ts';
import type { BodyOf } from '../../api/route.ts';
import { ofPost } from '../../server/kernel/touch-keys.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { countStatements, holdClock, openTestServer, type TestServer } from '../server.ts';
import { until } from '../within.ts';

const clock = holdClock();
let server: TestServer;
let alice: Person;
/** Follows alice. */
let bob: Person;
let carol: Person;

before(async () => {
  server = await openTestServer({ clock });
  ({ alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol'));
  await bob.follow(alice);
});
after(async () => {
  for (const person of [alice, bob, carol]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const share = (audience: Audience) => alice.published(alice.post(undefined, { audience }));
const edit = (post: Post, body: BodyOf<typeof editPost>) =>
  alice.api(editPost, { params: { post_id: post.post_id }, body });

/** The picture's address as this person sees it. */
function pictureOf(post: Post): string {
  const url = post.media[0]?.sizes?.medium.webp;
  assert.ok(url);
  return server.url + url;
}

const plain = (address: string) => address.replace(/\?.*/, '');

async function fetched(address: string) {
  const answer = await fetch(address);
  await answer.arrayBuffer();
  return answer;
}

const statusOf = async (address: string) => (await fetched(address)).status;

/** Within a second: the hint says so at once. */
const shuts = (address: string) =>
  until(async () => (await statusOf(address)) === 404, `${address} is shut`, 1000);

/** Nothing of the post is there for this person. */
async function demandHidden(post: Post, person: Person | null): Promise<void> {
  const params = { post_id: post.post_id };
  const token = person?.token ?? null;
  for (const route of [getPost, listLikes, listComments, postHistory] as const) {
    const no = await refusal(ask(server.url, token, route, { params }));
    assert.equal(no.code, 'post_not_found', route.name);
  }
  if (!person) return;
  const acts = [
    () => person.like(post),
    () => person.unlike(post),
    () => person.comment(post, 'x'),
  ];
  for (const act of acts) assert.equal((await refusal(act())).code, 'post_not_found');
  assert.ok(!(await person.wholeFeed()).includes(post.post_id));
  assert.ok(!(await person.grid(alice)).some(({ post_id }) => post_id === post.post_id));
}

test('a post for followers is there for them alone, and so are its pictures', async () => {
  const post = await share('followers');
  assert.equal(post.audience, 'followers');
  await demandHidden(post, carol);
  await demandHidden(post, null);
  const seen = await bob.see(post);
  assert.ok((await bob.wholeFeed()).includes(post.post_id));
  const address = pictureOf(seen);
  const answer = await fetched(address);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('cache-control') ?? '', /^private, max-age=[0-9]+, immutable$/);
  assert.equal(await statusOf(plain(address)), 404, 'without a signature');
  assert.equal(await statusOf(pictureOf(post)), 200, 'its author');

  await bob.unfollow(alice);
  await demandHidden(post, bob);
  await bob.follow(alice);
  assert.equal(await statusOf(pictureOf(await bob.see(post))), 200);
});

test('a post for close friends is there for whom its author counts among them', async () => {
  const post = await share('close_friends');
  await demandHidden(post, bob);
  const params = { username: 'bob' };
  await alice.api(addCloseFriend, { params });
  assert.equal((await bob.see(post)).post_id, post.post_id);
  const page = await bob.line();
  await page.watch(bob.token, post);
  await alice.api(removeCloseFriend, { params });
  await page.next('post.deleted', (message) => message.post_id === post.post_id);
  await demandHidden(post, bob);
});

test('another audience holds at once, for pages that are open and for pictures', async () => {
  const post = await share('everyone');
  const address = pictureOf(post);
  assert.equal(address, plain(address), 'everyone may keep it');
  assert.equal(await statusOf(address), 200);
  const [near, far] = await Promise.all([bob.line(), carol.line()]);
  await near.watch(bob.token, post);
  await far.watch(carol.token, post);

  const narrow = await edit(post, { audience: 'followers' });
  assert.equal(narrow.edited_at, null, 'that is no edit of what it says');
  await far.next('post.deleted', (message) => message.post_id === post.post_id);
  await demandHidden(post, carol);
  await shuts(address);
  assert.equal(await statusOf(pictureOf(await bob.see(post))), 200);
  await alice.like(post);
  assert.equal((await near.next('post.counts')).likes_count, 1, 'who may see it hears on');
  const heard = far.unasked.filter((message) => message.type === 'post.counts');
  assert.deepEqual(heard, []);

  await edit(post, { audience: 'everyone' });
  assert.equal(await statusOf(address), 200, 'open again at once');
  assert.equal((await carol.see(post)).likes_count, 1);
});

test('an account that goes private takes its pictures along', async () => {
  const post = await share('everyone');
  const address = pictureOf(post);
  assert.equal(await statusOf(address), 200);
  const far = await carol.line();
  await far.watch(carol.token, post);
  const params = { username: 'alice' };
  await alice.api(editProfile, { params, body: { privacy_level: 'private' } });
  await far.next('post.deleted', (message) => message.post_id === post.post_id);
  await shuts(address);
  assert.equal((await refusal(carol.see(post))).code, 'post_not_found');
  assert.equal((await refusal(carol.grid(alice))).code, 'account_private');
  assert.equal(await statusOf(pictureOf(await bob.see(post))), 200);
  await alice.api(editProfile, { params, body: { privacy_level: 'public' } });
  assert.equal(await statusOf(address), 200);
});

test('what is archived or deleted has no picture for anyone without a signature', async () => {
  // Of somebody who has not just withdrawn, so that openness is believed without a look.
  const post = await bob.published(bob.post());
  const address = pictureOf(post);
  const params = { post_id: post.post_id };
  assert.equal(await statusOf(address), 200);
  const believed = await countStatements(server.ctx, () => statusOf(address));
  assert.equal(believed, 0);
  const archived = await bob.api(archivePost, { params });
  await shuts(address);
  assert.equal(await statusOf(pictureOf(archived)), 200, 'for its author');
  await bob.api(unarchivePost, { params });
  assert.equal(await statusOf(address), 200, 'at once');
  await bob.delete(post);
  await shuts(address);
});

test('hidden likes are known to their author alone, in answers and on sockets', async () => {
  const post = await alice.published(alice.post(undefined, { likes_hidden: true }));
  const [own, other] = await Promise.all([alice.line(), bob.line()]);
  await own.watch(alice.token, post);
  await other.watch(bob.token, post);
  assert.deepEqual(await bob.like(post), { liked: true, likes_count: null });
  assert.equal((await own.next('post.counts')).likes_count, 1);
  assert.equal((await other.next('post.counts')).likes_count, null);
  assert.deepEqual(await alice.like(post), { liked: true, likes_count: 2 });
  assert.equal((await own.next('post.counts')).likes_count, 2);
  assert.equal((await other.next('post.counts')).likes_count, null);
  assert.equal((await alice.see(post)).likes_count, 2);
  assert.equal((await bob.see(post)).likes_count, null);
  assert.equal((await bob.feed()).posts[0]?.likes_count, null);
  const visitor = await ask(server.url, null, getPost, { params: { post_id: post.post_id } });
  assert.equal(visitor.data.likes_count, null);

  const late = await bob.line();
  late.send({ type: 'watch', post_ids: [post.post_id] });
  assert.equal((await late.next('post.counts')).likes_count, null, 'as it stands, too');

  await edit(post, { likes_hidden: false });
  assert.equal((await other.next('post.counts')).likes_count, 2);
  assert.deepEqual(await bob.unlike(post), { liked: false, likes_count: 1 });
});

test('comments that are turned off cannot be written', async () => {
  const post = await alice.published(alice.post(undefined, { comments_off: true }));
  assert.deepEqual([post.comments_off, post.viewer.can_comment], [true, false]);
  assert.equal((await bob.see(post)).viewer.can_comment, false);
  const open = await edit(post, { comments_off: false });
  assert.equal(open.viewer.can_comment, true);
  assert.equal((await bob.comment(post, 'at last')).text, 'at last');
});

test('an address that was given out lives for five minutes, a belief for half of one', async () => {
  const [post, open] = [await share('followers'), await carol.published(carol.post())];
  const address = pictureOf(await bob.see(post));
  assert.equal(await statusOf(address), 200);
  await bob.unfollow(alice);
  assert.equal((await refusal(bob.see(post))).code, 'post_not_found', 'no new ones');
  assert.equal(await statusOf(address), 200);

  // Without a hint, as when it was missed.
  assert.equal(await statusOf(pictureOf(open)), 200);
  await server.ctx.db.query(`update posts set audience = 'followers' where post_id = $1`, [
    open.post_id,
  ]);
  server.ctx.db.touchLoosely(ofPost(open.post_id));
  assert.equal(await statusOf(pictureOf(open)), 200);
  clock.advance(30_001);
  assert.equal(await statusOf(pictureOf(open)), 404);
  clock.advance(270_000);
  assert.equal(await statusOf(address), 404);
});
