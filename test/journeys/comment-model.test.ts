import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Comment } from '../../api/comments.ts';
import { PINNED_COMMENTS_MAX } from '../../api/limits.ts';
import type { Post } from '../../api/posts.ts';
import { cast, type Person } from '../cast.ts';
import { Refused } from '../client.ts';
import {
  allComments,
  allReplies,
  approve,
  demandExactCounts,
  like,
  pin,
  read,
  remove,
  reply,
  restrict,
  unlike,
  unpin,
  unrestrict,
} from '../comments.ts';
import { openTestServer, type TestServer } from '../server.ts';

/** The first owns the post. */
const NAMES = ['olga', 'bob', 'carol'] as const;
const RUNS = 20;
const COMMANDS = 110;

let server: TestServer;
let people: Person[];

before(async () => {
  server = await openTestServer();
  people = Object.values(await cast(server.url, ...NAMES));
});
after(async () => {
  people[0]?.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** A comment as the plain model has it. */
interface Said {
  readonly shown: Comment;
  readonly by: number;
  readonly parent: Said | null;
  readonly root: Said | null;
  readonly likes: Set<number>;
  held: boolean;
  pinned: number;
  gone: boolean;
}

class Model {
  readonly said: Said[] = [];
  readonly restricted = new Set<number>();
  pins = 0;

  get there(): Said[] {
    return this.said.filter((one) => !one.gone);
  }

  seenBy(who: number): Said[] {
    return this.there.filter((one) => !one.held || who === 0 || who === one.by);
  }

  roots(who: number): Said[] {
    const first = this.seenBy(who).filter((one) => one.root === null);
    const pinned = first.filter((one) => one.pinned > 0).sort((a, b) => b.pinned - a.pinned);
    return [...pinned, ...first.filter((one) => one.pinned === 0).reverse()];
  }

  thread(root: Said, who: number): Said[] {
    return this.seenBy(who).filter((one) => one.root === root);
  }

  counted(root?: Said): number {
    return this.there.filter((one) => !one.held && (!root || one.root === root)).length;
  }
}

const KINDS = [
  ...['create', 'reply', 'reply', 'reply', 'like', 'unlike', 'remove', 'pin', 'unpin'],
  ...['approve', 'restrict', 'unrestrict', 'look'],
] as const;

interface Command {
  readonly kind: (typeof KINDS)[number];
  readonly who: number;
  /** Which of the comments that were ever written, also of those that are gone. */
  readonly which: number;
}

const commands = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    who: fc.nat(NAMES.length - 1),
    which: fc.nat(),
  }),
  { minLength: COMMANDS, maxLength: COMMANDS },
);

const person = (who: number) => people[who] as Person;

/** The code of a refusal, or null. */
async function refused(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

/** What the model says about a command on a comment: the refusal, or null and what becomes of it. */
type Verdict = string | null;
type Act = (model: Model, one: Said, who: number) => Verdict;

const ACTS: Readonly<Record<string, { ask: typeof read | typeof like; act: Act }>> = {
  like: {
    ask: like,
    act: (_model, one, who) => {
      one.likes.add(who);
      return null;
    },
  },
  unlike: {
    ask: unlike,
    act: (_model, one, who) => {
      one.likes.delete(who);
      return null;
    },
  },
  remove: {
    ask: remove as typeof read,
    act: (model, one, who) => {
      if (who !== 0 && who !== one.by) return 'forbidden';
      for (const each of model.there) if (each === one || each.root === one) each.gone = true;
      return null;
    },
  },
  pin: {
    ask: pin,
    act: (model, one, who) => {
      if (who !== 0 || one.root || one.held) return 'forbidden';
      if (one.pinned > 0) return null;
      const standing = model.there.filter((each) => each.pinned > 0).length;
      if (standing >= PINNED_COMMENTS_MAX) return 'too_many_pinned';
      model.pins += 1;
      one.pinned = model.pins;
      return null;
    },
  },
  unpin: {
    ask: unpin,
    act: (_model, one, who) => {
      if (who !== 0 || one.root || one.held) return 'forbidden';
      one.pinned = 0;
      return null;
    },
  },
  approve: {
    ask: approve,
    act: (_model, one, who) => {
      if (who !== 0) return 'forbidden';
      one.held = false;
      return null;
    },
  },
};

async function run(model: Model, post: Post, command: Command): Promise<void> {
  const { kind, who, which } = command;
  const one = model.said[which % Math.max(1, model.said.length)] ?? null;
  if (kind === 'look') return demandSame(model, post, who);
  if (kind === 'restrict' || kind === 'unrestrict') {
    if (who === 0) return;
    const [change, note] =
      kind === 'restrict' ? ([restrict, 'add'] as const) : ([unrestrict, 'delete'] as const);
    await change(server.ctx, person(0), person(who));
    model.restricted[note](who);
    return;
  }
  if (kind === 'create' || kind === 'reply')
    return write(model, post, who, kind === 'reply' ? one : null);
  if (!one) return;
  const { ask, act } = ACTS[kind] ?? { ask: read, act: () => null };
  const seen = model.seenBy(who).includes(one);
  const verdict = seen ? act(model, one, who) : 'comment_not_found';
  assert.equal(await refused(ask(person(who), one.shown)), verdict, JSON.stringify(command));
}

async function write(model: Model, post: Post, who: number, parent: Said | null): Promise<void> {
  const text = `number ${model.said.length}`;
  if (parent) {
    const seen = model.seenBy(who).includes(parent);
    const verdict = seen ? (parent.held ? 'forbidden' : null) : 'comment_not_found';
    if (verdict) {
      assert.equal(await refused(reply(person(who), parent.shown, text)), verdict);
      return;
    }
  }
  const shown = await (parent
    ? reply(person(who), parent.shown, text)
    : person(who).comment(post, text));
  const root = parent ? (parent.root ?? parent) : null;
  const held = model.restricted.has(who);
  model.said.push({
    ...{ shown, by: who, parent, root, held },
    ...{ likes: new Set<number>(), pinned: 0, gone: false },
  });
}

/** What one person reads, all of it, against what the model says that they read. */
async function demandSame(model: Model, post: Post, who: number): Promise<void> {
  const reader = person(who);
  const plain = (one: Said) => ({
    text: one.shown.text,
    user: NAMES[one.by],
    reply_to: one.parent?.root && !one.parent.gone ? NAMES[one.parent.by] : null,
    likes: one.likes.size,
    liked: one.likes.has(who),
    replies: one.root ? 0 : model.counted(one),
    waiting: model.thread(one, who).filter((each) => each.held).length,
    pinned: one.pinned > 0,
    held: one.held,
  });
  const read = (one: Comment) => ({
    text: one.text,
    user: one.user.username,
    reply_to: one.reply_to,
    likes: one.likes_count,
    liked: one.viewer.liked,
    replies: one.replies_count,
    waiting: one.held_replies_count,
    pinned: one.pinned,
    held: one.held,
  });
  const first = await allComments(reader, post, 8);
  assert.deepEqual(first.map(read), model.roots(who).map(plain));
  for (const root of model.roots(who)) {
    const replies = await allReplies(reader, root.shown, 8);
    assert.deepEqual(replies.map(read), model.thread(root, who).map(plain));
  }
  assert.equal((await reader.see(post)).comments_count, model.counted());
}

test(`${RUNS * COMMANDS} commands, at random: the talk is what a plain model says`, async (t) => {
  let done = 0;
  const property = fc.asyncProperty(commands, async (list) => {
    const model = new Model();
    const post = await person(0).published(person(0).post());
    await server.ctx.db.query('delete from restrictions where person_id = $1', [person(0).id]);
    for (const command of list) {
      await run(model, post, command);
      done += 1;
    }
    for (const who of NAMES.keys()) await demandSame(model, post, who);
    await demandExactCounts(server.ctx, post);
  });
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  await fc.assert(property, { numRuns: RUNS, seed, endOnFailure: true });
  t.diagnostic(`${done} commands, seed ${seed}`);
});
