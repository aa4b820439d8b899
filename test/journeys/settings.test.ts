import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  changeNotificationPreferences,
  changeSettings,
  getNotificationPreferences,
  getSettings,
} from '../../api/settings.ts';
import { cast, type Person, refusal } from '../cast.ts';
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
});

const defaults = {
  language: 'auto',
  tags_from: 'everyone',
  mentions_from: 'everyone',
  comments_from: 'everyone',
  show_like_counts: true,
  suggest_me: true,
  default_audience: 'everyone',
} as const;

test('everyone begins with the defaults, and changes only what they name', async () => {
  assert.deepEqual(await alice.api(getSettings), defaults);
  const change = { tags_from: 'nobody', show_like_counts: false } as const;
  assert.deepEqual(await alice.api(changeSettings, { body: change }), { ...defaults, ...change });
  const more = { default_audience: 'followers', suggest_me: false } as const;
  await alice.api(changeSettings, { body: more });
  assert.deepEqual(await alice.api(getSettings), { ...defaults, ...change, ...more });
  assert.deepEqual(await bob.api(getSettings), defaults, 'others keep theirs');
});

test('changes at once of different things are all kept', async () => {
  const changes = [
    { tags_from: 'followed' },
    { mentions_from: 'nobody' },
    { comments_from: 'followed' },
    { language: 'en' },
    { default_audience: 'close_friends' },
  ] as const;
  await Promise.all(changes.map((body) => bob.api(changeSettings, { body })));
  assert.deepEqual(await bob.api(getSettings), Object.assign({}, defaults, ...changes));
});

test('notifications: a choice for each type and channel, and quiet hours', async () => {
  const { types, quiet_hours } = await alice.api(getNotificationPreferences);
  assert.equal(quiet_hours, null);
  assert.ok(types.messages.push && !types.likes.email);
  const body = {
    types: { ...types, likes: { in_app: false, push: false, email: false } },
    quiet_hours: { from: '22:00', to: '07:30', time_zone: 'Europe/Berlin' },
  };
  await alice.api(changeNotificationPreferences, { body });
  await alice.api(changeSettings, { body: { language: 'en' } });
  assert.deepEqual(await alice.api(getNotificationPreferences), body);
  const wrong = { ...body, quiet_hours: { ...body.quiet_hours, time_zone: 'Europe/Atlantis' } };
  const no = await refusal(alice.api(changeNotificationPreferences, { body: wrong }));
  assert.equal(no.code, 'validation_failed');
  assert.match(JSON.stringify(no.details), /time_zone/);
});
