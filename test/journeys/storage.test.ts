import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { getOriginal } from '../../api/media.ts';
import { archivePost } from '../../api/own-posts.ts';
import type { Post } from '../../api/posts.ts';
import { checkStorage, getStorage, listStorageFaults, type Storage } from '../../api/storage.ts';
import { readConfig } from '../../server/config.ts';
import type { Context } from '../../server/context.ts';
import { scrub } from '../../server/features/storage/scrub.ts';
import { SCRUB_BUCKETS } from '../../server/ports/blobs/blobs.ts';
import { type RunningServer, startServer } from '../../server/server.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { colourPicture, gradient, picture, type TestPicture } from '../pictures.ts';
import { holdClock } from '../server.ts';
import { until, within } from '../within.ts';

const DAY_MS = 24 * 3600 * 1000;
/** What a round may take where others use the same disk. */
const ROUND_MS = 180_000;
const never = new AbortController().signal;

/** A server with two places for files, that can be stopped and started again. */
class House {
  readonly folder: string;
  readonly errors: string[] = [];
  readonly #database: TestDatabase;
  readonly #roles: string;
  #server: RunningServer | undefined;

  private constructor(folder: string, database: TestDatabase, roles: string) {
    this.folder = folder;
    this.#database = database;
    this.#roles = roles;
  }

  static async open(roles = 'all'): Promise<House> {
    const folder = await mkdtemp(join(tmpdir(), 'aperto-storage-'));
    const house = new House(folder, await openTestDatabase(), roles);
    await house.start();
    return house;
  }

  get ctx(): Context {
    assert.ok(this.#server);
    return this.#server.ctx;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server?.port}`;
  }

  root(name: 'one' | 'two'): string {
    return join(this.folder, name);
  }

  async start(): Promise<void> {
    const settings = {
      DATA_DIR: join(this.folder, 'data'),
      BLOBS_URL: `file:${this.root('one')},${this.root('two')}`,
      DATABASE_URL: this.#database.url,
      HOST: '127.0.0.1',
      PORT: '0',
      LIMITS: 'off',
      ROLES: this.#roles,
      BUS_URL: 'postgres:',
      APERTO_SECRET: 'of this test alone '.repeat(3),
    };
    const log = pino({ level: 'error' }, { write: (line) => void this.errors.push(line) });
    this.#server = await startServer(readConfig(settings, this.folder), log);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Contents in a place, by their SHA-256, each with its files. */
  async contents(name: 'one' | 'two'): Promise<Map<string, string>> {
    const top = join(this.root(name), 'objects');
    const found = await readdir(top, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile());
    return new Map(
      files.map((entry) => [basename(entry.name), join(entry.parentPath, entry.name)]),
    );
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Fails unless both places hold the same contents, every one of them whole. */
async function demandWhole(house: House, hashes: readonly string[]): Promise<void> {
  for (const name of ['one', 'two'] as const) {
    const contents = await house.contents(name);
    for (const hash of hashes) {
      const path = contents.get(hash);
      assert.ok(path, `${name} has ${hash}`);
      assert.equal(sha256(await readFile(path)), hash, `${name}: ${hash} is whole`);
    }
  }
}

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  // In its place: the names of a file must go on naming it.
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, 0);
  await file.close();
}

/** Removes a content with everything that names it. */
async function lose(root: string, path: string): Promise<void> {
  const { ino } = await stat(path);
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  // What is just being written has a name of its own, for a moment.
  const kept = files.filter((one) => one.isFile() && basename(one.parentPath) !== 'tmp');
  for (const entry of kept) {
    const file = join(entry.parentPath, entry.name);
    if ((await stat(file)).ino === ino) await rm(file);
  }
}

async function photo(quality: number): Promise<TestPicture> {
  const bytes = await picture(gradient(1400, 1000)).jpeg({ quality }).toBuffer();
  return { name: `${quality}.jpg`, type: 'image/jpeg', bytes };
}

const storage = (admin: Person): Promise<Storage> => admin.api(getStorage);

/** Resolves when the last bucket of a round has been read; asking all the time would hold up the work. */
function lastBucket(
  { ctx: { blobs } }: House,
  halfway: () => Promise<void> = async () => {},
): Promise<void> {
  const { scrub: read } = blobs;
  const { promise, resolve } = Promise.withResolvers<void>();
  const heard: typeof read = async (bucket, signal) => {
    const report = await read.call(blobs, bucket, signal);
    if (bucket === SCRUB_BUCKETS / 2) await halfway();
    if (bucket === SCRUB_BUCKETS - 1) {
      Object.assign(blobs, { scrub: read });
      resolve();
    }
    return report;
  };
  Object.assign(blobs, { scrub: heard });
  return within(promise, 'the last bucket is read', ROUND_MS);
}

/** Asks for a round, and waits until it is through. */
async function checked(house: House, admin: Person): Promise<Storage> {
  const last = lastBucket(house);
  const begun = await admin.api(checkStorage);
  await last;
  const round = begun.rounds[0]?.round;
  let seen = begun;
  await until(async () => {
    seen = await storage(admin);
    return seen.rounds.some((one) => one.round === round && one.ended_at !== null);
  }, 'the round is through');
  return seen;
}

const original = (of: Person, post: Post) =>
  of.api(getOriginal, {
    params: { post_id: post.post_id, media_id: post.media[0]?.media_id as never },
  });

describe('a server with two places for files', () => {
  let house: House;
  let alice: Person;
  let bob: Person;
  let post: Post;
  before(async () => {
    house = await House.open();
    ({ alice, bob } = await cast(house.url, 'alice', 'bob'));
    post = await alice.published(alice.post([await photo(80), await photo(90)]));
    await bob.published(bob.post(colourPicture()));
  });
  after(async () => {
    for (const person of [alice, bob]) person.leave();
    await house.close();
  });

  test('finds flipped, cut and missing copies of originals and renditions in one round, and repairs them', async () => {
    const hashes = [...(await house.contents('one')).keys()].sort();
    assert.ok(hashes.length >= 2 * 7, `${hashes.length} contents`);
    await demandWhole(house, hashes);
    const damages = [
      flipBit,
      async (path: string) => truncate(path, 10),
      async (path: string) => writeFile(path, ''),
      async (path: string, root: string) => lose(root, path),
    ];
    for (const [index, hash] of hashes.entries()) {
      // Of every content one copy stays good, now here, now there.
      const name = index % 2 === 0 ? 'one' : 'two';
      const path = (await house.contents(name)).get(hash);
      assert.ok(path);
      await damages[index % damages.length]?.(path, house.root(name));
    }
    const { rounds, roots, copies_wanted } = await checked(house, alice);
    assert.equal(copies_wanted, 2);
    assert.deepEqual(
      roots.map(({ state, objects }) => [state, objects > 0]),
      [
        ['ok', true],
        ['ok', true],
      ],
    );
    const [round] = rounds;
    assert.ok(round && round.repaired >= hashes.length, `${round?.repaired} repaired`);
    assert.deepEqual([round.lost, round.done, round.pace], [0, 1, 'at_once']);
    assert.ok(round.files >= hashes.length && round.bytes > 100_000);
    await demandWhole(house, hashes);
    const faults = await alice.api(listStorageFaults, { query: { limit: 100 } });
    assert.equal(
      faults.reduce((sum, { outcome, copies }) => sum + (outcome === 'repaired' ? copies : 0), 0),
      round.repaired,
    );
    assert.deepEqual(house.errors, []);
    const again = await checked(house, alice);
    assert.deepEqual([again.rounds[0]?.repaired, again.rounds[0]?.lost], [0, 0], 'all is well now');
    assert.equal(again.rounds[0]?.round, round.round + 1);
  });

  test('an author learns where the original is, how it is kept, and gets it bit for bit', async () => {
    const told = await original(alice, post);
    const { bytes } = await photo(80);
    assert.deepEqual([told.content_type, told.size, told.copies], ['image/jpeg', bytes.length, 2]);
    assert.ok(told.checked_at && Math.abs(Date.now() - Date.parse(told.checked_at)) < 60_000);
    const answer = await fetch(house.url + told.url);
    assert.equal(sha256(Buffer.from(await answer.arrayBuffer())), sha256(bytes));
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      /^attachment; filename="aperto-[0-9]+\.jpg"$/,
    );
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; sandbox");
    const unsigned = await fetch(house.url + told.url.split('?')[0]);
    assert.equal(unsigned.status, 404);
  });

  test('nobody else does, and it is there for archived posts, not for deleted ones', async () => {
    assert.equal((await refusal(original(bob, post))).code, 'media_not_found');
    const params = { post_id: post.post_id };
    await alice.api(archivePost, { params });
    assert.equal((await original(alice, post)).copies, 2);
    assert.equal((await refusal(original(bob, post))).code, 'post_not_found');
    const other = await alice.published(alice.post(colourPicture()));
    await alice.delete(other);
    assert.equal((await refusal(original(alice, other))).code, 'post_not_found');
    const wrong = { ...post, media: [{ ...post.media[0], media_id: '1' }] } as unknown as Post;
    assert.equal((await refusal(original(alice, wrong))).code, 'media_not_found');
  });

  test('a file of which no good copy is left is told to the admin and in the log', async () => {
    const hash = sha256((await photo(90)).bytes);
    for (const name of ['one', 'two'] as const) {
      await flipBit((await house.contents(name)).get(hash) ?? '');
    }
    const { rounds } = await checked(house, alice);
    assert.equal(rounds[0]?.lost, 1);
    const [fault] = await alice.api(listStorageFaults, { query: { limit: 1 } });
    assert.equal(fault?.outcome, 'lost');
    assert.match(fault?.what ?? '', new RegExp(hash));
    assert.match(house.errors.splice(0).join(), /files are lost/);
    const answer = await alice.api(getOriginal, {
      params: { post_id: post.post_id, media_id: post.media[1]?.media_id as never },
    });
    assert.equal(answer.copies, 0);
  });

  test('only admins see it', async () => {
    for (const route of [getStorage, checkStorage, listStorageFaults]) {
      assert.equal((await refusal(bob.api(route))).code, 'forbidden');
    }
  });
});

test('an empty place in the stead of a lost one is filled at once, and says how far it is', async (t) => {
  const house = await House.open();
  t.after(() => house.close());
  const { alice } = await cast(house.url, 'alice');
  const post = await alice.published(alice.post(colourPicture()));
  const hashes = [...(await house.contents('one')).keys()];
  alice.leave();
  await house.stop();
  await rm(house.root('two'), { recursive: true });
  await house.start();
  alice.base = house.url;
  const states: unknown[] = [];
  await lastBucket(house, async () => {
    const { roots, rounds } = await storage(alice);
    const [first] = rounds;
    states.push(...roots.map(({ state, filled }) => [state, filled > 0.4 && filled < 0.6]));
    states.push(first && [first.pace, first.done > 0.4 && first.done < 0.6]);
  });
  assert.deepEqual(states, [
    ['ok', false],
    ['filling', true],
    ['at_once', true],
  ]);
  let seen = await storage(alice);
  await until(async () => {
    seen = await storage(alice);
    return (
      seen.roots.every(({ state }) => state === 'ok') && seen.rounds.some((one) => one.ended_at)
    );
  }, 'the place is filled');
  assert.equal(seen.rounds[0]?.pace, 'at_once');
  await demandWhole(house, hashes);
  assert.equal((await original(alice, post)).copies, 2);
  assert.deepEqual(await alice.api(listStorageFaults, { query: {} }), [], 'that is no fault');
  assert.deepEqual(house.errors, []);
});

describe('rounds', () => {
  let house: House;
  let alice: Person;
  const clock = holdClock();
  /** Buckets that were read. */
  const read: number[] = [];
  let stopAfter = Number.POSITIVE_INFINITY;
  let late: Context;
  before(async () => {
    // Without a worker: what it does is done here.
    house = await House.open('read,write,realtime,edge');
    ({ alice } = await cast(house.url, 'alice'));
    const { blobs } = house.ctx;
    const watched: Context['blobs'] = Object.create(blobs, {
      scrub: {
        value: async (bucket: number, signal: AbortSignal) => {
          if (read.length >= stopAfter) throw new Error('killed');
          read.push(bucket);
          return blobs.scrub(bucket, signal);
        },
      },
    });
    late = { ...house.ctx, clock, blobs: watched };
  });
  after(async () => {
    await house.close();
    assert.deepEqual(house.errors, []);
  });
  const inOrder = Array.from({ length: 256 }, (_, bucket) => bucket);

  test('are spread over the days that they may take, and follow each other', async () => {
    await scrub(late, never);
    assert.deepEqual(read, [0], 'a round begins at once');
    await scrub(late, never);
    assert.deepEqual(read, [0]);
    for (let look = 0; look < 6 * 24 * 7; look += 1) {
      clock.advance(DAY_MS / 24 / 6);
      const before = read.length;
      await scrub(late, never);
      assert.ok(read.length - before <= 1, `${read.length - before} in one go`);
    }
    assert.deepEqual(read.slice(0, 256), inOrder);
    assert.ok(read.length <= 257, 'the next round has just begun');
    const { rounds } = await storage(alice);
    assert.deepEqual(
      rounds.map(({ done, pace, ended_at }) => [done < 1, pace, ended_at === null]),
      [
        [true, 'spread', true],
        [false, 'spread', false],
      ],
    );
  });

  test('after a long pause catch up without hurry', async () => {
    read.length = 0;
    clock.advance(3 * DAY_MS);
    for (let minute = 0; minute < 60; minute += 1) {
      clock.advance(60_000);
      await scrub(late, never);
    }
    assert.ok(read.length >= 5 && read.length <= 8, `${read.length} buckets in an hour`);
  });

  test('go on where they were killed, and count nothing twice', async () => {
    await alice.api(checkStorage);
    read.length = 0;
    stopAfter = 100;
    await assert.rejects(scrub(late, never), /killed/);
    stopAfter = Number.POSITIVE_INFINITY;
    const halfway = (await storage(alice)).rounds[0];
    assert.ok(halfway && halfway.done < 1 && halfway.ended_at === null);
    // Two processes at once.
    await Promise.all([scrub(late, never), scrub(late, never)]);
    await scrub(late, never);
    const done = (await storage(alice)).rounds[0];
    assert.deepEqual([done?.round, done?.done], [halfway.round, 1]);
    assert.deepEqual([...new Set(read)], inOrder.slice(-new Set(read).size));
    assert.ok(read.length <= 256 + 1, 'at most one bucket was read twice');
  });

  test('are not begun twice by two who ask', async () => {
    const [one, two] = await Promise.all([alice.api(checkStorage), alice.api(checkStorage)]);
    assert.equal(one.rounds[0]?.round, two.rounds[0]?.round);
  });
});
