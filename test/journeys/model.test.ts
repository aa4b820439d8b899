import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestHouse, type TestHouse } from '../context.ts';
import { explore } from '../model/explore.ts';

const COMMANDS = 10_000;

let house: TestHouse;

before(async () => {
  house = await openTestHouse();
});
after(() => house.close());

test(`${COMMANDS} commands, at random: the server does and shows what a plain model says`, async (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const { commands, looks, worlds } = await explore(house.ctx, {
    commands: COMMANDS,
    seed,
    lanes: 4,
  });
  assert.ok(commands >= COMMANDS);
  t.diagnostic(`${commands} commands in ${worlds} worlds, ${looks} looks, 0 differences`);
});
