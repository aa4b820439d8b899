import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exploreFeeds } from '../reference/explore.ts';

const COMMANDS = 3_000;

test(`${COMMANDS} commands, at random: every feed is that of a naive one, and nothing leaks`, async (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const { commands, looks, feeds, kills, worlds } = await exploreFeeds({
    commands: COMMANDS,
    seed,
    lanes: 3,
  });
  assert.ok(commands >= COMMANDS);
  t.diagnostic(
    `${commands} commands in ${worlds} worlds, ${looks} looks, ${kills} kills, ${feeds} whole feeds: 0 differences`,
  );
});
