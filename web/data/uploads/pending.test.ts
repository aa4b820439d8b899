import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersonId, PostId, UploadId } from '../../../api/ids.ts';
import { confirmBody } from './bodies.ts';
import { CENTRED } from './crop.ts';
import {
  backToDraft,
  changeFile,
  fail,
  grantIsFresh,
  inOrder,
  moved,
  nextAction,
  type PendingFile,
  type PendingPost,
  progressOf,
  retry,
  sendAgain,
} from './pending.ts';

const grant = (id: string) => ({
  upload_id: id as UploadId,
  method: 'PUT' as const,
  url: `/put/${id}`,
  headers: {},
  expires_at: '2026-01-01T00:05:00.000Z',
  part_size: null,
});

const file = (id: string, change: Partial<PendingFile> = {}): PendingFile => ({
  id,
  name: `${id}.jpg`,
  size: 100,
  type: 'image/jpeg',
  width: 4000,
  height: 3000,
  framing: CENTRED,
  alt: '',
  checksum: null,
  grant: null,
  sent: false,
  ...change,
});

const post = (files: PendingFile[], change: Partial<PendingPost> = {}): PendingPost => ({
  id: 'p',
  personId: '1' as PersonId,
  createdAt: 0,
  step: 'draft',
  aspect: 'original',
  caption: '',
  files,
  idempotencyKey: 'first',
  postId: null,
  failure: null,
  ...change,
});

const sent = (id: string) => file(id, { grant: grant(id), sent: true, checksum: 'x' });

test('bytes go while the post is a draft, and nothing is confirmed before "Share"', () => {
  assert.equal(nextAction(post([file('a')])).do, 'send');
  assert.equal(nextAction(post([sent('a')])).do, 'rest');
  assert.equal(nextAction(post([sent('a'), file('b')], { step: 'sharing' })).do, 'send');
  assert.equal(nextAction(post([sent('a')], { step: 'sharing' })).do, 'confirm');
  assert.equal(nextAction(post([], { step: 'sharing' })).do, 'rest');
  assert.equal(nextAction(post([sent('a')], { step: 'processing' })).do, 'watch');
});

test('confirm says the order, and only what there is to say of single pictures', () => {
  const written = post([sent('a'), { ...sent('b'), alt: ' a gate ' }, sent('c')], {
    caption: ' hello ',
  });
  assert.deepEqual(confirmBody(written), {
    upload_ids: ['a', 'b', 'c'],
    media: [{ upload_id: 'b', alt: 'a gate' }],
    caption: 'hello',
  });
  assert.equal(confirmBody({ ...written, aspect: '1:1' }).media?.length, 3);
  assert.throws(() => confirmBody(post([file('a')])));
});

test('a refused upload is sent again under another key, the others stay', () => {
  const again = sendAgain(post([sent('a'), sent('b')], { step: 'sharing' }), 'b', 'second');
  assert.deepEqual(
    again.files.map((one) => one.sent),
    [true, false],
  );
  assert.equal(again.idempotencyKey, 'second');
});

test('a failed draft stays a draft, a failed post can be tried again or edited', () => {
  const failure = { code: 'media_broken', message: '', fileId: 'a' };
  assert.equal(fail(post([sent('a')]), failure).step, 'draft');
  const failed = fail(post([sent('a')], { step: 'sharing' }), failure);
  assert.equal(failed.step, 'failed');
  assert.equal(nextAction(failed).do, 'rest');
  assert.equal(nextAction(retry(failed, 'k')).do, 'confirm');
  assert.equal(retry(failed, 'k').idempotencyKey, 'first', 'its answer may have been lost');
  assert.equal(backToDraft(failed, 'k').step, 'draft');
});

test('after a failure in processing all bytes go again', () => {
  const failed = post([sent('a')], { step: 'failed', postId: '9' as PostId });
  assert.deepEqual(nextAction(retry(failed, 'k')).do, 'send');
  assert.equal(retry(failed, 'k').postId, null);
  assert.equal(retry(failed, 'k').idempotencyKey, 'k');
});

test('moving stops at the ends', () => {
  const ids = ['a', 'b', 'c'];
  assert.deepEqual(moved(ids, 'a', 1), ['b', 'a', 'c']);
  assert.deepEqual(moved(ids, 'c', -2), ['c', 'a', 'b']);
  assert.deepEqual(moved(ids, 'a', -1), ids);
  assert.deepEqual(moved(ids, 'c', 9), ids);
  assert.deepEqual(moved(ids, 'x', 1), ids);
});

test('an order can be applied twice, and loses no picture that it does not name', () => {
  const names = (p: PendingPost) => p.files.map((one) => one.id).join('');
  const three = post([file('a'), file('b'), file('c')]);
  const once = inOrder(three, ['c', 'a']);
  assert.equal(names(once), 'cab');
  assert.equal(names(inOrder(once, ['c', 'a'])), 'cab');
});

test('progress counts bytes, and never more than a file has', () => {
  const going = post([sent('a'), file('b'), file('c')]);
  assert.deepEqual(progressOf(going, new Map([['b', 50]])), {
    sentFiles: 1,
    files: 3,
    fraction: 0.5,
  });
  assert.equal(progressOf(going, new Map([['b', 5000]])).fraction, 2 / 3);
});

test('a grant is left aside shortly before it ends', () => {
  const end = Date.parse('2026-01-01T00:05:00.000Z');
  assert.equal(grantIsFresh(grant('a'), end - 60_000), true);
  assert.equal(grantIsFresh(grant('a'), end - 10_000), false);
  assert.equal(grantIsFresh(null, 0), false);
});

test('a change touches one file', () => {
  const changed = changeFile(post([file('a'), file('b')]), 'b', { alt: 'x' });
  assert.deepEqual(
    changed.files.map((one) => one.alt),
    ['', 'x'],
  );
});
