import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openTestHouse } from '../../test/context.ts';
import { completeAbove, NearFacts } from './near-facts.ts';

const house = await openTestHouse();
after(() => house.close());
const { ctx } = house;

let worlds = 0;

/** Words under ids of one owner or the other; fronts hold the newest `take` of each of two kinds. */
function openWords(take: number, { keeps = true } = {}) {
  worlds += 1;
  const world = worlds;
  const kinds = ['even', 'odd'] as const;
  const written = new Map<string, Map<string, string>>();
  const asked: string[] = [];
  const keyOf = (owner: string) => `words-${world}:${owner}`;
  const facts = new NearFacts<string, string, string>(ctx, {
    max: 1000,
    ttlMs: 60_000,
    keyOf,
    absent: 'nothing',
    keeps,
    load: async (wanted) => {
      for (const { owner, ids } of wanted) asked.push(...ids.map((id) => `${owner}${id}`));
      return new Map(wanted.map(({ owner }) => [owner, written.get(owner) ?? new Map()]));
    },
    loadFronts: async (owners) =>
      new Map(
        owners.map((owner) => {
          const all = [...(written.get(owner) ?? [])].sort(([a], [b]) => Number(b) - Number(a));
          const lists = kinds.map((kind) => all.filter(([, word]) => word === kind).slice(0, take));
          const above = completeAbove(
            lists.map((list) => list.map(([id]) => id)),
            take,
          );
          return [owner, { facts: new Map(lists.flat()), above }];
        }),
      ),
  });
  const write = (owner: string, id: number, word: string) => {
    const words = written.get(owner) ?? new Map<string, string>();
    written.set(owner, words.set(String(id), word));
    ctx.db.touchLoosely(keyOf(owner));
  };
  return { facts, written, asked, write };
}

test('what is newer than the front is known without a look, what is older is looked up', async () => {
  const { facts, asked, write } = openWords(2);
  for (const id of [10, 20, 30, 40]) write('a', id, 'even');
  write('a', 35, 'odd');
  const known = await facts.get('a', ['40', '35', '50', '30', '31', '5']);
  // Of the even ones 40 and 30 were read: there may be more at and below 30, but they are known.
  assert.deepEqual(
    ['40', '35', '50', '30', '31'].map((id) => known.get(id)),
    ['even', 'odd', 'nothing', 'even', 'nothing'],
  );
  assert.deepEqual(asked, ['a5']);
  assert.equal(facts.peek('a')?.get('60'), 'nothing');
  assert.equal(facts.peek('a')?.get('29'), undefined, 'it may be there');
  assert.equal(facts.peek('a')?.has('29'), false);
  assert.equal((await facts.get('a', ['20', '21'])).get('20'), 'even');
  assert.equal(facts.peek('a')?.get('21'), 'nothing');
  assert.equal(facts.peek('b'), undefined);
});

test('who is not kept is looked up each time, without a front', async () => {
  const { facts, asked, write } = openWords(2, { keeps: false });
  write('a', 10, 'even');
  assert.equal((await facts.get('a', ['10', '11'])).get('10'), 'even');
  assert.equal((await facts.get('a', ['10'])).get('10'), 'even');
  assert.deepEqual(asked, ['a10', 'a11', 'a10']);
  assert.equal(facts.peek('a'), undefined);
});

test('whatever is written and asked, what is known is what holds', async () => {
  const id = fc.integer({ min: 1, max: 12 });
  const step = fc.oneof(
    fc.record({ write: id, word: fc.constantFrom('even', 'odd', null) }),
    fc.record({ ask: fc.array(id, { minLength: 1, maxLength: 4 }) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, take) => {
        const { facts, written, write } = openWords(take);
        for (const one of steps) {
          if ('ask' in one) await facts.get('a', one.ask.map(String));
          else if (one.word !== null) write('a', one.write, one.word);
          else {
            write('a', one.write, 'gone');
            written.get('a')?.delete(String(one.write));
          }
          const known = facts.peek('a');
          for (let n = 1; n <= 15; n += 1) {
            const fact = known?.get(String(n));
            const holds = written.get('a')?.get(String(n)) ?? 'nothing';
            assert.ok(fact === undefined || fact === holds, `${n}: ${fact}, not ${holds}`);
          }
          if ('ask' in one) for (const n of one.ask) assert.ok(known?.has(String(n)));
        }
      },
    ),
    { numRuns: 200 },
  );
});
