import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { homeFeed } from '../../api/feed.ts';
import { addCloseFriend, block, mute, unblock, unmute } from '../../api/graph.ts';
import { logout } from '../../api/people.ts';
import { createPlace } from '../../api/places.ts';
import { editPost, type Post } from '../../api/posts.ts';
import { changeRanking, reportSeen } from '../../api/ranking.ts';
import { repostPost } from '../../api/reposts.ts';
import { savePost } from '../../api/saves.ts';
import { cast, type Person } from '../../test/cast.ts';
import { pathOf } from '../../test/client.ts';
import { LaneReader, ORDINARY, withoutTimes } from '../../test/lane-reader.ts';
import { colourPicture } from '../../test/pictures.ts';
import { becomeVideo } from '../../test/published-videos.ts';
import { holdClock, openTestServer, type TestServer } from '../../test/server.ts';
import { within } from '../../test/within.ts';
import { ofPost } from '../kernel/touch-keys.ts';

const PATH = pathOf(homeFeed);
const HOME = `${PATH}?order=latest`;
const SECRET = 'one that two servers of a test have in common';
const clock = holdClock();
let server: TestServer;
let people: Record<'alice' | 'bob' | 'carol' | 'dan' | 'eve', Person>;
let reader: LaneReader;

before(async () => {
  server = await openTestServer({ clock, settings: { APERTO_SECRET: SECRET } });
  reader = new LaneReader(server.url);
  people = await cast(server.url, 'alice', 'bob', 'carol', 'dan', 'eve');
  await populate(people);
});
after(async () => {
  reader.close();
  for (const person of Object.values(people)) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** Posts of every kind, and people who stand to each other in many ways. */
async function populate({ alice, bob, carol, dan, eve }: typeof people) {
  for (const reader of [bob, carol, dan, eve]) await reader.follow(alice);
  for (const reader of [alice, carol, dan]) await reader.follow(bob);
  const post = (by: Person, wish = {}, pictures = 1) =>
    by.published(by.post(Array.from({ length: pictures }, colourPicture), wish));
  const { place_id } = await alice.api(createPlace, {
    body: { name: 'Fähre "Süd"', latitude: 53.5, longitude: 10 },
  });
  const plain = await post(alice, { caption: 'Plain \u2028 "quoted" \\ 🛥 #harbour #Licht' });
  const several = await post(alice, { caption: '@bob and @dan', place_id }, 3);
  await post(alice, {
    media: [{ alt: 'Bob', tagged: [{ username: 'bob', x: 0.25, y: 1 / 3 }] }],
  });
  await post(alice, { likes_hidden: true, comments_off: true });
  await post(alice, { audience: 'followers', caption: 'For followers' });
  await alice.api(addCloseFriend, { params: { username: 'carol' } });
  await post(alice, { audience: 'close_friends', caption: 'For close friends' });
  const film = await post(alice, { caption: 'A film' });
  const video = { bytes: Buffer.from('no film'), duration: 12.5, width: 360, height: 640 };
  await becomeVideo(server.ctx, film, video, { captions: { en: 'WEBVTT' } });
  server.ctx.db.touchLoosely(ofPost(film.post_id));
  await bob.api(repostPost, { params: { post_id: plain.post_id }, body: {} });
  const hidden = await post(bob, { likes_hidden: true, caption: 'Edited soon' });
  await bob.api(editPost, {
    params: { post_id: hidden.post_id },
    body: {
      caption: 'Edited',
      media: [{ media_id: hidden.media[0]?.media_id ?? '', alt: 'x' }],
    } as never,
  });
  for (const one of [carol, dan]) await one.like(hidden);
  await carol.like(plain);
  await carol.comment(plain, 'Fine');
  await carol.api(reportSeen, { body: { posts: [{ post_id: several.post_id }] } });
  await dan.api(savePost, { params: { post_id: several.post_id } });
  await dan.api(block, { params: { username: 'bob' } });
}

const get = (token: string, path = HOME, headers: Record<string, string> = {}) =>
  reader.get(token, path, headers);

/** Answers from memory, in one write. */
const warm = (token: string, path = HOME) => reader.warm(token, path);

/** The same of both, once nothing comes in between: what a follow brings comes a little later. */
async function demandSame(token: string, what: string): Promise<void> {
  let ordinary = String((await get(token, HOME, ORDINARY)).body);
  for (;;) {
    const ready = String((await get(token)).body);
    const after = String((await get(token, HOME, ORDINARY)).body);
    if (ordinary === after) return assert.equal(ready, ordinary, what);
    ordinary = after;
  }
}

async function postsOf(token: string): Promise<Post[]> {
  return JSON.parse(String((await get(token)).body)).data;
}

describe('the fast lane of the feed', () => {
  it('sends to the byte what the ordinary route sends, to everyone, page by page', async () => {
    const kinds = new Set<string>();
    for (const { token, username } of Object.values(people)) {
      for (const limit of [2, 20]) {
        const ranked = `${PATH}?order=ranked&limit=${limit}`;
        const ordinary = await get(token, ranked, ORDINARY);
        const ready = await warm(token, ranked);
        assert.equal(String(ready.body), String(ordinary.body), `${username} ${ranked}`);
        assert.deepEqual(withoutTimes(ready), withoutTimes(ordinary));
      }
      for (const limit of [1, 3, 20, 50]) {
        let cursor: string | null = null;
        do {
          const path = `${HOME}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`;
          const ordinary = await get(token, path, ORDINARY);
          assert.equal(ordinary.isFast, false);
          for (let round = 0; round < 3; round += 1) {
            const ready = await get(token, path);
            assert.equal(String(ready.body), String(ordinary.body), `${username} ${path}`);
            assert.deepEqual(withoutTimes(ready), withoutTimes(ordinary));
          }
          const { data, pagination } = JSON.parse(String(ordinary.body));
          for (const post of data as Post[]) for (const kind of kindsOf(post)) kinds.add(kind);
          cursor = pagination.next_cursor;
        } while (cursor !== null);
      }
    }
    assert.deepEqual([...kinds].sort(), ALL_KINDS);
  });

  it('sends the same when nothing of the reader is kept', async () => {
    const other = await openTestServer({
      clock,
      settings: {
        APERTO_SECRET: SECRET,
        DATABASE_URL: server.ctx.config.databaseUrl ?? '',
        NEAR_VIEWERS: 'off',
        NEAR_PAGES: 'off',
      },
    });
    const cold = new LaneReader(other.url);
    try {
      const readers = Object.values(people);
      const pages: string[] = [];
      for (const { token } of readers) {
        for (const limit of [1, 3, 20, 50]) {
          let cursor: string | null = null;
          do {
            const path = `${HOME}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`;
            const ordinary = await get(token, path, ORDINARY);
            const body = String(ordinary.body);
            for (let round = 0; round < 2; round += 1) {
              assert.equal(String((await cold.get(token, path)).body), body, path);
            }
            pages.push(body);
            cursor = JSON.parse(body).pagination.next_cursor;
          } while (cursor !== null);
        }
      }
      assert.ok(pages.length > readers.length * 4);
    } finally {
      cold.close();
      await other.stop();
      assert.deepEqual(other.errors, []);
    }
  });

  it('answers from memory in the end', async () => {
    for (const { token } of Object.values(people)) await warm(token);
  });

  it('sends the same through gzip, with the headers of the ordinary route', async () => {
    for (const { token } of Object.values(people)) {
      const plain = await get(token, HOME, ORDINARY);
      if (plain.body.length < 1024) continue;
      const packed = await get(token, HOME, { 'accept-encoding': 'gzip, deflate, br' });
      assert.equal(packed.headers['content-encoding'], 'gzip');
      assert.equal(packed.headers.vary, 'accept-encoding');
      assert.equal(String(gunzipSync(packed.body)), String(plain.body));
      const {
        'content-encoding': _,
        vary,
        'content-length': length,
        ...rest
      } = withoutTimes(packed);
      const { 'content-length': __, ...others } = withoutTimes(plain);
      assert.deepEqual(rest, others);
      assert.equal(Number(length), packed.body.length);
    }
  });

  it('shares no part that says who looks', async () => {
    // The same posts for two who see them alike: what differs is only what they have marked.
    const [carol, dan] = await Promise.all([
      postsOf(people.carol.token),
      postsOf(people.dan.token),
    ]);
    const [hers, his] = [carol, dan].map((posts) =>
      posts.find((one) => one.caption.startsWith('Plain')),
    );
    assert.equal(hers?.viewer.liked, true);
    assert.equal(his?.viewer.liked, false);
    assert.deepEqual({ ...hers, viewer: null }, { ...his, viewer: null });
  });

  it('is as fresh as the ordinary route after every change', async () => {
    const { alice, bob, carol, dan } = people;
    const [first] = await postsOf(carol.token);
    assert.ok(first);
    const changes: [string, () => Promise<unknown>][] = [
      ['a like', () => carol.like(first)],
      ['a like of another', () => alice.like(first)],
      ['no like', () => carol.unlike(first)],
      ['a comment', () => carol.comment(first, 'More')],
      ['a mute', () => carol.api(mute, { params: { username: 'bob' }, body: {} as never })],
      ['no mute', () => carol.api(unmute, { params: { username: 'bob' } })],
      ['a block', () => bob.api(block, { params: { username: 'carol' } })],
      ['no block', () => bob.api(unblock, { params: { username: 'carol' } })],
      ['a follow', () => carol.follow(bob)],
      ['an unfollow', () => carol.unfollow(alice)],
      ['a follow again', () => carol.follow(alice)],
      ['a new post', () => bob.published(bob.post(undefined, { caption: 'New' }))],
      [
        'an edit',
        async () => {
          const mine = (await postsOf(alice.token)).find(({ viewer }) => viewer.is_author);
          const params = { post_id: mine?.post_id ?? first.post_id };
          await alice.api(editPost, { params, body: { caption: 'Said anew' } });
        },
      ],
      [
        'a delete',
        async () => {
          const mine = (await postsOf(alice.token)).find(({ viewer }) => viewer.is_author);
          if (mine) await alice.delete(mine);
        },
      ],
    ];
    for (const [what, change] of changes) {
      for (const { token } of [carol, dan, alice]) await warm(token);
      await change();
      for (const { token, username } of [carol, dan, alice]) {
        await demandSame(token, `${what}: ${username}`);
      }
    }
  });

  it('asks what the person has chosen', async () => {
    const { dan } = people;
    await warm(dan.token, PATH);
    await dan.api(changeRanking, { body: { order: 'ranked' } });
    const ranked = await warm(dan.token, PATH);
    assert.equal(String(ranked.body), String((await get(dan.token, PATH, ORDINARY)).body));
    assert.notEqual(String(ranked.body), String((await get(dan.token)).body));
    await warm(dan.token);
    await dan.api(changeRanking, { body: { order: 'latest' } });
    const [chosen, asked] = [await warm(dan.token, PATH), await warm(dan.token)];
    assert.equal(String(chosen.body), String(asked.body));
  });

  it('gives new addresses of closed pictures in time', async () => {
    const { carol } = people;
    const addresses = async (headers = {}) =>
      /\/media\/[^"]*until=\d+[^"]*/.exec(
        String((await get(carol.token, HOME, headers)).body),
      )?.[0];
    for (let step = 0; step < 6; step += 1) {
      await warm(carol.token);
      assert.equal(await addresses(), await addresses(ORDINARY));
      clock.advance(40_000);
    }
  });

  it('leaves to the ordinary route what is unusual', async () => {
    const { token } = people.carol;
    await warm(token);
    const unusual: [string, Record<string, string>, number][] = [
      [`${HOME}&limit=0`, {}, 400],
      [`${HOME}&limit=101`, {}, 400],
      [`${HOME}&limit=020`, {}, 400],
      [`${HOME}&limit=2&limit=3`, {}, 400],
      [`${HOME}&page=2`, {}, 400],
      [`${HOME}&cursor=x`, {}, 400],
      [`${PATH}?order=random`, {}, 400],
      [`${PATH}/`, {}, 404],
      [`${PATH}x`, {}, 404],
      [`${HOME}&limit=%32`, {}, 200],
      [HOME, { authorization: 'Bearer x' }, 401],
      [HOME, { authorization: `Basic ${token}` }, 401],
      [HOME, { 'accept-encoding': 'br' }, 200],
      [HOME, { 'accept-encoding': 'identity;q=0' }, 200],
      [HOME, { 'content-length': '0' }, 200],
      [HOME, ORDINARY, 200],
    ];
    for (const [path, headers, status] of unusual) {
      const got = await get(token, path, headers);
      assert.deepEqual(
        [got.status, got.isFast],
        [status, false],
        `${path} ${JSON.stringify(headers)}`,
      );
    }
    const head = await fetch(server.url + HOME, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
  });

  it('refuses an expired token, and one whose session has ended, at once', async () => {
    const { eve } = people;
    await warm(eve.token);
    const { refresh_token } = eve.session;
    await eve.api(logout, { body: { refresh_token: refresh_token ?? '' } });
    assert.equal((await get(eve.token)).status, 401);
    const { token } = people.carol;
    await warm(token);
    clock.advance(3_600_000);
    const late = await get(token);
    assert.equal(JSON.parse(String(late.body)).error.code, 'access_token_expired');
    clock.advance(-3_600_000);
  });

  it('keeps the order of a line, whoever answers', async () => {
    const { token } = people.carol;
    await warm(token);
    const line = new Line();
    const ask = (path: string, more = '') =>
      `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n${more}\r\n`;
    // The ordinary route waits for the database, the lane for nothing.
    const paths = ['/api/v1/users/alice', HOME, HOME, '/health', `${HOME}&limit=1`, HOME];
    for (let round = 0; round < 3; round += 1) {
      line.socket.write(paths.map((path) => ask(path)).join(''));
      const bodies: string[] = [];
      for (const _ of paths) bodies.push(await line.body());
      assert.match(bodies[0] ?? '', /"username":"alice"/);
      assert.equal(JSON.parse(bodies[4] ?? '').data.length, 1);
      for (const n of [1, 2, 5]) assert.equal(bodies[n], bodies[1]);
      assert.ok(JSON.parse(bodies[1] ?? '').data.length > 1);
    }
    line.socket.write(ask(HOME, 'Connection: close\r\n'));
    await line.body();
    await within(once(line.socket, 'close'), 'the end of the line');
  });
});

function kindsOf(post: Post): string[] {
  const { media } = post;
  const kinds: [string, unknown][] = [
    ['closed pictures', media[0]?.url?.includes('signature=')],
    ['comments off', post.comments_off],
    ['edited', post.edited_at],
    ['likes hidden from others', post.likes_hidden && !post.viewer.is_author],
    ['likes shown to the author', post.likes_hidden && post.viewer.is_author],
    ['location', post.location],
    ['mentions', post.mentions.length === 2],
    ['mentions of whom one may see', post.mentions.length === 1],
    ['repost', post.reposted],
    ['saved', post.viewer.saved],
    ['seen', post.viewer.seen],
    ['several pictures', media.length > 1],
    ['tagged', post.tagged.length > 0],
    ['video', media[0]?.video],
  ];
  return kinds.flatMap(([kind, is]) => (is ? [kind] : []));
}

const ALL_KINDS = [
  'closed pictures',
  'comments off',
  'edited',
  'likes hidden from others',
  'likes shown to the author',
  'location',
  'mentions',
  'mentions of whom one may see',
  'repost',
  'saved',
  'seen',
  'several pictures',
  'tagged',
  'video',
];

/** Answers on a line by hand. */
class Line {
  readonly socket: Socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  #bytes = Buffer.alloc(0);

  async body(): Promise<string> {
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      const head = this.#bytes.toString('latin1', 0, Math.max(0, end));
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (end >= 0 && this.#bytes.length >= end + 4 + length) {
        const body = String(this.#bytes.subarray(end + 4, end + 4 + length));
        this.#bytes = this.#bytes.subarray(end + 4 + length);
        return body;
      }
      const [chunk] = await within(once(this.socket, 'data'), 'an answer');
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    }
  }
}
