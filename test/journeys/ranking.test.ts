import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { homeFeed } from '../../api/feed.ts';
import type { PostId } from '../../api/ids.ts';
import type { Post } from '../../api/posts.ts';
import * as api from '../../api/ranking.ts';
import { listAffinities } from '../../server/features/affinity/store.ts';
import { FACTORS } from '../../server/features/ranking/terms.ts';
import { composeId, idMillis } from '../../server/kernel/ids.ts';
import { ofHome, ofPost, ofPostsBy, ofRanked } from '../../server/kernel/touch-keys.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { publishSaid } from '../said-posts.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { standing } from '../standing.ts';
import { until } from '../within.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;
let dan: Person;
let put: ReturnType<typeof standing>;
const HOUR_MS = 3600 * 1000;

before(async () => {
  server = await openTestServer();
  ({ alice, bob, carol, dan } = await cast(server.url, 'alice', 'bob', 'carol', 'dan'));
  put = standing(server.ctx);
  await alice.follow(bob);
  await alice.follow(carol);
});
after(async () => {
  for (const person of [alice, bob, carol, dan]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

let sequence = 0;
/** A post that is so many hours old. */
async function publish(by: Person, caption = '', hours = 0): Promise<PostId> {
  sequence += 1;
  const id = composeId(Date.now() - hours * HOUR_MS, 1000, sequence % 4096) as PostId;
  await publishSaid(server.ctx, by.id, { caption }, id);
  const reader = by === dan ? dan : alice;
  const isThere = async () => idsOf(await home(reader, { order: 'latest' })).includes(id);
  await until(isThere, `post ${id} in the feed`);
  return id;
}

type Query = { cursor?: string; limit?: number; order?: api.FeedOrder };
async function home(person: Person, query: Query = {}): Promise<Post[]> {
  return person.api(homeFeed, { query: { limit: 100, ...query } });
}
const idsOf = (posts: readonly Post[]) => posts.map(({ post_id }) => post_id);
const why = (person: Person, post_id: PostId) => person.api(api.whyPost, { params: { post_id } });
const see = (person: Person, ...posts: PostId[]) =>
  person.api(api.reportSeen, { body: { posts: posts.map((post_id) => ({ post_id })) } });
const like = async (person: Person, post_id: PostId) =>
  person.like({ ...(await person.see({ post_id } as Post)) });

test('who never chose reads the latest first; what they choose is remembered', async () => {
  const before = await alice.api(api.getRanking);
  assert.deepEqual(before, {
    order: 'latest',
    preset: 'balanced',
    weights: api.PRESETS.balanced,
    changed: false,
    less_of: [],
  });
  const [old, young] = [await publish(bob, '', 3), await publish(bob)];
  await like(dan, old);
  await like(carol, old);
  const best = [old, young];
  assert.deepEqual(idsOf(await home(alice)), [young, old]);
  assert.deepEqual(idsOf(await home(alice, { order: 'ranked' })), best);
  const chosen = await alice.api(api.changeRanking, { body: { order: 'ranked' } });
  assert.equal(chosen.order, 'ranked');
  assert.deepEqual(idsOf(await home(alice)), best);
  assert.deepEqual(idsOf(await home(alice, { order: 'latest' })), [young, old]);
  assert.equal((await alice.api(api.getRanking)).order, 'ranked');
  assert.equal((await bob.api(api.getRanking)).order, 'latest');
});

test('weights are changed one by one, belong to their preset, and are reset', async () => {
  const recent = { engagement: 0, affinity: 0, content: 0 };
  const mine = await alice.api(api.changeRanking, { body: { weights: recent } });
  assert.deepEqual(mine.weights, { ...api.PRESETS.balanced, ...recent });
  assert.equal(mine.changed, true);
  const ranked = await home(alice);
  assert.deepEqual(idsOf(ranked), idsOf(await home(alice, { order: 'latest' })));
  // Those that the preset has not are left aside; another preset begins with its own.
  const simple = await alice.api(api.changeRanking, {
    body: { preset: 'simple', weights: { likes: 7, content: 1 } },
  });
  assert.deepEqual(simple.weights, { ...api.PRESETS.simple, likes: 7 });
  const again = { preset: 'simple', weights: { likes: 1 } } as const;
  const unchanged = await alice.api(api.changeRanking, { body: again });
  assert.deepEqual(unchanged.weights, api.PRESETS.simple);
  assert.equal(unchanged.changed, false);
  const reset = await alice.api(api.resetRanking);
  assert.deepEqual([reset.preset, reset.changed, reset.order], ['balanced', false, 'ranked']);
  assert.deepEqual(await alice.api(api.resetRanking), reset);
});

test('why adds up, tells what it is by, and stands in the order of the feed', async () => {
  await Promise.all([publish(carol), publish(carol, 'of #otters', 30)]);
  for (const preset of ['balanced', 'simple'] as const) {
    await alice.api(api.changeRanking, { body: { preset } });
    const ids = idsOf(await home(alice));
    assert.ok(ids.length >= 4);
    const scores: number[] = [];
    for (const id of ids) {
      const told = await why(alice, id);
      assert.equal(told.preset, preset);
      assert.deepEqual(
        told.terms.map(({ name }) => name),
        Object.keys(api.PRESETS[preset]),
      );
      const sum = told.terms.reduce((all, { points }) => all + points, 0);
      assert.equal(
        told.factors.reduce((left, { factor }) => left * factor, sum),
        told.score,
      );
      scores.push(told.score);
    }
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    );
  }
  await alice.api(api.resetRanking);
});

test('why says how a post comes to the feed, and of hidden ones nothing', async () => {
  const own = await publish(alice);
  const tagged = await publish(dan, 'one of the #zebras');
  const other = await publish(dan);
  assert.deepEqual((await why(alice, own)).because, { kind: 'own', label: null });
  const [followed] = await home(alice, { order: 'latest' });
  assert.ok(followed);
  const ofBob = await publish(bob);
  assert.deepEqual((await why(alice, ofBob)).because, { kind: 'followed', label: 'bob' });
  assert.deepEqual((await why(alice, tagged)).because, { kind: 'not_followed', label: null });
  await server.ctx.db.query(
    'insert into hashtag_follows_by_person (person_id, tag, follow_id, created_at) values ($1, $2, 1, $3)',
    [alice.id, 'zebras', new Date()],
  );
  assert.deepEqual((await why(alice, tagged)).because, { kind: 'hashtag', label: 'zebras' });
  assert.deepEqual((await why(alice, other)).because, { kind: 'not_followed', label: null });
  await put.audience({ post_id: other }, 'close_friends');
  assert.equal((await refusal(why(alice, other))).code, 'post_not_found');
  const less = alice.api(api.wantLess, { body: { post_id: other, of: 'author' } });
  assert.equal((await refusal(less)).code, 'post_not_found');
});

test('likes that are hidden have no part in the order, and why does not tell them', async () => {
  const post = await publish(bob);
  await like(dan, post);
  const likesTold = async (person: Person) => {
    const told = await why(person, post);
    return told.terms
      .flatMap(({ facts }) => facts)
      .filter(({ name }) => name.startsWith('likes'))
      .map(({ value }) => Math.round(value));
  };
  assert.deepEqual(await likesTold(alice), [1, 1]);
  await server.ctx.db.query('update posts set likes_hidden = true where post_id = $1', [post]);
  server.ctx.db.touchLoosely(ofPost(post));
  assert.deepEqual(await likesTold(alice), [0, 0]);
  assert.deepEqual(await likesTold(bob), [1, 1]);
});

test('less of an author, a hashtag, photos: they sink, once, and come back', async () => {
  const [post, below] = [await publish(carol, 'a #tree'), await publish(bob)];
  const less = (of: api.LessOfKind, post_id = post) =>
    alice.api(api.wantLess, { body: { post_id, of } });
  const names = async () => (await why(alice, post)).factors.map(({ name }) => name);
  const once = await less('author');
  assert.deepEqual(
    once.less_of.map(({ kind, label }) => [kind, label]),
    [['author', 'carol']],
  );
  assert.deepEqual(await less('author'), once);
  assert.deepEqual(await names(), ['less_of_author']);
  const ids = idsOf(await home(alice));
  assert.ok(ids.indexOf(post) > ids.indexOf(below), 'it stands below what is as new');
  await less('hashtag');
  const all = await less('media');
  assert.deepEqual(
    all.less_of.map(({ label }) => label),
    ['carol', 'tree', 'photo'],
  );
  assert.deepEqual(await names(), ['less_of_author', 'less_of_hashtag', 'less_of_media']);
  assert.equal((await refusal(less('hashtag', below))).code, 'nothing_to_want_less_of');
  assert.equal(
    (await refusal(less('author', await publish(alice)))).code,
    'nothing_to_want_less_of',
  );
  const [first] = all.less_of;
  assert.ok(first);
  const params = { less_id: first.less_id };
  const left = await alice.api(api.wantAgain, { params });
  assert.deepEqual(await alice.api(api.wantAgain, { params }), left);
  assert.equal(left.less_of.length, 2);
  assert.deepEqual(await names(), ['less_of_hashtag', 'less_of_media']);
  // Who is not there for the viewer is not named.
  await less('author');
  await put.block(carol, alice);
  assert.deepEqual(
    (await alice.api(api.getRanking)).less_of.map(({ label }) => label),
    ['tree', 'photo'],
  );
  await put.unblock(carol, alice);
  assert.deepEqual((await alice.api(api.resetRanking)).less_of, []);
});

test('what was seen is told to be, and sinks at the next first page', async () => {
  const [top, ...others] = await home(alice);
  assert.ok(top && !top.viewer.seen && others.length > 3);
  await see(alice, top.post_id);
  const order = await home(alice);
  assert.equal(order.at(-1)?.post_id, top.post_id);
  assert.equal(order.at(-1)?.viewer.seen, true);
  assert.deepEqual((await why(alice, top.post_id)).factors, [
    { name: 'seen', factor: FACTORS.seen },
  ]);
  const latest = await home(alice, { order: 'latest' });
  assert.deepEqual(
    latest.filter(({ viewer }) => viewer.seen).map(({ post_id }) => post_id),
    [top.post_id],
  );
  assert.equal((await alice.see(top)).viewer.seen, false, 'told by the home feed only');
  // What is not for them is left aside in silence, like what does not exist.
  const hidden = await publish(dan);
  await put.audience({ post_id: hidden }, 'close_friends');
  assert.deepEqual(await see(alice, hidden, '1' as PostId), {});
  const rows = await server.ctx.db.query('select post_id from seen_posts where person_id = $1', [
    alice.id,
  ]);
  assert.equal(rows.length, 1);
});

test('a report that comes again changes nothing; of what was played, the most counts', async () => {
  const post = await publish(bob);
  await server.ctx.db.query("update media set kind = 'video' where post_id = $1", [post]);
  server.ctx.db.touchLoosely(ofPost(post));
  const report = (watched: number) =>
    alice.api(api.reportSeen, { body: { posts: [{ post_id: post, watched }] } });
  const known = async () => {
    const [row] = await server.ctx.db.query<{ viewed: number; watched: number }>(
      `select viewed, watched from content_preferences where person_id = $1 and medium = 'video'`,
      [alice.id],
    );
    return [row?.viewed.toFixed(3), row?.watched.toFixed(3)];
  };
  await report(0.3);
  assert.deepEqual(await known(), ['1.000', '0.300']);
  await Promise.all([report(0.3), report(0.3), report(0.1)]);
  assert.deepEqual(await known(), ['1.000', '0.300']);
  await Promise.all([report(0.7), report(0.7)]);
  assert.deepEqual(await known(), ['1.000', '0.700']);
});

test('what people do brings them closer, and taking it back takes that back', async () => {
  const post = await dan.published(dan.post());
  const close = async () => {
    const rows = await listAffinities(server.ctx.db, bob.id);
    return rows.find(({ other_id }) => other_id === dan.id)?.score ?? 0;
  };
  const reached = (score: number) =>
    until(async () => Math.abs((await close()) - score) < 0.01, `a score of ${score}`);
  await bob.like(post);
  await reached(1);
  await bob.comment(post, 'Lovely');
  await reached(4);
  await bob.unlike(post);
  await reached(3);
  await bob.profile(dan);
  await reached(3.5);
  await bob.profile(dan);
  const { facts } = (await why(bob, post.post_id)).terms[1] ?? {};
  assert.equal(facts?.[0]?.name, 'closeness');
  assert.ok(Math.abs((facts[0]?.value ?? 0) - 3.5) < 0.01);
});

test('pages stay as they are while posts arrive, are liked and seen: nothing is lost or doubled', async () => {
  const many = await Promise.all(Array.from({ length: 12 }, (_, n) => publish(bob, '', n)));
  for (const id of many.slice(3, 6)) await like(dan, id);
  const meanwhile = {
    arrives: () => publish(carol).then(() => {}),
    liked: () => like(dan, many[Math.floor(Math.random() * many.length)] as PostId).then(() => {}),
    seen: () => see(alice, ...many.slice(0, 3)).then(() => {}),
    elsewhere: () => home(alice, { limit: 5 }).then(() => {}),
    nothing: () => Promise.resolve(),
  };
  const names = Object.keys(meanwhile) as (keyof typeof meanwhile)[];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...names), { minLength: 4, maxLength: 10 }),
      fc.integer({ min: 3, max: 9 }),
      async (events, limit) => {
        const whole = idsOf(await home(alice));
        const read: PostId[] = [];
        let cursor: string | null | undefined;
        for (const event of [...events, ...names.map(() => 'nothing' as const)]) {
          const query: Query = { limit, ...(cursor ? { cursor } : {}) };
          const { data, pagination } = await alice.ask(homeFeed, { query });
          read.push(...idsOf(data));
          cursor = pagination?.next_cursor ?? null;
          if (cursor === null) break;
          // One more version would be the third since this reader began.
          await meanwhile[event === 'elsewhere' && read.length > limit ? 'nothing' : event]();
        }
        assert.equal(new Set(read).size, read.length, 'nothing twice');
        assert.deepEqual(read, whole.slice(0, read.length), 'nothing lost or moved');
      },
    ),
    { numRuns: 15 },
  );
});

test('below the ranked posts older ones follow, without a seam', async () => {
  const { ctx } = server;
  const rows = Array.from({ length: 560 }, (_, n) => composeId(Date.now() - n * 1000, 999, n));
  await ctx.db.transaction(async (tx) => {
    const values = [rows, dan.id, new Date()];
    await tx.query(
      `insert into posts (post_id, author_id, status, caption, created_at)
       select id, $2, 'published', '', $3 from unnest($1::bigint[]) as new (id)`,
      values,
    );
    await tx.query(
      'insert into post_counts (post_id, slot) select id, 0 from unnest($1::bigint[]) as new (id)',
      [rows],
    );
    await tx.query(
      'insert into posts_by_author (author_id, post_id) select $2, id from unnest($1::bigint[]) as new (id)',
      [rows, dan.id],
    );
    await tx.query(
      `insert into feed_entries (person_id, post_id, author_id)
       select $2, id, $2 from unnest($1::bigint[]) as new (id)`,
      [rows, dan.id],
    );
  });
  ctx.db.touchLoosely(ofHome(dan.id), ofPostsBy(dan.id));
  await dan.api(api.changeRanking, { body: { order: 'ranked' } });
  const read: PostId[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const { data, pagination } = await dan.ask(homeFeed, {
      query: { limit: 90, ...(cursor ? { cursor } : {}) },
    });
    read.push(...idsOf(data));
    cursor = pagination?.next_cursor ?? null;
  }
  assert.equal(new Set(read).size, read.length);
  assert.ok(rows.every((id) => read.includes(id as PostId)));
  const older = read.slice(500);
  assert.ok(older.length >= 60);
  assert.deepEqual(
    older,
    [...older].sort((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1)),
  );
  const last = Math.min(...read.slice(0, 500).map(idMillis));
  assert.ok(older.every((id) => idMillis(id) <= last));
});

test('a cursor is of its own reader and form, or none', async () => {
  const query = { limit: 2 };
  const { pagination } = await alice.ask(homeFeed, { query });
  const cursor = pagination?.next_cursor ?? '';
  assert.ok(cursor);
  const ask = (of: string, person = alice, order?: api.FeedOrder) =>
    person.ask(homeFeed, { query: { limit: 2, cursor: of, ...(order ? { order } : {}) } });
  await ask(cursor);
  await ask(cursor, alice, 'ranked');
  assert.equal((await refusal(ask(cursor, alice, 'latest'))).code, 'invalid_cursor');
  assert.equal((await refusal(ask(cursor, carol))).code, 'invalid_cursor');
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, version] = text.split(':');
  for (const forged of [
    `3:${version}:9999`,
    `3:${version}:-1`,
    `3:${version}:01`,
    `3:${version}:`,
    `3:1:0`,
    `3:0${version}:0`,
    `4:${version}:0`,
    `${text} `,
  ]) {
    assert.equal(
      (await refusal(ask(Buffer.from(forged).toString('base64url')))).code,
      'invalid_cursor',
    );
  }
});

test('a feed that cannot be kept is read in the order of time', async () => {
  const { db } = server.ctx;
  await publish(bob);
  await db.query('alter table ranked_feeds add constraint full_disk check (version < 0) not valid');
  try {
    assert.deepEqual(idsOf(await home(alice)), idsOf(await home(alice, { order: 'latest' })));
  } finally {
    await db.query('alter table ranked_feeds drop constraint full_disk');
  }
});

test('an order holds for minutes, and then time itself moves posts', async () => {
  await home(alice);
  const made = async () =>
    (
      await server.ctx.db.query<{ version: string }>(
        'select version from ranked_feeds where person_id = $1 order by version desc limit 1',
        [alice.id],
      )
    )[0]?.version;
  const before = await made();
  await home(alice);
  assert.equal(await made(), before);
  const { db } = server.ctx;
  await db.query(`update ranked_feeds set made_at = made_at - interval '6 minutes'`);
  db.touchLoosely(ofRanked(alice.id));
  await home(alice);
  assert.notEqual(await made(), before);
});
