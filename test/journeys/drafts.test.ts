import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  createDraft,
  type Draft,
  type DraftContent,
  deleteDraft,
  getDraft,
  listDrafts,
  saveDraft,
} from '../../api/drafts.ts';
import type { DraftId, PlaceId, UploadId } from '../../api/ids.ts';
import type { UploadGrant } from '../../api/media.ts';
import { sweepUploads } from '../../server/features/media/sweep.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { colourPicture, gradient, phonePicture } from '../pictures.ts';
import { holdClock, openTestServer, type TestServer } from '../server.ts';

const DAY_MS = 24 * 3600 * 1000;
const clock = holdClock();
let server: TestServer;
let alice: Person;
let bob: Person;

before(async () => {
  server = await openTestServer({ clock });
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
});
after(async () => {
  for (const person of [alice, bob]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const keep = (body: DraftContent, key?: string) =>
  alice.api(createDraft, { body, ...(key ? { key } : {}) });
const on = (draft: Draft) => ({ params: { draft_id: draft.draft_id } });
const pictures = (grants: readonly UploadGrant[]): { upload_id: UploadId }[] =>
  grants.map(({ upload_id }) => ({ upload_id }));

/** Where the bytes of an upload lie, and whether they are there. */
async function bytesOf({ upload_id }: { upload_id: UploadId }): Promise<boolean> {
  const [row] = await server.ctx.db.query<{ blob_key: string }>(
    'select blob_key from uploads where upload_id = $1',
    [upload_id],
  );
  return row !== undefined && (await server.ctx.blobs.stat(row.blob_key)) !== null;
}

test('a draft keeps all that can be said of a post, for its owner alone', async () => {
  const grants = await alice.upload(colourPicture(), colourPicture());
  const place = { place_id: '7' as PlaceId, name: 'Pier', latitude: 1.5, longitude: -2.5 };
  const content: DraftContent = {
    caption: 'Not yet #soon @bob',
    place,
    audience: 'followers',
    likes_hidden: true,
    comments_off: false,
    media: pictures(grants).map((picture, index) => ({
      ...picture,
      alt: `picture ${index}`,
      crop: { x: 0, y: 0.25, width: 1, height: 0.5 },
      tagged: [{ username: 'bob', x: 0.5, y: 0.5 }],
    })),
  };
  const draft = await keep(content);
  assert.deepEqual(draft.content, content);
  assert.deepEqual(
    draft.pictures.map((one) => [one.upload_id, one.content_type]),
    grants.map((grant) => [grant.upload_id, 'image/jpeg']),
  );
  assert.deepEqual(await alice.api(getDraft, on(draft)), draft);
  assert.deepEqual(await alice.api(listDrafts), [draft]);
  assert.deepEqual(await bob.api(listDrafts), []);
  assert.equal((await refusal(bob.api(getDraft, on(draft)))).code, 'draft_not_found');
  const taken = await refusal(bob.api(saveDraft, { ...on(draft), body: {} }));
  assert.equal(taken.code, 'draft_not_found');
  await bob.api(deleteDraft, on(draft));
  assert.deepEqual(await alice.api(getDraft, on(draft)), draft);

  const saved = await alice.api(saveDraft, { ...on(draft), body: { caption: 'Less' } });
  assert.deepEqual([saved.content, saved.pictures], [{ caption: 'Less' }, []]);
  assert.ok(await bytesOf(grants[0] as UploadGrant), 'free again, not thrown away');
  await alice.api(deleteDraft, on(draft));
});

test('its pictures are served as they came, by short addresses that do nothing else', async () => {
  const photo = await phonePicture(gradient(300, 200));
  const grants = await alice.upload(photo);
  const draft = await keep({ media: pictures(grants) });
  const address = draft.pictures[0]?.url;
  assert.ok(address);
  const answer = await fetch(server.url + address);
  assert.equal(answer.status, 200);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.from(photo.bytes));
  const expected = {
    'content-type': 'image/jpeg',
    'content-length': String(photo.bytes.length),
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(answer.headers.get(name), value, name);
  }
  const head = await fetch(server.url + address, { method: 'HEAD' });
  assert.equal(head.headers.get('content-length'), expected['content-length']);

  const other = (await keep({ media: pictures(await alice.upload(colourPicture())) })).pictures[0];
  const [path = '', query = ''] = address.split('?');
  const strange = other?.url.split('?')[1];
  const longer = query.replace(/until=([0-9]+)/, (_, until) => `until=${Number(until) + 60}`);
  for (const wrong of [path, `${path}?${strange}`, `${path}?${longer}`, `${path}?${query}x`]) {
    const shut = await fetch(server.url + wrong);
    assert.equal(shut.status, 404, wrong);
    await shut.arrayBuffer();
  }
  // What signs for a post's pictures does not open the file that they were made of.
  const post = await alice.published(alice.post(colourPicture(), { audience: 'followers' }));
  const signed = post.media[0]?.sizes?.large.url.split('?')[1];
  const original = await fetch(`${server.url}${path}?${signed}`);
  assert.equal(original.status, 404);
  await original.arrayBuffer();
});

test('sharing ends the draft, and what the post did not take goes', async () => {
  const grants = await alice.upload(colourPicture(), colourPicture());
  const [first, second] = grants;
  assert.ok(first && second);
  const draft = await keep({ caption: 'Soon', media: pictures(grants) });
  const post = await alice.published(
    alice.confirm([first], { caption: 'Now', draft_id: draft.draft_id }),
  );
  assert.equal(post.media.length, 1);
  assert.equal((await refusal(alice.api(getDraft, on(draft)))).code, 'draft_not_found');
  assert.ok(await bytesOf(first), 'the post has it');
  assert.ok(!(await bytesOf(second)));
  const gone = await refusal(alice.confirm([second]));
  assert.equal(gone.code, 'upload_not_found');

  // Also when the draft is not named: its uploads are.
  const more = await alice.upload(colourPicture());
  const unnamed = await keep({ media: pictures(more) });
  await alice.published(alice.confirm(more));
  assert.equal((await refusal(alice.api(getDraft, on(unnamed)))).code, 'draft_not_found');
  // And a draft that is gone, or somebody else's, is no reason to refuse.
  const stranger = await bob.api(createDraft, { body: { caption: 'mine' } });
  await alice.published(alice.post(colourPicture(), { draft_id: stranger.draft_id }));
  assert.equal((await bob.api(getDraft, on(stranger))).content.caption, 'mine');
});

test('a draft takes uploads that are there, free and its owner’s', async () => {
  const announced = await alice.announce(colourPicture());
  const refused = (media: DraftContent['media'] & object) => refusal(keep({ media }));
  assert.equal((await refused(pictures(announced))).code, 'upload_incomplete');
  const used = await alice.upload(colourPicture());
  await alice.published(alice.confirm(used));
  assert.equal((await refused(pictures(used))).code, 'upload_used');
  const foreign = await bob.upload(colourPicture());
  assert.equal((await refused(pictures(foreign))).code, 'upload_not_found');
  const own = pictures(await alice.upload(colourPicture()));
  assert.deepEqual((await refused([...own, ...own])).fields, ['body.media']);
  const holder = await keep({ media: own });
  assert.equal((await refused(own)).code, 'upload_used', 'another draft holds it');
  await alice.api(saveDraft, { ...on(holder), body: { media: own } });
  await alice.api(deleteDraft, on(holder));
  await alice.api(deleteDraft, on(holder));
  assert.equal((await refused(own)).code, 'upload_not_found', 'thrown away with its draft');
  const none = { params: { draft_id: '5' as DraftId }, body: {} };
  assert.equal((await refusal(alice.api(saveDraft, none))).code, 'draft_not_found');
});

test('fifty drafts are the most, however many are made at once; a repeated wish is one', async () => {
  const carol = await join(server.url, 'carol');
  const wishes = Array.from({ length: 55 }, (_, n) =>
    carol.api(createDraft, { body: { caption: `draft ${n}` }, key: `draft-${n}` }),
  );
  const outcomes = await Promise.allSettled(wishes);
  const made = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  assert.equal(made.length, 50);
  for (const one of outcomes) {
    if (one.status === 'rejected') assert.equal(one.reason.code, 'too_many_drafts');
  }
  const index = outcomes.findIndex((one) => one.status === 'fulfilled');
  const again = { body: { caption: `draft ${index}` }, key: `draft-${index}` };
  assert.deepEqual(
    await carol.api(createDraft, again),
    (outcomes[index] as { value: Draft }).value,
  );
  const { data, pagination } = await carol.ask(listDrafts, { query: { limit: 30 } });
  const cursor = pagination?.next_cursor ?? '';
  const rest = await carol.api(listDrafts, { query: { limit: 30, cursor } });
  const all = [...data, ...rest].map((draft) => draft.draft_id);
  assert.deepEqual(
    all,
    made
      .map((draft) => draft.draft_id)
      .toSorted()
      .toReversed(),
  );
});

test('uploads are kept as long as their draft, and swept when they are nobody’s', async () => {
  const [held, dropped, thrown] = await alice.upload(
    colourPicture(),
    colourPicture(),
    colourPicture(),
  );
  assert.ok(held && dropped && thrown);
  const draft = await keep({ media: pictures([held, dropped]) });
  const other = await keep({ media: pictures([thrown]) });
  const address = draft.pictures[0]?.url;
  await alice.api(saveDraft, { ...on(draft), body: { media: pictures([held]) } });
  assert.ok(await bytesOf(thrown));
  await alice.api(deleteDraft, on(other));
  assert.ok(!(await bytesOf(thrown)), 'at once');

  clock.advance(40 * DAY_MS);
  await sweepUploads(server.ctx);
  assert.deepEqual([await bytesOf(held), await bytesOf(dropped)], [true, false]);
  const late = await fetch(server.url + address);
  assert.equal(late.status, 404, 'the old address is dead');
  await late.arrayBuffer();
});
