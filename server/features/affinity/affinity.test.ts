import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { PersonId } from '../../../api/ids.ts';
import { openTestHouse, type TestHouse } from '../../../test/context.ts';
import { until } from '../../../test/within.ts';
import type { Db } from '../../ports/db/db.ts';
import { type Interaction, noteInteractions } from './note.ts';
import { affinitiesOf, affinityTo, preferencesOf } from './read.ts';
import { noteVisit } from './visits.ts';
import {
  AFFINITIES_MAX,
  AFFINITY_MAX,
  HALF_LIFE_MS,
  INTERACTIONS,
  VISIT_EVERY_MS,
} from './weights.ts';

let house: TestHouse;
let now = Date.UTC(2026, 5, 1);
const clock = { now: () => new Date(now), millis: () => now };
let people = 0n;

before(async () => {
  house = await openTestHouse(clock);
});
after(() => house.close());

/** Somebody whom nobody stands close to yet: rows need no person. */
function somebody(): PersonId {
  people += 1n;
  return String(people) as PersonId;
}
const note = (...rows: readonly Interaction[]) =>
  house.ctx.db.transaction((tx) => noteInteractions(tx, rows));
const closeness = (a: PersonId, b: PersonId, at = now) =>
  affinityTo(house.ctx.db, a, b, new Date(at));
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

test('each thing done brings who did it closer, by its weight, and nobody else', async () => {
  const [a, b] = [somebody(), somebody()];
  for (const kind of Object.keys(INTERACTIONS) as (keyof typeof INTERACTIONS)[]) {
    const was = await closeness(a, b);
    await note({ personId: a, otherId: b, kind, at: clock.now() });
    near((await closeness(a, b)) - was, INTERACTIONS[kind]);
  }
  assert.equal(await closeness(b, a), 0);
});

test('it is worth half after thirty days, and what comes later is added to that', async () => {
  const [a, b] = [somebody(), somebody()];
  const comment = { personId: a, otherId: b, kind: 'comment' } as const;
  await note({ ...comment, at: clock.now() });
  const later = now + HALF_LIFE_MS;
  near(await closeness(a, b, later), INTERACTIONS.comment / 2);
  await note({ ...comment, at: new Date(later) });
  near(await closeness(a, b, later), INTERACTIONS.comment * 1.5);
  // A clock that goes back takes nothing away.
  await note({ ...comment, at: new Date(now) });
  near(await closeness(a, b, later), INTERACTIONS.comment * 2.5);
  // A century is no error.
  await note({ ...comment, at: new Date(later + 2000 * HALF_LIFE_MS) });
  near(await closeness(a, b, later + 2000 * HALF_LIFE_MS), INTERACTIONS.comment);
});

test('what is taken back leaves nothing, however much later', async () => {
  const [a, b] = [somebody(), somebody()];
  const like = { personId: a, otherId: b, kind: 'like', medium: 'photo' } as const;
  const at = clock.now();
  const later = new Date(now + HALF_LIFE_MS / 3);
  await note({ ...like, at });
  await note({ ...like, at: later, undoes: at });
  near(await closeness(a, b, later.getTime()), 0);
  near((await preferencesOf(house.ctx.db, a, later)).photo.engaged, 0);
  // Twice is not below nothing, and what nobody noted cannot be taken back.
  await note({ ...like, at: later, undoes: at });
  near(await closeness(a, b, later.getTime()), 0);
  const stranger = somebody();
  await note({ ...like, otherId: stranger, at: later, undoes: at });
  assert.equal(await closeness(a, stranger), 0);
});

test('nobody stands close to themselves, or closer than the bound', async () => {
  const [a, b] = [somebody(), somebody()];
  const share = { personId: a, kind: 'share', at: clock.now() } as const;
  await note({ ...share, otherId: a });
  assert.equal((await affinitiesOf(house.ctx.db, a, clock.now())).size, 0);
  for (let times = 0; times < AFFINITY_MAX; times += 1) await note({ ...share, otherId: b });
  near(await closeness(a, b), AFFINITY_MAX);
});

test('many at once are kept as one after the other, and the least close leave', async () => {
  const a = somebody();
  const others = Array.from({ length: AFFINITIES_MAX + 20 }, somebody);
  const like = { personId: a, kind: 'like', medium: 'video', at: clock.now() } as const;
  const twice = others.slice(20).map((otherId) => ({ ...like, otherId }));
  await note(...others.map((otherId) => ({ ...like, otherId })), ...twice);
  const kept = await affinitiesOf(house.ctx.db, a, clock.now());
  assert.deepEqual(new Set(kept.keys()), new Set(others.slice(20)));
  assert.ok([...kept.values()].every((score) => score === 2 * INTERACTIONS.like));
  const { video } = await preferencesOf(house.ctx.db, a, clock.now());
  near(video.engaged, others.length + twice.length);
  // Those new who come closer than the least close take their places, sooner or later.
  const closer: PersonId[] = [];
  let then = kept;
  do {
    closer.push(somebody());
    await note({ ...like, otherId: closer.at(-1) as PersonId, kind: 'tag' });
    then = await affinitiesOf(house.ctx.db, a, clock.now());
  } while (then.size > AFFINITIES_MAX);
  assert.equal(then.size, AFFINITIES_MAX);
  assert.ok(closer.every((one) => then.has(one)));
});

test('writers that meet lose nothing', async () => {
  const crowd = Array.from({ length: 8 }, somebody);
  const all = crowd.flatMap((personId) =>
    crowd.map((otherId) => ({ personId, otherId, kind: 'like', at: clock.now() }) as const),
  );
  await Promise.all(Array.from({ length: 10 }, (_, turn) => note(...turned(all, turn * 7))));
  for (const personId of crowd) {
    const scores = await affinitiesOf(house.ctx.db, personId, clock.now());
    assert.equal(scores.size, crowd.length - 1);
    for (const score of scores.values()) near(score, 10 * INTERACTIONS.like);
  }
});

const turned = <T>(list: readonly T[], by: number) => [...list.slice(by), ...list.slice(0, by)];

test('a visit counts once an hour, whichever process sees it, and not of oneself', async () => {
  const [a, b] = [somebody(), somebody()];
  const visited = async (times: number) =>
    until(async () => {
      const score = await closeness(a, b);
      return Math.abs(score - times * INTERACTIONS.visit) < 0.01;
    }, `${times} visits`);
  noteVisit(house.ctx, a, b);
  noteVisit(house.ctx, a, b);
  noteVisit(house.ctx, a, a);
  await visited(1);
  // Another process, which remembers nothing of the first visit: its write comes before that of c.
  const { db } = house.ctx;
  const transaction: Db['transaction'] = (work) => db.transaction(work);
  const other = { ...house.ctx, db: { transaction } as Db };
  const c = somebody();
  noteVisit(other, a, b);
  noteVisit(other, a, c);
  await until(async () => (await closeness(a, c)) > 0, 'a visit to c');
  await visited(1);
  now += VISIT_EVERY_MS + 1;
  noteVisit(house.ctx, a, b);
  await visited(2);
  assert.equal(await closeness(a, a), 0);
});
