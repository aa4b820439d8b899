import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { Admission, type Refusal } from './admission.ts';
import { CLASSES, type WorkClass } from './classes.ts';

/** A request of each class. */
const EXAMPLES = {
  read: ['GET', '/api/v1/feed/home'],
  keep: ['POST', '/api/v1/posts'],
  write: ['PUT', '/api/v1/users/bob'],
  list: ['GET', '/api/v1/feed/explore'],
  count: ['POST', '/api/v1/posts/1/like'],
} as const satisfies Record<WorkClass, readonly [string, string]>;

let now = 0;
let waitingMs = 0;
let ends: (() => void)[] = [];
let said: string[] = [];
let clients = 0;
let admission: Admission;

const say = (_details: object, message: string) => void said.push(message);

function open(bound = 100): Admission {
  return new Admission({
    bound,
    waitingMs: () => waitingMs,
    behindProxy: false,
    log: { warn: say, info: say } as never,
    now: () => now,
    atEnd: (end) => void ends.push(end),
  });
}

beforeEach(() => {
  now = 1000;
  waitingMs = 0;
  ends = [];
  said = [];
  admission = open();
});
afterEach(() => admission.stop());

/** A request of a client of its own, unless `client` is told. */
function ask(workClass: WorkClass, client = `Bearer ${++clients}`) {
  const [method, url] = EXAMPLES[workClass];
  return { method, url, headers: { authorization: client }, socket: {} } as never;
}

const late = (workClass: WorkClass, client?: string) =>
  admission.refuseLate(ask(workClass, client));
const many = (workClass: WorkClass, client?: string) =>
  admission.refuseMany(ask(workClass, client));
const refusedOf = (judge: (workClass: WorkClass) => Refusal | null) =>
  CLASSES.filter((workClass) => judge(workClass) !== null);

function endTurn() {
  for (const end of ends.splice(0)) end();
}

/** A queue stands: for so many intervals, work waited all the time. */
function stand(intervals = 1) {
  late('read');
  endTurn();
  waitingMs = 20;
  for (let i = 0; i <= intervals * 10; i += 1) {
    now += 10;
    admission.tick();
  }
}

describe('while nothing waits', () => {
  it('takes everything up to its bound', () => {
    for (let i = 0; i < 39; i += 1) admission.begin('read');
    assert.deepEqual(refusedOf(many), []);
    assert.deepEqual(refusedOf(late), []);
  });

  it('takes what one long pause has held up', () => {
    late('read');
    now += 800;
    admission.tick();
    assert.equal(admission.isLate, false);
    assert.deepEqual(refusedOf(late), []);
    endTurn();
    now += 10;
    admission.tick();
    assert.deepEqual(refusedOf(late), []);
  });

  it('takes bursts that are through before they are a queue', () => {
    late('read');
    for (let i = 0; i < 100; i += 1) {
      now += 10;
      waitingMs = i % 9 === 8 ? 0 : 50;
      admission.tick();
      assert.equal(admission.isLate, false);
    }
    assert.equal(admission.limit, 100);
  });
});

describe('when too much is under way', () => {
  it('refuses counts, then lists, then writes, then posts, then reads', () => {
    const first = new Map<WorkClass, number>();
    for (let n = 0; n < 100; n += 1) {
      for (const workClass of refusedOf(many)) {
        if (!first.has(workClass)) first.set(workClass, n);
      }
      admission.begin('read');
    }
    assert.deepEqual(refusedOf(many), [...CLASSES]);
    assert.deepEqual(Object.fromEntries(first), { count: 40, list: 55, write: 70, keep: 85 });
  });

  it('takes reads however many lesser requests are under way', () => {
    for (let n = 0; n < 79; n += 1) admission.begin('count');
    assert.deepEqual(refusedOf(many), ['count']);
    for (let n = 0; n < 100; n += 1) admission.begin('keep');
    assert.deepEqual(refusedOf(many), ['keep', 'write', 'list', 'count']);
    for (let n = 0; n < 21; n += 1) admission.begin('count');
    assert.deepEqual(refusedOf(many), [...CLASSES]);
  });

  it('takes again what comes when work has ended', () => {
    const done = Array.from({ length: 100 }, () => admission.begin('read'));
    assert.deepEqual(refusedOf(many), [...CLASSES]);
    for (const end of done) end();
    assert.equal(admission.underWay, 0);
    assert.deepEqual(refusedOf(many), []);
  });
});

describe('when work waits all the time', () => {
  it('lowers how much may be under way, and raises it again by itself', () => {
    for (let n = 0; n < 80; n += 1) admission.begin('read');
    stand(2);
    assert.equal(admission.isLate, true);
    const after = admission.limit;
    assert.ok(after < 80, `${after}`);
    stand(30);
    assert.equal(admission.limit, 32);
    waitingMs = 0;
    for (let i = 0; i < 300; i += 1) {
      now += 10;
      admission.tick();
    }
    assert.deepEqual([admission.isLate, admission.limit], [false, 100]);
  });

  it('takes the few that are asked, however late they come', () => {
    stand();
    late('read');
    now += 500;
    for (let n = 0; n < 12; n += 1) assert.deepEqual(refusedOf(late), []);
    for (let n = 0; n < 3; n += 1) assert.equal(late('count'), null);
    assert.notEqual(late('count'), null, 'these are too many');
  });

  it('refuses what has waited for the event loop too long, the least wanted first', () => {
    for (let n = 0; n < 64; n += 1) admission.begin('read');
    stand();
    const seen: WorkClass[][] = [];
    for (const workClass of CLASSES) late(workClass);
    for (let waited = 0; waited <= 40; waited += 1) {
      const refused = refusedOf(late);
      if (refused.length !== (seen.at(-1)?.length ?? 0)) seen.push(refused);
      now += 1;
    }
    assert.deepEqual(seen, [
      ['count'],
      ['list', 'count'],
      ['write', 'list', 'count'],
      ['keep', 'write', 'list', 'count'],
      [...CLASSES],
    ]);
    endTurn();
    // The next turn follows after a breath: nobody has waited.
    now += 10;
    assert.deepEqual(refusedOf(late), []);
  });

  it('knows that requests of a turn have waited for the turn before', () => {
    for (let n = 0; n < 64; n += 1) admission.begin('read');
    stand();
    late('read');
    now += 100;
    endTurn();
    assert.notEqual(late('read'), null);
  });

  it('never refuses health, admins and bytes of uploads', () => {
    for (let n = 0; n < 100; n += 1) admission.begin('read');
    stand();
    late('read');
    now += 1000;
    for (const url of ['/health', '/api/v1/admin/storage', '/uploads/1']) {
      const asked = { method: 'GET', url, headers: {}, socket: {} } as never;
      assert.equal(admission.refuseLate(asked), null);
      assert.equal(admission.refuseMany(asked), null);
    }
  });
});

describe('a refusal', () => {
  beforeEach(() => {
    for (let n = 0; n < 100; n += 1) admission.begin('read');
  });

  it('says when to come back, not all in the same second', () => {
    const waits = new Set<number>();
    for (let n = 0; n < 30; n += 1) waits.add(many('read')?.retryAfter ?? 0);
    assert.deepEqual([...waits].toSorted(), [1, 2, 3]);
  });

  it('is for one client when that one alone is the cause', () => {
    const codes = Array.from({ length: 60 }, (_, n) => [
      many('read', n % 3 === 0 ? undefined : 'Bearer the same')?.code,
      n % 3,
    ]).slice(30);
    for (const [code, kind] of codes) {
      assert.equal(code, kind === 0 ? 'overloaded' : 'too_many_requests');
    }
    now += 1000;
    admission.tick();
    assert.equal(many('read', 'Bearer the same')?.code, 'overloaded');
  });

  it('is told to whoever looks, at its beginning and its end', () => {
    stand();
    many('read');
    many('count');
    assert.match(admission.warning ?? '', /2 requests were refused/);
    waitingMs = 0;
    for (let i = 0; i < 120; i += 1) {
      now += 10;
      admission.tick();
    }
    assert.equal(admission.warning, null);
    assert.deepEqual(said, [
      'more is asked than can be done: requests are refused',
      'everything that is asked can be done again',
    ]);
  });
});

describe('whatever comes', () => {
  it('refuses no class before a lesser one, and recovers', () => {
    const step = fc.record({
      begun: fc.constantFrom(...CLASSES),
      wait: fc.nat({ max: 60 }),
      db: fc.nat({ max: 60 }),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(step, { maxLength: 200 }),
        (bound, steps) => {
          admission.stop();
          admission = open(bound);
          const under: (() => void)[] = [];
          for (const { begun, wait, db, ends: over } of steps) {
            now += wait;
            waitingMs = db;
            if (late(begun) === null && many(begun) === null) under.push(admission.begin(begun));
            for (const judge of [late, many]) {
              const taken = CLASSES.map((workClass) => judge(workClass) === null);
              assert.deepEqual(taken, taken.toSorted().reverse(), 'a lesser class is taken alone');
            }
            if (over) {
              endTurn();
              under.pop()?.();
            }
            admission.tick();
            assert.ok(admission.underWay <= 2 * bound, 'there is an end to what is under way');
          }
          for (const end of under) end();
          endTurn();
          waitingMs = 0;
          for (let i = 0; i < 2000; i += 1) {
            now += 10;
            admission.tick();
          }
          assert.deepEqual(
            [admission.limit, admission.underWay, admission.isLate],
            [bound, 0, false],
          );
          assert.deepEqual([refusedOf(late), refusedOf(many), admission.warning], [[], [], null]);
        },
      ),
    );
  });
});
