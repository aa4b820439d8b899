import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { exploreFeeds } from '../reference/explore.ts';
import { exploreKills } from '../reference/kills.ts';
import { killSpawned } from '../server.ts';

const COMMANDS = 2_500;

after(killSpawned);

const seedOf = () => Number(process.env.SEED ?? Date.now() % 2 ** 31);

test(`${COMMANDS} commands, at random: every feed is that of a naive one, and nothing leaks`, async (t) => {
  const seed = seedOf();
  t.diagnostic(`seed ${seed}`);
  const { commands, looks, feeds, ranked, recommended, fast, kills, worlds } = await exploreFeeds({
    commands: COMMANDS,
    seed,
    lanes: 3,
  });
  assert.ok(commands >= COMMANDS);
  t.diagnostic(
    `${commands} commands in ${worlds} worlds, ${looks} looks, ${kills} kills, ${feeds} whole feeds, ${ranked} ranked; ${recommended} recommended posts, ${fast} pages by the fast lane: 0 differences`,
  );
});

test('workers of their own are killed in the middle of it: the feeds are the same', async (t) => {
  const seed = seedOf();
  t.diagnostic(`seed ${seed}`);
  const { tally, late } = await exploreKills({ rounds: 3, commands: 60, seed });
  assert.equal(tally.kills, 2);
  t.diagnostic(`${tally.commands} commands, ${tally.kills} kills, ${late} heard of late`);
});
