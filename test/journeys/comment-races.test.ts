import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Comment } from '../../api/comments.ts';
import type { Post } from '../../api/posts.ts';
import { cast, join, type Person } from '../cast.ts';
import { Refused } from '../client.ts';
import {
  allComments,
  allReplies,
  approve,
  demandExactCounts,
  ids,
  like,
  pin,
  read,
  remove,
  reply,
  restrict,
  switchComments,
  unlike,
  unpin,
} from '../comments.ts';
import { openTestServer, type TestServer } from '../server.ts';

/** A hundred writes at once: twenty people with five requests each. */
const PEOPLE = 20;
const WRITES = 5;

let server: TestServer;
let olga: Person;
const crowd: Person[] = [];

before(async () => {
  server = await openTestServer();
  ({ olga } = await cast(server.url, 'olga'));
  for (let n = 0; n < PEOPLE; n += 1) crowd.push(await join(server.url, `crowd_${n}`));
});
after(async () => {
  olga.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** A hundred calls of `work` at once. */
const hundred = <T>(work: (person: Person, n: number) => Promise<T>): Promise<T>[] =>
  Array.from({ length: PEOPLE * WRITES }, (_, n) => work(crowd[n % PEOPLE] as Person, n));

const exact = (post: Post) => demandExactCounts(server.ctx, post);

/** What became of work that may be refused for one of these reasons, and for no other. */
async function outcomes(work: readonly Promise<unknown>[], ...allowed: string[]) {
  const done = await Promise.allSettled(work);
  for (const one of done) {
    if (one.status === 'fulfilled') continue;
    assert.ok(one.reason instanceof Refused, String(one.reason));
    assert.ok(allowed.includes(one.reason.code), one.reason.message);
  }
  return done.filter((one) => one.status === 'fulfilled').length;
}

test('a hundred comments, replies and likes at once: every count is its rows', async () => {
  const post = await olga.published(olga.post());
  const root = await olga.comment(post, 'root');
  await Promise.all(
    hundred(async (person, n) => {
      if (n % 3 === 0) return person.comment(post, `comment ${n}`);
      if (n % 3 === 1) return reply(person, root, `reply ${n}`);
      return like(person, root);
    }),
  );
  await exact(post);
  const now = await read(olga, root);
  assert.deepEqual([now.replies_count, now.likes_count], [33, PEOPLE]);
  assert.equal((await olga.see(post)).comments_count, 1 + 34 + 33);
  assert.equal((await allComments(olga, post)).length, 1 + 34);
  assert.equal((await allReplies(olga, root)).length, 33);
});

test('likes given and taken twice at once, by all: nobody counts twice', async () => {
  const post = await olga.published(olga.post());
  const root = await olga.comment(post, 'root');
  await Promise.all(hundred((person) => like(person, root)));
  assert.equal((await read(olga, root)).likes_count, PEOPLE);
  await Promise.all(hundred((person, n) => (n % 2 === 0 ? unlike : like)(person, root)));
  await exact(post);
  const states = await Promise.all(crowd.map((person) => read(person, root)));
  const likers = states.filter((one) => one.viewer.liked).length;
  assert.equal(states[0]?.likes_count, likers);
});

test('a thread is deleted while a hundred reply to it and like it: nothing is left behind', async () => {
  const post = await olga.published(olga.post());
  await olga.comment(post, 'stays');
  const root = await olga.comment(post, 'root');
  const first = await reply(olga, root, 'first');
  const writes = hundred(async (person, n) => {
    if (n === 50) return Promise.all([remove(olga, root), remove(olga, first)]);
    return n % 2 ? reply(person, n % 4 === 1 ? root : first, `reply ${n}`) : like(person, first);
  });
  await outcomes(writes, 'comment_not_found');
  // The reply alone may have been deleted by the one who came second; the thread is gone in any case.
  await outcomes([remove(olga, root)], 'comment_not_found');
  await exact(post);
  assert.equal((await olga.see(post)).comments_count, 1);
});

test('replies are deleted while others answer them, and everyone deletes everything twice', async () => {
  const post = await olga.published(olga.post());
  const root = await olga.comment(post, 'root');
  const replies = await Promise.all(hundred((person, n) => reply(person, root, `reply ${n}`)));
  await outcomes(
    replies.flatMap((one, n) => {
      const person = crowd[(n + 1) % PEOPLE] as Person;
      if (n % 2 === 0) return [remove(olga, one), remove(olga, one), like(person, one)];
      return [reply(person, replies[n - 1] as Comment, 'to it')];
    }),
    'comment_not_found',
  );
  await exact(post);
  const left = await allReplies(olga, root, 7);
  assert.equal(new Set(ids(left)).size, left.length);
  assert.equal((await read(olga, root)).replies_count, left.length);
});

test('ten pins at once, from several hands: three stand', async () => {
  const post = await olga.published(olga.post());
  const all: Comment[] = [];
  for (let n = 0; n < 10; n += 1) all.push(await (crowd[n] as Person).comment(post, `c${n}`));
  const done = await outcomes(
    all.flatMap((one) => [pin(olga, one), pin(olga, one)]),
    'too_many_pinned',
  );
  assert.ok(done >= 3 && done <= 6, `${done} of twenty`);
  const pinned = async () => (await allComments(olga, post)).filter((one) => one.pinned);
  assert.equal((await pinned()).length, 3);
  await outcomes(
    all.flatMap((one, n) => [n % 3 ? pin(olga, one) : unpin(olga, one), remove(olga, one)]),
    'too_many_pinned',
    'comment_not_found',
  );
  assert.deepEqual(await pinned(), []);
  await exact(post);
});

test('approved by ten hands while it is deleted and others are held: counted once or not at all', async () => {
  const post = await olga.published(olga.post());
  const root = await olga.comment(post, 'root');
  const [restricted, other] = crowd as [Person, Person];
  await restrict(server.ctx, olga, restricted);
  const held: Comment[] = [];
  for (let n = 0; n < 10; n += 1) {
    held.push(await (n % 2 ? restricted.comment(post, 'h') : reply(restricted, root, 'h')));
  }
  await outcomes(
    held.flatMap((one, n) => [
      ...[1, 2, 3, 4, 5].map(() => approve(olga, one)),
      restricted.comment(post, 'more'),
      reply(other, root, 'free'),
      ...(n % 3 === 0 ? [remove(olga, one)] : []),
    ]),
    'comment_not_found',
  );
  await exact(post);
  const shown = await allComments(other, post);
  assert.ok(shown.every((one) => !one.held));
  assert.ok((await olga.see(post)).comments_count >= 1 + 10 + 6);
  await server.ctx.db.query('delete from restrictions where person_id = $1', [olga.id]);
});

test('comments are turned off while a hundred write: what was written before counts', async () => {
  const post = await olga.published(olga.post());
  const writes = hundred<unknown>((person, n) => {
    if (n === 40) return switchComments(server.ctx, post, true);
    return person.comment(post, `comment ${n}`);
  });
  const done = await outcomes(writes, 'comments_off');
  await switchComments(server.ctx, post, false);
  assert.equal((await olga.see(post)).comments_count, done - 1);
  await exact(post);
});

test('a post is deleted while a hundred comment: all told so, and nothing comes after it', async () => {
  const post = await olga.published(olga.post());
  const writes = hundred((person, n) =>
    n === 40 ? olga.delete(post) : person.comment(post, `comment ${n}`),
  );
  const done = await outcomes(writes, 'post_not_found');
  await exact(post);
  const [rows] = await server.ctx.db.query<{ count: string; last: Date; deleted_at: Date }>(
    `select count(*) as count, max(c.created_at) as last, max(p.deleted_at) as deleted_at
     from comments c join posts p on p.post_id = c.post_id where c.post_id = $1`,
    [post.post_id],
  );
  assert.equal(Number(rows?.count), done - 1);
  await outcomes(
    hundred((person) => person.comment(post, 'late')),
    'post_not_found',
  );
  await exact(post);
});

test('readers at both levels lose and double nothing while a hundred write', async () => {
  const post = await olga.published(olga.post());
  const before: Comment[] = [];
  for (let n = 0; n < 20; n += 1) before.push(await olga.comment(post, `before ${n}`));
  const root = before[0] as Comment;
  const replies: Comment[] = [];
  for (let n = 0; n < 10; n += 1) replies.push(await reply(olga, root, `reply ${n}`));
  const writing = Promise.all(
    hundred((person, n) => (n % 2 ? person.comment(post, 'c') : reply(person, root, 'r'))),
  );
  const reading = Promise.all(
    crowd.slice(0, 5).map(async (person) => {
      const [first, thread] = await Promise.all([
        allComments(person, post, 3),
        allReplies(person, root, 3),
      ]);
      for (const [list, known] of [
        [first, before],
        [thread, replies],
      ] as const) {
        const seen = ids(list);
        assert.equal(new Set(seen).size, seen.length, 'none twice');
        const there = new Set(seen);
        assert.deepEqual(
          ids(known).filter((id) => !there.has(id)),
          [],
          'none lost',
        );
      }
    }),
  );
  await Promise.all([writing, reading]);
  // Whoever reads a thread on from where they stood gets all that came, in order.
  const whole = ids(await allReplies(olga, root, 100));
  assert.deepEqual(
    whole,
    [...whole].sort((a, b) => Number(BigInt(a) - BigInt(b))),
  );
  assert.equal(whole.length, 60);
  await exact(post);
});
