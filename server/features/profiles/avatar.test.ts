import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import sharp from 'sharp';
import type { PersonId, UploadId } from '../../../api/ids.ts';
import { openTestHouse } from '../../../test/context.ts';
import { findPerson, insertPerson, startAvatar } from '../people/store.ts';
import { makeAvatar, REMOVE_AVATAR, removeAvatar } from './avatar.ts';

const house = await openTestHouse();
after(() => house.close());
const { ctx } = house;

const personId = ctx.ids.next<PersonId>();
await ctx.db.transaction((tx) =>
  insertPerson(tx, {
    personId,
    username: 'alice',
    fullName: 'Alice',
    role: 'member',
    at: new Date(),
  }),
);

async function choose(color: string) {
  const uploadId = ctx.ids.next<UploadId>();
  const originalKey = `local/00/${uploadId}/original.png`;
  const size = { width: 200, height: 300, channels: 3 as const };
  await ctx.blobs.write(
    originalKey,
    await sharp({ create: { ...size, background: color } })
      .png()
      .toBuffer(),
  );
  await ctx.db.transaction((tx) => startAvatar(tx, personId, uploadId));
  return { personId, uploadId, originalKey };
}

const shown = async () => (await findPerson(ctx.db, personId))?.avatar ?? null;
const exists = async (key: string) => (await ctx.blobs.stat(key)) !== null;
const removals = () =>
  ctx.db.query<{ payload: { keys: string } }>(
    `select j.payload from graphile_worker._private_jobs j
     join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = $1 order by j.id`,
    [REMOVE_AVATAR],
  );

test('a new picture is shown, and the files of the old one go later', async () => {
  await makeAvatar(ctx, await choose('#a04000'));
  const first = await shown();
  assert.ok(first && (await exists(first.small)) && (await exists(first.large_webp)));
  assert.equal((await removals()).length, 0);

  await makeAvatar(ctx, await choose('#0040a0'));
  const second = await shown();
  assert.ok(second && second.small !== first.small);
  const [removal] = await removals();
  const keys = removal?.payload.keys.split(' ') ?? [];
  assert.deepEqual(keys.toSorted(), Object.values(first).toSorted());

  await removeAvatar(ctx, personId, keys);
  for (const key of Object.values(first)) assert.ok(!(await exists(key)), key);
  for (const key of Object.values(second)) assert.ok(await exists(key), key);
});

test('a picture that was chosen again meanwhile keeps its files', async () => {
  const before = await shown();
  assert.ok(before);
  await makeAvatar(ctx, await choose('#104010'));
  await makeAvatar(ctx, await choose('#0040a0'));
  const now = await shown();
  assert.equal(now?.small, before.small, 'equal bytes have one name');
  await removeAvatar(ctx, personId, Object.values(before));
  assert.ok(await exists(before.small));
});

test('a picture that is ready after another was chosen is not shown, and not kept', async () => {
  const slow = await choose('#ffffff');
  const quick = await choose('#000000');
  await makeAvatar(ctx, quick);
  const count = (await removals()).length;
  await makeAvatar(ctx, slow);
  assert.equal((await shown())?.original, quick.originalKey);
  assert.equal((await removals()).length, count + 1);
});
