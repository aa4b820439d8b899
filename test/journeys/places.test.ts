import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { locationFeed } from '../../api/feed.ts';
import type { PlaceId, PostId } from '../../api/ids.ts';
import { createPlace, findPlaces, getPlace, type Place } from '../../api/places.ts';
import type { BodyOf } from '../../api/route.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import { publishSaid, say } from '../said-posts.ts';
import { openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;
let bob: Person;

before(async () => {
  server = await openTestServer();
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
});
after(async () => {
  for (const person of [alice, bob]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const create = (body: BodyOf<typeof createPlace>, by: Person = alice) =>
  by.api(createPlace, { body });

test('the same name at the same spot is the same place, whoever names it and however', async () => {
  const harbour = await create({
    name: '  The  Harbour ',
    latitude: 54.32301,
    longitude: 10.13996,
  });
  assert.deepEqual(harbour, {
    place_id: harbour.place_id,
    name: 'The Harbour',
    latitude: 54.32301,
    longitude: 10.13996,
  });
  for (const same of [
    { name: 'The Harbour', latitude: 54.3229, longitude: 10.1401 },
    { name: 'THE harbour', latitude: 54.3234, longitude: 10.1404 },
    { name: 'Ｔｈｅ\u3000Ｈarbour\n', latitude: 54.32301, longitude: 10.13996 },
  ]) {
    assert.deepEqual(await create(same, bob), harbour);
  }
  const others = await Promise.all([
    create({ name: 'The Harbour' }),
    create({ name: 'The Harbour', latitude: 54.325, longitude: 10.14 }),
    create({ name: 'The Harbours', latitude: 54.32301, longitude: 10.13996 }),
  ]);
  assert.equal(new Set([harbour, ...others].map((place) => place.place_id)).size, 4);
  assert.deepEqual(others[0]?.latitude, null);
  const { data } = await ask(server.url, null, getPlace, {
    params: { place_id: harbour.place_id },
  });
  assert.deepEqual(data, harbour);
  const nowhere = { params: { place_id: '1' as PlaceId } };
  assert.equal((await refusal(alice.api(getPlace, nowhere))).code, 'place_not_found');
  assert.equal((await refusal(alice.api(locationFeed, nowhere))).code, 'place_not_found');
});

test('the edges of the world: zero, the date line, the poles', async () => {
  const sameAs = async (a: [number, number], b: [number, number]) => {
    const [first, second] = await Promise.all(
      [a, b].map(([latitude, longitude]) => create({ name: 'Buoy', latitude, longitude })),
    );
    return first?.place_id === second?.place_id;
  };
  assert.ok(await sameAs([0, 0], [-0.0001, -0.0001]));
  assert.ok(await sameAs([10, 180], [10, -180]));
  assert.ok(!(await sameAs([0.001, 0], [-0.001, 0])));
  await create({ name: 'Pole', latitude: -90, longitude: 0 });
});

test('many who name a place at once name one place', async () => {
  const names = ['Sea Bridge', 'sea bridge', 'SEA BRIDGE', ' Sea  Bridge'];
  const made = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      create({ name: names[n % 4] ?? '', latitude: 1.5, longitude: 2.5 }, n % 2 ? alice : bob),
    ),
  );
  assert.equal(new Set(made.map((place) => place.place_id)).size, 1);
  const rows = await server.ctx.db.query('select place_id from places where latitude = 1.5');
  assert.equal(rows.length, 1);
});

test('what is no place is refused', async () => {
  const fields = async (body: object) =>
    (await refusal(create(body as BodyOf<typeof createPlace>))).fields;
  assert.deepEqual(await fields({ name: 'x', latitude: 1 }), ['body.longitude']);
  assert.deepEqual(await fields({ name: 'x', longitude: 1 }), ['body.latitude']);
  assert.deepEqual(await fields({ name: 'x', latitude: 90.1, longitude: 1 }), ['body.latitude']);
  assert.deepEqual(await fields({ name: 'x', latitude: 1, longitude: -180.5 }), ['body.longitude']);
  for (const name of ['', ' ', '\u202e', '\u0001']) {
    assert.deepEqual(await fields({ name }), ['body.name'], JSON.stringify(name));
  }
  const turned = await create({ name: 'Left\u202eright\u2028next' });
  assert.equal(turned.name, 'Leftright next', 'nothing unseen stays');
  const long = await create({ name: 'ﷺ'.repeat(100) });
  assert.equal((await create({ name: 'ﷺ'.repeat(100) })).place_id, long.place_id);
});

test('places are found by the beginning of their names', async () => {
  for (const name of ['Zürich', 'Zürich West', 'zurück', 'Záhreb', '東京タワー', '東京']) {
    await create({ name });
  }
  const found = async (q: string) =>
    (await alice.api(findPlaces, { query: { q } })).map((place) => place.name);
  assert.deepEqual(await found('ZÜ'), ['Zürich', 'Zürich West']);
  assert.deepEqual(await found('zu\u0308rich '), ['Zürich', 'Zürich West']);
  assert.deepEqual(await found('zürich w'), ['Zürich West']);
  assert.deepEqual(await found('東'), ['東京', '東京タワー']);
  assert.deepEqual(await found('x_%'), []);
  assert.deepEqual(await found('\u202e'), []);
  for (let n = 10; n < 25; n += 1) await create({ name: `Yard ${n}` });
  const yards = await found('yard');
  assert.equal(yards.length, 10);
  assert.deepEqual(yards, [...yards].sort());
});

test('posts at a place: those that the viewer may see, latest and top, as they come and go', async () => {
  const { ctx } = server;
  const [cafe, museum] = (await Promise.all([
    create({ name: 'Café' }),
    create({ name: 'Museum', latitude: 3, longitude: 4 }),
  ])) as [Place, Place];
  const at = (place: Place | null) => ({ place });
  const one = await publishSaid(ctx, alice.id, at(cafe));
  const two = await publishSaid(ctx, bob.id, at(cafe));
  const three = await publishSaid(ctx, alice.id, { ...at(cafe), audience: 'followers' });
  const posts = async (viewer: Person | null, place: Place, order: 'top' | 'recent' = 'recent') => {
    const wish = { params: { place_id: place.place_id }, query: { order } };
    const { data } = await ask(server.url, viewer?.token ?? null, locationFeed, wish);
    return data.map((post) => post.post_id);
  };
  assert.deepEqual(await posts(null, cafe), [two, one]);
  assert.deepEqual(await posts(bob, cafe), [two, one]);
  assert.deepEqual(await posts(alice, cafe), [three, two, one], 'her own too');
  await bob.follow(alice);
  assert.deepEqual(await posts(bob, cafe), [three, two, one]);
  await ctx.db.query('update post_counts set likes = 5 where post_id = $1', [one]);
  assert.deepEqual(await posts(null, cafe, 'top'), [one, two]);
  await say(ctx, two, at(museum));
  assert.deepEqual(await posts(null, cafe), [one], 'moved');
  assert.deepEqual(await posts(null, museum, 'top'), [two]);
  await say(ctx, two, at(null));
  assert.deepEqual(await posts(null, museum), []);
  assert.deepEqual(await posts(null, museum, 'top'), []);
  await say(ctx, one, { archived: true });
  assert.deepEqual(await posts(alice, cafe), [three], 'archived is in nobody’s pages');

  const many: PostId[] = [];
  for (let n = 0; n < 8; n += 1) many.unshift(await publishSaid(ctx, alice.id, at(museum)));
  const seen: PostId[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 3, ...(cursor ? { cursor } : {}) };
    const wish = { params: { place_id: museum.place_id }, query };
    const { data, pagination } = await bob.ask(locationFeed, wish);
    seen.push(...data.map((post) => post.post_id));
    cursor = pagination?.next_cursor ?? undefined;
    await publishSaid(ctx, alice.id, at(museum));
  } while (cursor);
  assert.deepEqual(seen, many, 'the top stands still while others write');
});
