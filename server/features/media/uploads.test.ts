import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pino } from 'pino';
import type { ErrorCode } from '../../../api/errors.ts';
import type { MediaId, PersonId, PostId, UploadId } from '../../../api/ids.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { gradient, picture } from '../../../test/pictures.ts';
import { readConfig } from '../../config.ts';
import type { Context } from '../../context.ts';
import { createIdSource } from '../../kernel/ids.ts';
import { Problem } from '../../kernel/problem.ts';
import { openFileBlobs } from '../../ports/blobs/file.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { openForkedSandbox } from '../../ports/sandbox/forked.ts';
import { mediaOfPosts } from './hydrate.ts';
import { renderPicture } from './render.ts';
import {
  editAlt,
  findFiles,
  insertMedia,
  removeBlobs,
  removeMediaOfPost,
  saveRendered,
} from './store.ts';
import { sweepUploads } from './sweep.ts';
import { askUploads, checkUploads, useUploads } from './uploads.ts';
import { findUploads } from './uploads-store.ts';
import { mediaUrl, mediaView } from './view.ts';

const alice = '1001' as PersonId;
const bob = '1002' as PersonId;
const HOUR_MS = 3_600_000;
/** Where the bytes of an upload go. */
async function originalOfUpload(q: Queryable, personId: PersonId, id: UploadId) {
  const [row] = await findUploads(q, personId, [id]);
  return row?.blob_key ?? null;
}

const jpeg = await picture(gradient(120, 80)).jpeg().toBuffer();

let time = Date.UTC(2026, 5, 1);
let root: string;
let database: TestDatabase;
/** All of the context that this feature reaches. */
let ctx: Context;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'aperto-uploads-'));
  database = await openTestDatabase();
  const clock = { now: () => new Date(time), millis: () => time };
  const log = pino({ level: 'silent' });
  const lease = { worker: 1, fromMs: 0, untilMs: () => Number.MAX_SAFE_INTEGER, renew() {} };
  ctx = {
    db: database.db,
    blobs: await openFileBlobs({
      roots: [root],
      secret: new Uint8Array(32),
      clock,
      log,
      publicPath: '/uploads',
    }),
    sandbox: openForkedSandbox({ log }),
    clock,
    log,
    ids: createIdSource(lease, clock.millis),
    config: readConfig({ REGION: 'eu-1' }, root),
  } as Context;
});
after(async () => {
  await ctx.sandbox.close();
  await database.drop();
  await rm(root, { recursive: true });
});

function announce(bytes: Buffer, content_type = 'image/jpeg') {
  const checksum_sha256 = createHash('sha256').update(bytes).digest('hex');
  return { content_type, size: bytes.length, checksum_sha256 };
}

/** Asks for an upload and, unless told not to, brings the bytes. */
async function upload(
  person: PersonId,
  bytes = jpeg,
  { type = 'image/jpeg', send = true } = {},
): Promise<UploadId> {
  const [grant] = await askUploads(ctx, ctx.db, person, [announce(bytes, type)]);
  assert.ok(grant);
  const key = await originalOfUpload(ctx.db, person, grant.upload_id);
  assert.ok(key);
  if (send) await ctx.blobs.write(key, bytes);
  return grant.upload_id;
}

function use(person: PersonId, ids: readonly UploadId[], postId: PostId | null) {
  return ctx.db.transaction((tx) => useUploads(ctx, tx, person, ids, postId));
}

async function refuses(work: Promise<unknown>, code: ErrorCode, uploadId?: UploadId) {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, code);
    assert.equal(error.details?.upload_id, uploadId);
    return true;
  });
}

describe('asking for uploads', () => {
  it('gives an address for each file, in their order', async () => {
    const grants = await askUploads(ctx, ctx.db, alice, [
      announce(jpeg),
      announce(Buffer.from('b'), 'image/png'),
      announce(Buffer.from('c'), 'image/webp'),
    ]);
    assert.equal(new Set(grants.map((grant) => grant.upload_id)).size, 3);
    const extensions = ['jpg', 'png', 'webp'];
    for (const [i, { upload_id, url, method, headers, expires_at }] of grants.entries()) {
      const path = `^/uploads/eu-1/[0-9a-f]{2}/${upload_id}/original-[0-9a-f]{64}\\.${extensions[i]}\\?`;
      assert.match(url, new RegExp(path));
      assert.equal(method, 'PUT');
      assert.deepEqual(Object.keys(headers), ['content-type']);
      const left = new Date(expires_at).getTime() - time;
      assert.ok(left <= 300_000 && left > 299_000);
    }
  });

  it('refuses types that are not taken, and says which are', async () => {
    for (const type of ['image/tiff', 'image/svg+xml', 'text/html', 'IMAGE/JPEG', '']) {
      const asked = askUploads(ctx, ctx.db, alice, [announce(jpeg), announce(jpeg, type)]);
      await assert.rejects(asked, /image\/jpeg, image\/png, image\/webp/);
      await refuses(asked, 'media_unsupported');
    }
  });
});

describe('checking uploads', () => {
  it('gives size and place of each, in the order that was asked for', async () => {
    const png = await picture(gradient(40, 60)).png().toBuffer();
    const first = await upload(alice);
    const second = await upload(alice, png, { type: 'image/png' });
    const checked = await checkUploads(ctx, alice, [second, first]);
    assert.deepEqual(
      checked.map(({ uploadId, width, height }) => [uploadId, width, height]),
      [
        [second, 40, 60],
        [first, 120, 80],
      ],
    );
    const keys = checked.map((found) => found.originalKey);
    assert.deepEqual(await ctx.blobs.read(keys[1] ?? ''), jpeg);
  });

  it('tells nothing of the uploads of others', async () => {
    const hers = await upload(alice);
    await refuses(checkUploads(ctx, bob, [hers]), 'upload_not_found', hers);
    const none = '12345' as UploadId;
    await refuses(checkUploads(ctx, bob, [none]), 'upload_not_found', none);
    assert.equal(await originalOfUpload(ctx.db, bob, hers), null);
  });

  it('refuses what has not arrived, and says which', async () => {
    const here = await upload(alice);
    const missing = await upload(alice, jpeg, { send: false });
    await refuses(checkUploads(ctx, alice, [here, missing]), 'upload_incomplete', missing);
    const key = await originalOfUpload(ctx.db, alice, missing);
    await ctx.blobs.write(key ?? '', jpeg.subarray(0, 100));
    await refuses(checkUploads(ctx, alice, [missing]), 'upload_incomplete', missing);
  });

  it('refuses what is no whole picture of its type, and says which', async () => {
    const text = await upload(alice, Buffer.from('I am a text, named .jpg'));
    await refuses(checkUploads(ctx, alice, [text]), 'media_type_mismatch', text);
    const png = await picture(gradient(40, 60)).png().toBuffer();
    const named = await upload(alice, png);
    await refuses(checkUploads(ctx, alice, [named]), 'media_type_mismatch', named);
    const cut = await upload(alice, jpeg.subarray(0, jpeg.length >> 1));
    await refuses(checkUploads(ctx, alice, [cut]), 'media_broken', cut);
  });
});

describe('using uploads', () => {
  it('happens once', async () => {
    const id = await upload(alice);
    await use(alice, [id], '5' as PostId);
    await refuses(use(alice, [id], '6' as PostId), 'upload_used', id);
    await refuses(checkUploads(ctx, alice, [id]), 'upload_used', id);
  });

  it('happens once when two ask at the same time, and the other has no effect', async () => {
    const [a, b, c] = [await upload(alice), await upload(alice), await upload(alice)];
    const results = await Promise.allSettled([
      use(alice, [a, b], '7' as PostId),
      use(alice, [c, b], '8' as PostId),
    ]);
    assert.deepEqual(results.map((r) => r.status).sort(), ['fulfilled', 'rejected']);
    const loser = results[0]?.status === 'rejected' ? a : c;
    assert.equal((await checkUploads(ctx, alice, [loser])).length, 1);
  });

  it('is not possible for others, and without a post for a profile picture', async () => {
    const id = await upload(alice);
    await refuses(use(bob, [id], null), 'upload_used', id);
    await use(alice, [id], null);
    await refuses(use(alice, [id], '9' as PostId), 'upload_used', id);
  });
});

describe('the media of posts', () => {
  async function addMedia(postId: PostId, ids: readonly UploadId[]): Promise<MediaId[]> {
    const checked = await checkUploads(ctx, alice, ids);
    const mediaIds = checked.map(() => ctx.ids.next<MediaId>());
    await ctx.db.transaction(async (tx) => {
      await insertMedia(
        tx,
        checked.map((found, position) => ({
          postId,
          mediaId: mediaIds[position] ?? ('' as MediaId),
          position,
          upload: found,
          alt: `picture ${position}`,
          crop: position === 1 ? { x: 0.25, y: 0, width: 0.5, height: 1 } : null,
          at: ctx.clock.now(),
        })),
      );
    });
    return mediaIds;
  }

  it('are shown in their order, without addresses until they are rendered', async () => {
    const [one, two] = ['21', '22'] as PostId[] as [PostId, PostId];
    const ids = await addMedia(one, [await upload(alice), await upload(alice)]);
    await addMedia(two, [await upload(alice)]);
    const found = await mediaOfPosts(ctx.db, [two, one, '23' as PostId]);
    assert.deepEqual([...found.keys()].sort(), [one, two]);
    const views = found.get(one)?.map((row) => mediaView(row, mediaUrl)) ?? [];
    assert.deepEqual(
      views.map((view) => view.media_id),
      ids,
    );
    assert.deepEqual(views[1], {
      media_id: ids[1],
      type: 'image',
      url: null,
      width: 60,
      height: 80,
      alt: 'picture 1',
      thumbhash: null,
      dominant_color: null,
      sizes: null,
      video: null,
    });
    assert.deepEqual(found.get(one)?.[1]?.crop, { x: 0.25, y: 0, width: 0.5, height: 1 });
    assert.equal((await mediaOfPosts(ctx.db, [])).size, 0);
  });

  it('get renditions and alt texts, and go with all their files', async () => {
    const post = '31' as PostId;
    const [id] = await addMedia(post, [await upload(alice)]);
    assert.ok(id);
    const [row] = (await mediaOfPosts(ctx.db, [post])).get(post) ?? [];
    assert.ok(row);
    const rendered = await renderPicture(ctx, {
      originalKey: row.original_key,
      crop: row.crop,
      prefix: `eu-1/0a/${post}`,
      name: id,
    });
    const change = await ctx.db.transaction(async (tx) => [
      await saveRendered(tx, post, id, rendered),
      await editAlt(tx, post, id, 'a bird'),
      await saveRendered(tx, '32' as PostId, id, rendered),
      await editAlt(tx, '32' as PostId, id, 'a fish'),
    ]);
    assert.deepEqual(change, [true, true, false, false]);
    const [saved] = (await mediaOfPosts(ctx.db, [post])).get(post) ?? [];
    assert.ok(saved);
    const view = mediaView(saved, mediaUrl);
    assert.equal(view.alt, 'a bird');
    assert.equal(view.url, `/media/${rendered.renditions.large.jpeg}`);
    assert.equal(view.sizes?.thumbnail.webp, `/media/${rendered.renditions.thumbnail.webp}`);
    assert.deepEqual([view.sizes?.medium.width, view.sizes?.medium.height], [120, 80]);
    assert.equal(view.thumbhash, rendered.thumbhash);

    const keys = await findFiles(ctx.db, [post]);
    assert.equal(keys.length, 7);
    for (const key of keys) assert.ok(await ctx.blobs.stat(key), key);
    await removeBlobs(ctx, keys);
    await removeBlobs(ctx, keys);
    for (const key of keys) assert.equal(await ctx.blobs.stat(key), null, key);
    await ctx.db.transaction((tx) => removeMediaOfPost(tx, post));
    assert.equal((await mediaOfPosts(ctx.db, [post])).size, 0);
  });
});

describe('sweeping uploads', () => {
  it('removes what nobody confirmed for a day, bytes and rows, and nothing else', async () => {
    await sweepUploads(ctx);
    const keyOf = async (id: UploadId) => (await originalOfUpload(ctx.db, alice, id)) ?? '';
    const used = await upload(alice);
    await use(alice, [used], '41' as PostId);
    const old = await upload(alice);
    const neverSent = await upload(alice, jpeg, { send: false });
    const [usedKey, oldKey] = [await keyOf(used), await keyOf(old)];
    time += 2 * HOUR_MS;
    const young = await upload(alice);
    time += 23 * HOUR_MS;
    const first = await sweepUploads(ctx);
    assert.ok(first.abandoned >= 2);
    await refuses(checkUploads(ctx, alice, [old]), 'upload_not_found', old);
    await refuses(checkUploads(ctx, alice, [neverSent]), 'upload_not_found', neverSent);
    assert.equal(await ctx.blobs.stat(oldKey), null);
    assert.ok(await ctx.blobs.stat(usedKey));
    assert.equal((await checkUploads(ctx, alice, [young])).length, 1);
    await refuses(checkUploads(ctx, alice, [used]), 'upload_used', used);
    assert.deepEqual(await sweepUploads(ctx), { abandoned: 0, forgotten: 0 });
    time += 8 * 24 * HOUR_MS;
    const later = await sweepUploads(ctx);
    assert.ok(later.forgotten >= 1 && later.abandoned === 1);
    assert.ok(await ctx.blobs.stat(usedKey), 'the original of a post stays');
    const rows = await ctx.db.query('select 1 from uploads');
    assert.equal(rows.length, 0);
  });

  it('goes on where an earlier one was stopped, and takes many', async () => {
    await askUploads(
      ctx,
      ctx.db,
      alice,
      Array.from({ length: 250 }, () => announce(jpeg)),
    );
    const stopped = await upload(alice);
    const key = (await originalOfUpload(ctx.db, alice, stopped)) ?? '';
    time += 25 * HOUR_MS;
    const broken = {
      ...ctx,
      blobs: { ...ctx.blobs, remove: () => Promise.reject(new Error('stopped')) },
    };
    await assert.rejects(sweepUploads(broken), /stopped/);
    assert.equal((await sweepUploads(ctx)).abandoned, 251);
    assert.equal(await ctx.blobs.stat(key), null);
    assert.equal((await ctx.db.query('select 1 from uploads')).length, 0);
  });

  it('gives way to a post that takes an upload at this moment', async () => {
    const id = await upload(alice);
    time += 25 * HOUR_MS;
    let sweeping: Promise<unknown> | undefined;
    await ctx.db.transaction(async (tx) => {
      await useUploads(ctx, tx, alice, [id], '99' as PostId);
      sweeping = sweepUploads(ctx);
      const waiting = 'select 1 from pg_locks where not granted';
      while ((await ctx.db.query(waiting)).length === 0) await new Promise(setImmediate);
    });
    assert.deepEqual(await sweeping, { abandoned: 0, forgotten: 0 });
    const key = await originalOfUpload(ctx.db, alice, id);
    assert.ok(key && (await ctx.blobs.stat(key)));
  });

  it('never takes an upload that is being used', async () => {
    const ids: UploadId[] = [];
    for (let i = 0; i < 20; i += 1) ids.push(await upload(alice));
    time += 25 * HOUR_MS;
    const [, ...uses] = await Promise.allSettled([
      sweepUploads(ctx),
      ...ids.map((id, i) => use(alice, [id], String(100 + i) as PostId)),
    ]);
    const rows = await ctx.db.query<{ upload_id: UploadId; blob_key: string }>(
      'select upload_id, blob_key from uploads where used_at is not null and upload_id = any($1)',
      [ids],
    );
    assert.equal(rows.length, uses.filter((result) => result.status === 'fulfilled').length);
    for (const row of rows) assert.ok(await ctx.blobs.stat(row.blob_key));
  });
});
