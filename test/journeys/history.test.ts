import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type PostRevision, postHistory } from '../../api/post-history.ts';
import { editPost, type Post } from '../../api/posts.ts';
import type { BodyOf } from '../../api/route.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { colourPicture } from '../pictures.ts';
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

const edit = (post: Post, body: BodyOf<typeof editPost>) =>
  alice.api(editPost, { params: { post_id: post.post_id }, body });

const historyOf = (post: Post, person: Person | null = bob): Promise<PostRevision[]> =>
  ask(server.url, person?.token ?? null, postHistory, {
    params: { post_id: post.post_id },
    query: { limit: 100 },
  }).then((answer) => answer.data);

const firstOf = (post: Post) => {
  const [media] = post.media;
  assert.ok(media);
  return media.media_id;
};

/** Types of the events that stand in the outbox of a post, in order. */
async function eventsOf(post: Post): Promise<string[]> {
  const rows = await server.ctx.db.query<{ type: string }>(
    'select type from post_events where post_id = $1 order by seq',
    [post.post_id],
  );
  return rows.map((row) => row.type);
}

test('an edit keeps what was: caption, place, tags and alt texts', async () => {
  const media = [{ alt: 'a bridge', tagged: [{ username: 'bob', x: 0.25, y: 0.75 }] }];
  const post = await alice.published(
    alice.post(colourPicture(), { caption: 'Befor #dawn', media }),
  );
  const media_id = firstOf(post);
  const [only] = await historyOf(post);
  assert.deepEqual(only, {
    revision: 0,
    caption: 'Befor #dawn',
    location: null,
    tagged: post.tagged,
    alts: [{ media_id, alt: 'a bridge' }],
    at: post.created_at,
  });

  const caption = 'Before #dusk with @carol';
  const edited = await edit(post, { caption, media: [{ media_id, alt: 'a long bridge' }] });
  assert.deepEqual(
    [edited.caption, edited.hashtags, edited.mentions, edited.media[0]?.alt, edited.tagged],
    [caption, ['dusk'], ['carol'], 'a long bridge', post.tagged],
    'what is left out stays',
  );
  assert.ok(edited.edited_at);
  const again = await edit(post, { media: [{ media_id, tagged: [] }] });
  assert.deepEqual(again.tagged, []);

  const history = await historyOf(post, null);
  assert.deepEqual(
    history.map((one) => [one.revision, one.caption, one.alts[0]?.alt, one.tagged.length, one.at]),
    [
      [2, caption, 'a long bridge', 0, again.edited_at],
      [1, caption, 'a long bridge', 1, edited.edited_at],
      [0, 'Befor #dawn', 'a bridge', 1, post.created_at],
    ],
  );
  assert.deepEqual(await eventsOf(post), ['post.published', 'post.edited', 'post.edited']);
});

test('the history is read page by page', async () => {
  const post = await alice.published(alice.post(colourPicture(), { caption: '0' }));
  for (let n = 1; n <= 4; n += 1) await edit(post, { caption: String(n) });
  const seen: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const answer = await bob.ask(postHistory, {
      params: { post_id: post.post_id },
      query: cursor ? { limit: 2, cursor } : { limit: 2 },
    });
    seen.push(...answer.data.map((one) => one.caption));
    cursor = answer.pagination?.next_cursor ?? null;
  }
  assert.deepEqual(seen, ['4', '3', '2', '1', '0']);
});

test('nothing changed is no revision, and neither is what nobody is told of', async () => {
  const media = [{ alt: 'x', tagged: [{ username: 'bob', x: 0.1, y: 0.2 }] }];
  const post = await alice.published(alice.post(colourPicture(), { caption: 'Same', media }));
  const media_id = firstOf(post);
  const same = await edit(post, {
    caption: 'Same',
    place_id: null,
    audience: 'everyone',
    media: [{ media_id, alt: 'x', tagged: [{ username: 'bob', x: 0.1, y: 0.2 }] }],
  });
  assert.deepEqual(same, post);
  assert.deepEqual(await eventsOf(post), ['post.published']);
  const quiet = await edit(post, { likes_hidden: true, comments_off: true });
  assert.deepEqual([quiet.likes_hidden, quiet.comments_off, quiet.edited_at], [true, true, null]);
  assert.equal((await historyOf(post)).length, 1);
  assert.deepEqual(await eventsOf(post), ['post.published', 'post.edited']);
});

test('who edits what they have not seen is told so, when they say what they saw', async () => {
  const post = await alice.published(alice.post(colourPicture(), { caption: 'One' }));
  const first = await edit(post, { caption: 'Two', edited_at: null });
  const no = await refusal(edit(post, { caption: 'Three', edited_at: null }));
  assert.equal(no.code, 'edit_conflict');
  const stale = new Date(Date.parse(first.edited_at ?? '') - 1).toISOString();
  const older = await refusal(edit(post, { caption: 'Three', edited_at: stale }));
  assert.equal(older.code, 'edit_conflict');
  assert.equal((await alice.see(post)).caption, 'Two');
  const next = await edit(post, { caption: 'Three', edited_at: first.edited_at });
  assert.equal(next.caption, 'Three');
});

test('edits at once follow one another: each is kept, in order', async () => {
  const post = await alice.published(alice.post(colourPicture(), { caption: 'start' }));
  const wishes = Array.from({ length: 8 }, (_, n) => `edit ${n}`);
  await Promise.all(wishes.map((caption) => edit(post, { caption })));
  const history = await historyOf(post);
  assert.deepEqual(
    history.map((one) => one.revision),
    [8, 7, 6, 5, 4, 3, 2, 1, 0],
  );
  assert.deepEqual(history.map((one) => one.caption).toSorted(), [...wishes, 'start'].toSorted());
  const times = history.map((one) => Date.parse(one.at));
  assert.ok(times.every((at, index) => index === 0 || at < (times[index - 1] ?? 0)));
  assert.equal((await alice.see(post)).caption, history[0]?.caption);

  const seen = (await alice.see(post)).edited_at;
  const outcomes = await Promise.allSettled(
    wishes.map((caption) => edit(post, { caption: `${caption}!`, edited_at: seen })),
  );
  const won = outcomes.filter((one) => one.status === 'fulfilled');
  assert.equal(won.length, 1, 'of those who saw the same, one');
  for (const one of outcomes) {
    if (one.status === 'rejected') assert.equal(one.reason.code, 'edit_conflict');
  }
  assert.equal((await historyOf(post)).length, 10);
});

test('an edit is checked before anything is written', async () => {
  const post = await alice.published(alice.post(colourPicture(), { caption: 'Kept' }));
  const media_id = firstOf(post);
  const refused = async (body: BodyOf<typeof editPost>) => refusal(edit(post, body));
  const other = await alice.published(alice.post());
  const strange = await refused({ caption: 'x', media: [{ media_id: firstOf(other) }] });
  assert.deepEqual(strange.fields, ['body.media.0.media_id']);
  const twice = await refused({ caption: 'x', media: [{ media_id }, { media_id }] });
  assert.deepEqual(twice.fields, ['body.media.1.media_id']);
  const spots = Array.from({ length: 2 }, () => ({ username: 'bob', x: 0, y: 0 }));
  const doubled = await refused({ caption: 'x', media: [{ media_id, tagged: spots }] });
  assert.deepEqual(doubled.fields, ['body.media.0.tagged.1.username']);
  assert.equal(
    (await refused({ caption: 'x', place_id: post.post_id as never })).code,
    'place_not_found',
  );
  assert.deepEqual(await alice.see(post), post);
  const params = { post_id: post.post_id };
  const no = await refusal(bob.api(editPost, { params, body: { caption: 'mine' } }));
  assert.equal(no.code, 'forbidden');
});

test('whoever may not see the post does not see what it was', async () => {
  const post = await alice.published(alice.post(colourPicture(), { caption: 'secret' }));
  await edit(post, { caption: 'still secret', audience: 'close_friends' });
  assert.equal((await refusal(historyOf(post))).code, 'post_not_found');
  assert.equal((await refusal(historyOf(post, null))).code, 'post_not_found');
  assert.equal((await historyOf(post, alice)).length, 2);
});
