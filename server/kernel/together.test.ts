import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Together } from './together.ts';

/** Goes that wait until they are told what becomes of them. */
function openGoes(max: number, patienceMs = 60_000) {
  const goes: { questions: readonly number[]; end: (fails?: boolean) => void }[] = [];
  const together = new Together<number, string>({
    max,
    patienceMs,
    load: (questions) =>
      new Promise((resolve, reject) => {
        const end = (fails = false) => {
          if (fails) reject(new Error('no luck'));
          else resolve(questions.map((one) => `answer ${one}`));
        };
        goes.push({ questions, end });
      }),
  });
  return { together, asked: () => goes.map(({ questions }) => questions), goes };
}

test('what is asked in one turn goes together, what comes later gathers until that is back', async () => {
  const { together, asked, goes } = openGoes(10);
  const first = [together.ask(1), together.ask(2)];
  await turn();
  assert.deepEqual(asked(), [[1, 2]]);
  const later = [together.ask(3), together.ask(4)];
  await turn();
  const last = together.ask(5);
  assert.deepEqual(asked(), [[1, 2]]);
  let gone = false;
  const seen = first[0]?.then(() => {
    gone = goes.length === 2;
  });
  goes[0]?.end();
  assert.deepEqual(await Promise.all(first), ['answer 1', 'answer 2']);
  await seen;
  assert.ok(gone, 'the next ones left before the answers were given');
  assert.deepEqual(asked(), [
    [1, 2],
    [3, 4, 5],
  ]);
  goes[1]?.end();
  assert.deepEqual(await Promise.all([...later, last]), ['answer 3', 'answer 4', 'answer 5']);
  const alone = together.ask(6);
  await turn();
  assert.deepEqual(asked().at(-1), [6]);
  goes[2]?.end();
  assert.equal(await alone, 'answer 6');
});

test('a go that is full waits for none, and is never larger', async () => {
  const { together, asked, goes } = openGoes(2);
  const answers = [1, 2, 3, 4, 5].map((n) => together.ask(n));
  await turn();
  assert.deepEqual(asked(), [[1, 2], [3, 4], [5]]);
  answers.push(together.ask(6));
  await turn();
  assert.equal(goes.length, 3);
  answers.push(together.ask(7));
  await turn();
  assert.deepEqual(asked().at(-1), [6, 7]);
  for (const { end } of goes) end();
  assert.deepEqual((await Promise.all(answers)).at(-1), 'answer 7');
});

test('one go that hangs keeps nobody waiting for long', async () => {
  const { together, asked, goes } = openGoes(10, 1);
  const first = together.ask(1);
  await turn();
  const second = together.ask(2);
  while (goes.length < 2) await turn();
  assert.deepEqual(asked(), [[1], [2]]);
  goes[1]?.end();
  assert.equal(await second, 'answer 2');
  goes[0]?.end();
  assert.equal(await first, 'answer 1');
});

test('a go that fails fails for those who went, and the next one is tried', async () => {
  const { together, goes } = openGoes(10);
  const first = together.ask(1);
  await turn();
  const second = together.ask(2);
  goes[0]?.end(true);
  await assert.rejects(first, /no luck/);
  goes[1]?.end();
  assert.equal(await second, 'answer 2');
});
