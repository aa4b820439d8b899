import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createDraft } from '../../api/drafts.ts';
import type { ErrorCode } from '../../api/errors.ts';
import { askParts, completeUpload, PART_BYTES } from '../../api/media.ts';
import { sweepUploads } from '../../server/features/media/sweep.ts';
import {
  askUploadParts,
  completeInParts,
  readUploadState,
} from '../../server/features/media/upload-parts.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { demandRefusal } from '../client.ts';
import { checksumOf, LargeFile, noisePicture } from '../large-files.ts';
import { colourPicture, type TestPicture } from '../pictures.ts';
import { holdClock, openTestServer, type TestServer } from '../server.ts';

const MINUTE_MS = 60_000;
const clock = holdClock();
let server: TestServer;
let alice: Person;
let bob: Person;
let photo: TestPicture;

before(async () => {
  server = await openTestServer({ clock });
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
  photo = await noisePicture(1900, 1500);
  assert.equal(Math.ceil(photo.bytes.length / PART_BYTES), 2);
});
after(async () => {
  for (const person of [alice, bob]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const announce = () => LargeFile.announce(alice, photo);

async function demand(answer: Response, code: ErrorCode): Promise<void> {
  const { error } = demandRefusal(null, answer.status, await answer.json());
  assert.equal(error.code, code, error.message);
}

/** What lies in the store of an upload. */
async function stored({ grant }: LargeFile) {
  const [row] = await server.ctx.db.query<{ blob_key: string }>(
    'select blob_key from uploads where upload_id = $1',
    [grant.upload_id],
  );
  assert.ok(row);
  const { blobs } = server.ctx;
  const parts = async () => (await blobs.listParts(row.blob_key)).length;
  return { parts, file: () => blobs.stat(row.blob_key) };
}

test('a large file arrives in parts, and becomes a post once it is completed', async () => {
  const file = await announce();
  const lies = await stored(file);
  assert.deepEqual(await file.arrived(), []);
  await file.send(2);
  assert.deepEqual((await file.state()).arrived, [
    { number: 2, checksum_sha256: checksumOf(file.part(2)) },
  ]);
  const early = await refusal(file.complete());
  assert.deepEqual([early.code, early.details.missing_parts], ['upload_incomplete', [1]]);
  assert.equal(early.details.upload_id, file.grant.upload_id);
  const unsent = await refusal(alice.confirm([file.grant]));
  assert.equal(unsent.code, 'upload_incomplete');
  assert.match(unsent.message, /1 of 2 parts/);
  await file.send(1);
  const unmade = await refusal(alice.confirm([file.grant]));
  assert.match(unmade.message, /2 of 2 parts .* Complete it/);
  const state = await file.complete();
  assert.deepEqual([state.complete, state.arrived], [true, []]);
  assert.deepEqual(await file.state(), state);
  assert.equal(await lies.parts(), 0, 'its parts are gone');
  assert.deepEqual(await file.complete(), state, 'again');
  const post = await alice.published(alice.confirm([file.grant]));
  assert.deepEqual([post.media[0]?.width, post.media[0]?.height], [1900, 1500]);
  assert.equal((await file.state()).kept_until, null);
  assert.equal((await refusal(file.complete())).code, 'upload_used');
  assert.equal((await refusal(file.addresses([1]))).code, 'upload_used');
});

test('two who complete at once are one', async () => {
  const file = await announce();
  await file.send(1, 2);
  const states = await Promise.all([file.complete(), file.complete(), file.complete()]);
  for (const state of states) assert.equal(state.complete, true);
  const lies = await stored(file);
  assert.deepEqual([await lies.parts(), await lies.file()], [0, { size: photo.bytes.length }]);
});

test('the uploads of others do not exist', async () => {
  const file = await announce();
  await file.send(1, 2);
  for (const work of [
    () => file.state(bob),
    () => file.addresses([1], bob),
    () => file.complete(bob),
  ]) {
    assert.equal((await refusal(work())).code, 'upload_not_found');
  }
  assert.deepEqual(await file.arrived(), [1, 2]);
});

test('numbers are those of its parts, and each is asked for once', async () => {
  const file = await announce();
  const part = { number: 1, checksum_sha256: 'a'.repeat(64) };
  for (const [parts, field] of [
    [[{ ...part, number: 3 }], 'body.parts.0.number'],
    [[part, part], 'body.parts.1.number'],
  ] as const) {
    const body = { parts: [...parts] };
    const refused = await refusal(alice.api(askParts, { params: file.params, body }));
    assert.deepEqual([refused.code, refused.fields], ['validation_failed', [field]]);
  }
  const [whole] = await alice.announce(colourPicture());
  assert.ok(whole);
  const params = { upload_id: whole.upload_id };
  const body = { parts: [part] };
  for (const work of [
    () => alice.api(askParts, { params, body }),
    () => alice.api(completeUpload, { params }),
  ]) {
    assert.equal((await refusal(work())).code, 'upload_not_in_parts');
  }
});

test('parts that do not come to the announced file are refused, and go', async () => {
  const file = await LargeFile.announce(alice, photo, 'c'.repeat(64));
  await file.send(1, 2);
  const refused = await refusal(file.complete());
  assert.equal(refused.code, 'checksum_mismatch');
  assert.deepEqual(await file.arrived(), []);
});

test('what was announced in parts may come as a whole after all', async () => {
  const file = await announce();
  await file.send(1);
  assert.equal((await file.put(file.grant, photo.bytes)).status, 200);
  assert.equal((await file.state()).complete, true);
  await alice.published(alice.confirm([file.grant]));
  assert.equal(await (await stored(file)).parts(), 0, 'the part is not kept for it');
});

test('after a day it is gone with its parts, unless a draft holds it', async () => {
  const half = await announce();
  await half.send(1);
  const whole = await announce();
  await whole.send(1, 2);
  await whole.complete();
  const held = await announce();
  await held.send(1, 2);
  await held.complete();
  await alice.api(createDraft, { body: { media: [held.params] } });
  assert.equal((await held.state()).kept_until, null);
  const { kept_until } = await half.state();
  const at = (ms: number) => {
    return { ...server.ctx, clock: holdClock(Date.parse(kept_until ?? '') + ms) };
  };
  const stateAt = (ms: number, file: LargeFile) =>
    readUploadState(at(ms), alice.id, file.grant.upload_id);
  const lies = [await stored(half), await stored(whole)];
  await sweepUploads(at(-1));
  assert.equal((await stateAt(-1, half)).arrived.length, 1);
  for (const work of [
    () => stateAt(0, half),
    () => completeInParts(at(0), alice.id, half.grant.upload_id),
    () => askUploadParts(at(0), alice.id, half.grant.upload_id, []),
  ]) {
    await assert.rejects(work(), { code: 'upload_not_found' });
  }
  // What was begun in the last moment has time to end.
  await sweepUploads(at(14 * MINUTE_MS));
  for (const one of lies) assert.notDeepEqual([await one.parts(), await one.file()], [0, null]);
  await sweepUploads(at(16 * MINUTE_MS));
  for (const one of lies) assert.deepEqual([await one.parts(), await one.file()], [0, null]);
  assert.equal((await stateAt(16 * MINUTE_MS, held)).complete, true);
});

// Last, because after its jump of the clock the server makes no ids for a moment.
test('an address takes its part and nothing else, for five minutes', async () => {
  const file = await announce();
  const [first, last] = await file.addresses([1, 2]);
  assert.ok(first && last);
  const other = Buffer.from(file.part(1));
  other[5] = (other[5] ?? 0) ^ 1;
  await demand(await file.put(first, other), 'checksum_mismatch');
  await demand(await file.put(first, file.part(2)), 'size_mismatch');
  await demand(await file.put(last, file.part(1)), 'size_mismatch');
  const moved = (name: string, value: string) => {
    const url = new URL(first.url, server.url);
    url.searchParams.set(name, value);
    return { ...first, url: url.pathname + url.search };
  };
  for (const [name, value] of [
    ['part', '2'],
    ['part_size', '10'],
    ['size', '10'],
    ['checksum', 'b'.repeat(64)],
  ] as const) {
    await demand(await file.put(moved(name, value), file.part(1)), 'signature_invalid');
  }
  assert.deepEqual(await file.arrived(), []);
  clock.advance(Date.parse(first.expires_at) - clock.millis() - 1);
  assert.equal((await file.put(first, file.part(1))).status, 200);
  clock.advance(1);
  await demand(await file.put(last, file.part(2)), 'signature_expired');
  assert.deepEqual(await file.arrived(), [1]);
  await file.send(2);
  await file.complete();
});
