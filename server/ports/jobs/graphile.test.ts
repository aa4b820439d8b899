import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { openTestHouse } from '../../../test/context.ts';
import { JOB_ATTEMPTS_MAX, type JobPayload } from './jobs.ts';

const house = await openTestHouse();
after(() => house.close());
const { ctx } = house;

/** Jobs as they run, for a test to wait for. */
const ran = new EventTarget();
const nextRun = async (task: string) => {
  const [event] = (await once(ran, task)) as [CustomEvent<JobPayload>];
  return event.detail;
};

test('a job runs soon after its transaction commits, and never when that fails', async () => {
  const worker = await ctx.jobs.work(
    {
      greet: async (payload) => {
        ran.dispatchEvent(new CustomEvent('greet', { detail: payload }));
      },
    },
    2,
  );
  const first = nextRun('greet');
  await assert.rejects(
    ctx.db.transaction(async (tx) => {
      await ctx.jobs.add(tx, { task: 'greet', key: 'g1', payload: { n: 1 } });
      throw new Error('never mind');
    }),
  );
  await ctx.db.transaction((tx) =>
    ctx.jobs.add(tx, { task: 'greet', key: 'g2', payload: { n: 2 } }),
  );
  assert.deepEqual(await first, { n: 2 });
  await worker.stop(5000);
});

test('jobs of one key that wait are one job, the last', async () => {
  await ctx.jobs.add(ctx.db, { task: 'later', key: 'k', payload: { n: 1 } });
  await ctx.jobs.add(ctx.db, { task: 'later', key: 'k', payload: { n: 2 } });
  const jobs = await ctx.db.query("select id from graphile_worker.jobs where key = 'k'");
  assert.equal(jobs.length, 1);
  const heard = nextRun('later');
  const worker = await ctx.jobs.work(
    {
      later: async (payload) => {
        ran.dispatchEvent(new CustomEvent('later', { detail: payload }));
      },
    },
    1,
  );
  assert.deepEqual(await heard, { n: 2 });
  await worker.stop(5000);
});

test('a job whose tries are used up is dead, can be seen, and gets all its tries again', async () => {
  await ctx.jobs.add(ctx.db, { task: 'stumble', key: 's', payload: { why: 'test' } });
  // As if all tries but the last had been.
  await ctx.db.query("update graphile_worker._private_jobs set attempts = $1 where key = 's'", [
    JOB_ATTEMPTS_MAX - 1,
  ]);
  let broken = true;
  const tasks = {
    stumble: async (payload: JobPayload) => {
      ran.dispatchEvent(new CustomEvent('stumble', { detail: payload }));
      if (broken) throw new Error('a stone in the way');
    },
  };
  const failed = nextRun('stumble');
  const worker = await ctx.jobs.work(tasks, 1);
  await failed;
  await worker.stop(5000);
  const [dead, ...others] = await ctx.jobs.listDead(ctx.db, 10);
  assert.ok(dead);
  assert.equal(others.length, 0);
  assert.equal(dead.task, 'stumble');
  assert.deepEqual(JSON.parse(dead.payload), { why: 'test' });
  assert.match(dead.error, /a stone in the way/);
  assert.equal(dead.attempts, JOB_ATTEMPTS_MAX);
  assert.deepEqual(await ctx.jobs.listDead(ctx.db, 10, dead.id), [], 'pages by id');

  assert.equal(await ctx.jobs.retryDead(ctx.db, '999999'), false);
  broken = false;
  const again = nextRun('stumble');
  assert.equal(await ctx.jobs.retryDead(ctx.db, dead.id), true);
  const second = await ctx.jobs.work(tasks, 1);
  await again;
  await second.stop(5000);
  assert.deepEqual(await ctx.jobs.listDead(ctx.db, 10), []);
});
