import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from './api-error.ts';
import { createList } from './lists.ts';

/** A list of the numbers from 1 on, in pages of three, whose server can be made to fail. */
function numbers(count: number) {
  let fail: ApiError | null = null;
  let first = 1;
  const asked: (string | undefined)[] = [];
  const list = createList<string>(
    {
      load: async (cursor) => {
        asked.push(cursor);
        if (fail) throw fail;
        const from = cursor === undefined ? first : Number(cursor) + 1;
        const to = Math.min(from + 2, count);
        const items = Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
        return { items, next: to < count ? String(to) : null };
      },
      idOf: (item) => item,
    },
    null,
  );
  return {
    list,
    asked,
    setFail: (error: ApiError | null) => {
      fail = error;
    },
    setFirst: (value: number) => {
      first = value;
    },
  };
}

const offline = () => new ApiError({ code: 'offline', message: 'Offline.' });

test('a list grows page by page to its end', async () => {
  const { list, asked } = numbers(7);
  await list.more();
  await list.more();
  assert.deepEqual(list.items.value, ['1', '2', '3', '4', '5', '6']);
  assert.equal(list.ended.value, false);
  await list.more();
  assert.equal(list.ended.value, true);
  await list.more();
  assert.deepEqual(asked, [undefined, '3', '6']);
});

test('two askers at once cause one request', async () => {
  const { list, asked } = numbers(7);
  await Promise.all([list.more(), list.more()]);
  assert.equal(asked.length, 1);
});

test('a page that fails leaves what was there, says why, and can be asked for again', async () => {
  const { list, setFail } = numbers(7);
  await list.more();
  setFail(offline());
  await list.more();
  assert.equal(list.state.value, 'failed');
  assert.equal(list.error.value?.code, 'offline');
  assert.deepEqual(list.items.value, ['1', '2', '3']);
  setFail(null);
  await list.more();
  assert.deepEqual(list.items.value, ['1', '2', '3', '4', '5', '6']);
  assert.equal(list.error.value, null);
});

test('news is told apart from what is known, and put first without doubles', async () => {
  const { list, setFirst } = numbers(9);
  setFirst(3);
  await list.more();
  setFirst(2);
  const { fresh, gap } = await list.head();
  assert.deepEqual(fresh, ['2']);
  assert.equal(gap, false);
  list.putFirst(fresh);
  list.putFirst(fresh);
  assert.deepEqual(list.items.value, ['2', '3', '4', '5']);
});

test('a gap between the news and what is known is told, and starting over closes it', async () => {
  const { list, setFirst } = numbers(20);
  setFirst(10);
  await list.more();
  setFirst(1);
  const head = await list.head();
  assert.equal(head.gap, true);
  head.startOver();
  assert.deepEqual(list.items.value, ['1', '2', '3']);
  await list.more();
  assert.deepEqual(list.items.value, ['1', '2', '3', '4', '5', '6']);
});

test('what has gone from the first page goes from the list, and nothing else does', async () => {
  const { list } = numbers(7);
  await list.more();
  await list.more();
  list.insert('1b', 1);
  list.insert('5b', 6);
  await list.head();
  assert.deepEqual(list.items.value, ['1', '2', '3', '4', '5', '5b', '6']);
});

test('what was saved is shown again and goes on from there', async () => {
  const { list } = numbers(7);
  await list.more();
  const again = createList<string>(
    {
      load: async (cursor) => ({ items: [`after ${cursor}`], next: null }),
      idOf: (item) => item,
    },
    list.save(),
  );
  assert.deepEqual(again.items.value, ['1', '2', '3']);
  await again.more();
  assert.deepEqual(again.items.value, ['1', '2', '3', 'after 3']);
});

test('an item is put back where it was taken out', async () => {
  const { list } = numbers(3);
  await list.more();
  list.remove('2');
  assert.deepEqual(list.items.value, ['1', '3']);
  list.insert('2', 1);
  assert.deepEqual(list.items.value, ['1', '2', '3']);
});
