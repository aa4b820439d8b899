/** The server against a plain model of it, a great many commands long: see test/model/. */
import { parseArgs } from 'node:util';
import { openTestHouse } from '../test/context.ts';
import { type Explored, explore } from '../test/model/explore.ts';
import { count, fixed } from './table.ts';

/** Worlds at once: while one waits for the database, another has its turn. */
const LANES = 8;
const SAY_EVERY_MS = 30_000;

/** `--commands N`, `--seed N`, `--lanes N`. A seed that was reported does the same again with one lane. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      commands: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      lanes: { type: 'string', default: String(LANES) },
    },
  });
  const asked = { commands: natural(values.commands), lanes: natural(values.lanes) };
  const seed = natural(values.seed);
  console.log(`seed ${seed}, ${count(asked.commands)} commands, ${asked.lanes} worlds at once`);
  const house = await openTestHouse();
  const started = performance.now();
  const cpu = process.cpuUsage();
  let said = started;
  const say = ({ commands, worlds }: Explored) => {
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    console.log(`${count(commands)} commands, ${count(worlds)} worlds`);
  };
  try {
    const { commands, looks, worlds } = await explore(house.ctx, { ...asked, seed }, say);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${count(commands)} commands in ${count(worlds)} worlds, ${count(looks)} looks beside them: 0 differences, seed ${seed}`,
    );
    console.log(
      `${fixed(commands / seconds)} commands/s, ${fixed(seconds)} s; CPU of node ${fixed((user + system) / 1000 / commands, 2)} ms a command, looks included`,
    );
  } finally {
    await house.close();
  }
}

function natural(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`${text} is not a number from 1`);
  return number;
}
