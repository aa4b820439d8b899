import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createDraft, deleteDraft, getDraft } from '../../api/drafts.ts';
import type { DraftId, MediaId, PostId, UploadId } from '../../api/ids.ts';
import { getOriginal } from '../../api/media.ts';
import { archivePost, listDeleted, restorePost, unarchivePost } from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import type { Post } from '../../api/posts.ts';
import { repostPost } from '../../api/reposts.ts';
import type { Context } from '../../server/context.ts';
import { mediaOfPosts } from '../../server/features/media/hydrate.ts';
import { originalKey, postPrefix, servedKey, userShard } from '../../server/features/media/keys.ts';
import { replaceRenditions } from '../../server/features/media/store.ts';
import { sweepUploads } from '../../server/features/media/sweep.ts';
import { processPost } from '../../server/features/posts/process.ts';
import { purgePost } from '../../server/features/privacy/purge-post.ts';
import { sweepOrphans } from '../../server/features/storage/orphans.ts';
import type { BlobKey } from '../../server/ports/blobs/blobs.ts';
import { cast, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import {
  type HeldClock,
  holdClock,
  openTestServer,
  type Settings,
  type TestServer,
} from '../server.ts';

const DAY_MS = 24 * 3600 * 1000;
const never = new AbortController().signal;

/** A server of today, and what it does by itself in the nights to come. */
interface House {
  readonly server: TestServer;
  readonly alice: Person;
  readonly bob: Person;
  readonly clock: HeldClock;
  readonly late: Context;
  close(): Promise<void>;
}

async function openHouse(settings: Settings = {}): Promise<House> {
  const server = await openTestServer({ settings });
  const { alice, bob } = await cast(server.url, 'alice', 'bob');
  const clock = holdClock();
  return {
    server,
    alice,
    bob,
    clock,
    late: { ...server.ctx, clock },
    async close() {
      for (const person of [alice, bob]) person.leave();
      await server.stop();
    },
  };
}

async function nights(house: House, count: number): Promise<void> {
  for (let night = 0; night < count; night += 1) {
    house.clock.advance(DAY_MS);
    await sweepUploads(house.late);
    await sweepOrphans(house.late, never);
  }
}

/** A file as a kill leaves it, written and named by nothing: an upload's, or one of a post. */
async function stray({ server, alice }: House, postId: PostId | null): Promise<BlobKey> {
  const bytes = randomBytes(64);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const id = server.ctx.ids.next<UploadId>();
  const key = postId
    ? servedKey(postPrefix('local', alice.id, postId), id, 'large', sha256.slice(0, 16), 'avif')
    : originalKey('local', alice.id, { uploadId: id, type: 'image/jpeg', sha256 });
  await server.ctx.blobs.write(key, bytes);
  return key;
}

const isThere = async ({ server }: House, key: BlobKey) =>
  (await server.ctx.blobs.stat(key)) !== null;

describe('files that nothing names', () => {
  let house: House;
  before(async () => {
    house = await openHouse();
  });
  after(async () => {
    await house.close();
    assert.deepEqual(house.server.errors, []);
  });

  test('go when they were nobody’s for two days, not sooner', async () => {
    const post = await house.alice.published(house.alice.post());
    const keys = [await stray(house, null), await stray(house, post.post_id)];
    // A post and a person that are gone, and a picture that was replaced.
    const { ids, blobs } = house.server.ctx;
    const gone = `local/00/${ids.next()}/${ids.next()}-v720-0-0123456789abcdef.m4s`;
    const face = `local/${userShard(house.alice.id)}/${house.alice.id}/avatar-medium-0123456789abcdef.jpg`;
    for (const key of [gone, face]) await blobs.write(key, Buffer.from('left over'));
    keys.push(gone, face);
    await nights(house, 2);
    for (const key of keys) assert.equal(await isThere(house, key), true, key);
    await nights(house, 1);
    for (const key of keys) assert.equal(await isThere(house, key), false, key);
    assert.equal((await fetch(house.server.url + post.media[0]?.url)).status, 200);
  });

  test('stay when their name is of no kind that the search knows', async () => {
    const key = 'local/00/exports/everything.zip';
    await house.server.ctx.blobs.write(key, Buffer.from('of a later version'));
    await nights(house, 4);
    assert.equal(await isThere(house, key), true);
  });

  test('stay when somebody has named them since', async () => {
    const post = await house.alice.published(house.alice.post());
    const key = await stray(house, post.post_id);
    await nights(house, 2);
    await name(house, post, key);
    await nights(house, 2);
    assert.equal(await isThere(house, key), true);
  });

  test('come back when somebody names them while they are removed', async () => {
    const post = await house.alice.published(house.alice.post());
    const key = await stray(house, post.post_id);
    await nights(house, 2);
    const blobs: Context['blobs'] = Object.create(house.late.blobs, {
      remove: {
        value: async (removed: BlobKey) => {
          await name(house, post, key);
          await house.late.blobs.remove(removed);
        },
      },
    });
    await nights({ ...house, late: { ...house.late, blobs } }, 1);
    assert.equal(await isThere(house, key), true);
  });

  test('are found by a search that was stopped and taken up again', async () => {
    const key = await stray(house, null);
    await nights(house, 2);
    house.clock.advance(DAY_MS);
    const { keys } = house.late.blobs;
    const stopping = new AbortController();
    const blobs: Context['blobs'] = Object.create(house.late.blobs, {
      keys: {
        value: async (...args: Parameters<typeof keys>) => {
          const page = await house.late.blobs.keys(...args);
          stopping.abort();
          return page;
        },
      },
    });
    await assert.rejects(sweepOrphans({ ...house.late, blobs }, stopping.signal));
    assert.equal(await isThere(house, key), true);
    await sweepOrphans(house.late, never);
    assert.equal(await isThere(house, key), false);
  });
});

/** What a job does that makes the same file anew. */
async function name({ server }: House, post: Post, key: BlobKey): Promise<void> {
  const [row] = (await mediaOfPosts(server.ctx.db, [post.post_id])).get(post.post_id) ?? [];
  assert.ok(row?.renditions);
  const { renditions, media_id } = row;
  const large = { ...renditions.large, avif: key };
  await server.ctx.db.transaction((tx) =>
    replaceRenditions(tx, post.post_id, media_id, { ...renditions, large }),
  );
}

test('what a post in work has written is not taken from it', async () => {
  const house = await openHouse({
    ROLES: 'read,write,realtime,edge',
    APERTO_SECRET: 'of this test alone '.repeat(3),
    BUS_URL: 'postgres:',
  });
  const post = await house.alice.confirm(await house.alice.upload(colourPicture()));
  const written = await stray(house, post.post_id);
  await nights(house, 4);
  assert.equal(await isThere(house, written), true);
  await processPost(house.server.ctx, post.post_id);
  await nights(house, 4);
  assert.equal(await isThere(house, written), false);
  assert.equal((await house.alice.see(post)).status, 'published');
  await house.close();
  assert.deepEqual(house.server.errors, []);
});

test('with a database that knows hardly any of the files nothing is removed', async () => {
  const house = await openHouse();
  const { blobs, ids } = house.server.ctx;
  const keys = Array.from({ length: 1200 }, () => `local/00/${ids.next()}/original.jpg`);
  for (const key of keys) await blobs.write(key, Buffer.from('of another database'));
  await nights(house, 4);
  for (const key of keys.slice(0, 20)) assert.equal(await isThere(house, key), true);
  assert.match(house.server.errors.join(), /nothing is removed/);
  await house.close();
});

const RUNS = 10;
const COMMANDS = 40;

/** What people have, as the plain model has it. */
class Model {
  readonly house: House;
  readonly live: Post[] = [];
  readonly archived: Post[] = [];
  readonly deleted: Post[] = [];
  readonly drafts: DraftId[] = [];
  readonly strays: BlobKey[] = [];
  avatar: string | null = null;

  constructor(house: House) {
    this.house = house;
  }

  /** Looks at everything as its owner can. */
  async check(): Promise<void> {
    const { alice } = this.house;
    for (const post of [...this.live, ...this.archived]) {
      const shown = await alice.see(post);
      for (const { media_id, sizes } of shown.media) {
        assert.ok(sizes);
        await this.demand(Object.values(sizes).flatMap(({ url, webp }) => [url, webp]));
        const params = { post_id: post.post_id, media_id: media_id as MediaId };
        await this.demand([(await alice.api(getOriginal, { params })).url]);
      }
    }
    const restorable = await alice.api(listDeleted, { query: { limit: 100 } });
    for (const { post_id } of this.deleted) {
      const found = restorable.find((one) => one.post_id === post_id);
      assert.ok(found);
      await this.demand(found.media.flatMap(({ url }) => url ?? []));
    }
    for (const draft_id of this.drafts) {
      const { pictures } = await alice.api(getDraft, { params: { draft_id } });
      await this.demand(pictures.map(({ url }) => url));
    }
    if (this.avatar) await this.demand([this.avatar]);
  }

  async demand(urls: readonly string[]): Promise<void> {
    for (const url of urls) {
      const answer = await fetch(this.house.server.url + url);
      await answer.arrayBuffer();
      assert.equal(answer.status, 200, url);
    }
  }
}

const take = <T>(list: T[], which: number): T | undefined =>
  list.length === 0 ? undefined : list.splice(which % list.length, 1)[0];
const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % list.length];

const DEEDS: Readonly<Record<string, (model: Model, which: number) => Promise<void>>> = {
  async post({ house: { alice }, live }) {
    live.push(await alice.published(alice.post()));
  },
  async archive({ house: { alice }, live, archived }, which) {
    const post = take(live, which);
    if (!post) return;
    await alice.api(archivePost, { params: { post_id: post.post_id } });
    archived.push(post);
  },
  async unarchive({ house: { alice }, live, archived }, which) {
    const post = take(archived, which);
    if (!post) return;
    await alice.api(unarchivePost, { params: { post_id: post.post_id } });
    live.push(post);
  },
  async delete({ house: { alice }, live, archived, deleted }, which) {
    const post = take(which % 2 === 0 ? live : archived, which);
    if (!post) return;
    await alice.delete(post);
    deleted.push({ ...post, archived_at: which % 2 === 0 ? null : 'then' });
  },
  async restore({ house: { alice }, live, archived, deleted }, which) {
    const post = take(deleted, which);
    if (!post) return;
    await alice.api(restorePost, { params: { post_id: post.post_id } });
    (post.archived_at ? archived : live).push(post);
  },
  async purge({ house: { late }, deleted }, which) {
    const post = take(deleted, which);
    const clock = holdClock(Date.now() + 31 * DAY_MS);
    if (post) await purgePost({ ...late, clock }, post.post_id);
  },
  async repost({ house: { bob }, live }, which) {
    const post = pick(live, which);
    if (post) await bob.api(repostPost, { params: { post_id: post.post_id }, body: {} });
  },
  async draft({ house: { alice }, drafts }) {
    if (drafts.length > 5) return;
    const media = (await alice.upload(colourPicture())).map(({ upload_id }) => ({ upload_id }));
    drafts.push((await alice.api(createDraft, { body: { media } })).draft_id);
  },
  async endDraft({ house: { alice }, drafts }, which) {
    const draft_id = take(drafts, which);
    if (draft_id) await alice.api(deleteDraft, { params: { draft_id } });
  },
  async abandon({ house: { alice } }) {
    await alice.upload(colourPicture());
  },
  async avatar(model) {
    const { alice } = model.house;
    const [upload] = await alice.upload(colourPicture());
    const line = await alice.line();
    const params = { username: alice.username };
    const body = { profile_picture_upload_id: upload?.upload_id ?? null };
    await alice.api(editProfile, { params, body });
    model.avatar = (await line.next('profile.updated')).profile_picture;
    line.close();
  },
  async strayUpload({ house, strays }) {
    strays.push(await stray(house, null));
  },
  async strayOfPost({ house, strays, live, deleted }, which) {
    const post = pick([...live, ...deleted], which);
    if (post) strays.push(await stray(house, post.post_id));
  },
  async night(model) {
    await nights(model.house, 1);
    await model.check();
  },
};

test('what people see, can finish or bring back is never swept, and what nobody names is', async (t) => {
  const house = await openHouse();
  const command = fc.record({ kind: fc.constantFrom(...Object.keys(DEEDS)), which: fc.nat() });
  const commands = fc.array(command, { minLength: COMMANDS / 2, maxLength: COMMANDS });
  const property = fc.asyncProperty(commands, async (list) => {
    const model = new Model(house);
    for (const { kind, which } of list) await DEEDS[kind]?.(model, which);
    await nights(house, 3);
    await model.check();
    for (const key of model.strays) assert.equal(await isThere(house, key), false, key);
    while (model.drafts.length > 0) await DEEDS.endDraft?.(model, 0);
  });
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`seed ${seed}`);
  try {
    await fc.assert(property, { numRuns: RUNS, seed, endOnFailure: true });
  } finally {
    await house.close();
  }
  assert.deepEqual(house.server.errors, []);
});
