import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersonId, PlaceId, UploadId } from '../../../api/ids.ts';
import type { Edit } from '../../../api/looks.ts';
import { confirmBody, draftBody, spotInCrop, spotInWhole } from './bodies.ts';
import { aspectOf, CENTRED, cropOf, framingOf } from './crop.ts';
import { fail, nextAction, type PendingPost } from './pending.ts';

const square = { width: 1000, height: 1000 };
const wide = { width: 1600, height: 900 };

const post: PendingPost = {
  id: 'p',
  personId: '1' as PersonId,
  createdAt: 0,
  step: 'draft',
  aspect: '1:1',
  caption: ' Low tide ',
  files: [
    {
      id: 'a',
      name: 'a.jpg',
      size: 10,
      type: 'image/jpeg',
      ...wide,
      framing: CENTRED,
      alt: '',
      tagged: [
        { username: 'ben', x: 0.5, y: 0.25 },
        { username: 'cara', x: 0, y: 1 },
      ],
      checksum: null,
      grant: {
        upload_id: '7' as UploadId,
        method: 'PUT',
        url: '/put',
        headers: {},
        expires_at: '2026-01-01T00:05:00.000Z',
        part_size: null,
      },
      sent: true,
    },
  ],
  idempotencyKey: 'key',
  postId: null,
  failure: null,
};

test('spots are of the whole picture here and of its crop for the server, there and back', () => {
  const crop = { x: 0.2, y: 0, width: 0.5, height: 1 };
  const spot = { username: 'ben', x: 0.45, y: 0.3 };
  assert.deepEqual(spotInCrop(spot, crop), { username: 'ben', x: 0.5, y: 0.3 });
  assert.deepEqual(spotInWhole(spotInCrop(spot, crop), crop), spot);
  assert.deepEqual(spotInCrop(spot, null), spot);
  assert.equal(spotInCrop({ ...spot, x: 0.1 }, crop).x, 0, 'cut away: at the edge');
});

test('what is said goes with the post, and only what differs from the usual', () => {
  const usual = confirmBody(post);
  assert.deepEqual(usual.media?.[0]?.tagged, [
    { username: 'ben', x: 0.5, y: 0.25 },
    { username: 'cara', x: 0, y: 1 },
  ]);
  assert.deepEqual(Object.keys(usual), ['upload_ids', 'media', 'caption']);
  const place = { place_id: '9' as PlaceId, name: 'Bay', latitude: null, longitude: null };
  const details = { place, audience: 'followers', likesHidden: true, commentsOff: true } as const;
  const { place_id, audience, likes_hidden, comments_off } = confirmBody({ ...post, details });
  assert.deepEqual(
    [place_id, audience, likes_hidden, comments_off],
    ['9', 'followers', true, true],
  );
  assert.equal(draftBody(post).caption, ' Low tide ', 'a draft keeps what was written as it is');
  assert.deepEqual(draftBody({ ...post, details }).place, place);
});

test('an edit goes with its picture, unless it changes nothing', () => {
  const edited = (edit: Edit) => ({
    ...post,
    files: post.files.map((file) => ({ ...file, edit })),
  });
  const edit = { look: 'dusk', strength: 0.4, warmth: -0.1 } as const;
  assert.deepEqual(confirmBody(edited(edit)).media?.[0]?.edit, edit);
  assert.deepEqual(draftBody(edited(edit)).media?.[0]?.edit, edit);
  assert.equal('edit' in (confirmBody(edited({ vignette: 0 })).media?.[0] ?? {}), false);
});

test('a draft that comes back has the shape and the framing that it had', () => {
  const framing = { centreX: 0.5, centreY: 0.4, zoom: 1.5 };
  const crop = cropOf(framing, '4:5', square);
  assert.equal(aspectOf([[crop, square]]), '4:5');
  const back = framingOf(crop, '4:5', square);
  for (const side of ['centreX', 'centreY', 'zoom'] as const) {
    assert.ok(Math.abs(back[side] - framing[side]) < 0.001, side);
  }
  const cuts = [wide, square].map((one) => [cropOf(CENTRED, '16:9', one), one] as const);
  assert.equal(aspectOf([...cuts, [cropOf(CENTRED, '16:9', square), square]]), '16:9');
  assert.equal(aspectOf([[null, wide]]), 'original');
  assert.deepEqual(framingOf(null, 'original', wide), CENTRED);
});

test('a draft that is to be saved is sent first, then kept; a refusal leaves a draft', () => {
  const saving = { ...post, step: 'saving' as const };
  assert.equal(nextAction(saving).do, 'keep');
  const unsent = saving.files.map((file) => ({ ...file, sent: false }));
  assert.equal(nextAction({ ...saving, files: unsent }).do, 'send');
  const failed = fail(saving, { code: 'too_many_drafts', message: '', fileId: null });
  assert.equal(failed.step, 'draft');
  assert.equal(nextAction(failed).do, 'rest');
});
