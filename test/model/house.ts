/** The same small world on the real thing: the functions behind every route, on a real database. */
import type { CommentId, PersonId, PostId, SessionId } from '../../api/ids.ts';
import type { Pagination } from '../../api/page.ts';
import type { BodyOf, DataOf, ParamsOf, Route } from '../../api/route.ts';
import type { Context } from '../../server/context.ts';
import { insertPerson } from '../../server/features/people/store.ts';
import { processPost } from '../../server/features/posts/process.ts';
import { insertPost } from '../../server/features/posts/store.ts';
import { deliverTogether } from '../../server/kernel/deliver-together.ts';
import type { EventGroup } from '../../server/kernel/events.ts';
import { Problem } from '../../server/kernel/problem.ts';
import type { BoundRoute, Call } from '../../server/kernel/route.ts';
import type { NewJob, TaskHandler } from '../../server/ports/jobs/jobs.ts';
import { allRoutes } from '../../server/roles/api.ts';
import { consumers, quickTasks } from '../../server/roles/worker.ts';
import { type Audience, GUEST, NAMES, type Outcome } from './world.ts';

const BOUND = new Map<Route, BoundRoute>(allRoutes.map((bound) => [bound.contract, bound]));

interface Wish<R extends Route> {
  readonly params?: ParamsOf<R>;
  readonly body?: BodyOf<R>;
}
type ListRoute = Route & { readonly list: true };
type ItemOf<R extends Route> = DataOf<R> extends (infer Item)[] ? Item : never;

let worlds = 0;

/** One small world's people, posts and comments by their places in it, and the jobs that wait. */
export class House {
  readonly people: PersonId[] = [];
  readonly names: string[] = [];
  readonly posts: PostId[] = [];
  readonly comments: { readonly post_id: PostId; readonly comment_id: CommentId }[] = [];
  readonly #ctx: Context;
  readonly #due = new Map<string, NewJob>();
  readonly #handlers: Readonly<Record<string, TaskHandler>>;

  private constructor(ctx: Context) {
    // Jobs are kept here and run by `work` with the handlers of roles/worker.ts, when the commands say
    // so: a worker that takes its time, but one whose time can be told and repeated. That a job
    // commits with its transaction and is run at least once are promises of the port, with tests of
    // its own; a handler here may as there find that nothing is left to do.
    const add = async (_q: unknown, job: NewJob) => {
      if (job.runAt && job.runAt > ctx.clock.now()) return;
      const key = JSON.stringify([job.task, job.payload]);
      if (!this.#due.has(key)) this.#due.set(key, job);
    };
    const { work, listDead, retryDead } = ctx.jobs;
    this.#ctx = { ...ctx, jobs: { add, work, listDead, retryDead } };
    this.#handlers = quickTasks(this.#ctx);
  }

  /** A world of strangers, apart from all others on the same database. */
  static async open(ctx: Context): Promise<House> {
    const house = new House(ctx);
    worlds += 1;
    const world = worlds;
    for (const name of NAMES) {
      house.people.push(ctx.ids.next<PersonId>());
      house.names.push(`${name}_${process.pid}_${world}`);
    }
    await ctx.db.transaction(async (tx) => {
      for (const [who, fullName] of NAMES.entries()) {
        const named = { personId: house.personId(who), username: at(house.names, who), fullName };
        // Nobody logs in, so nobody needs a password: hashing one takes longer than a whole world.
        await insertPerson(tx, { ...named, role: 'member', at: ctx.clock.now() });
      }
    });
    return house;
  }

  /** Asks a route as somebody, past HTTP: what validation and sessions do has tests of its own. */
  async ask<R extends Route>(contract: R, who: number, wish: Wish<R>): Promise<DataOf<R>> {
    return (await this.#call(contract, who, wish, {})) as DataOf<R>;
  }

  /** A list to its end, `limit` at a time. */
  async list<R extends ListRoute>(
    contract: R,
    who: number,
    wish: Wish<R>,
    limit: number,
  ): Promise<ItemOf<R>[]> {
    const all: ItemOf<R>[] = [];
    let cursor: string | null = null;
    do {
      const query: { cursor?: string; limit: number } = cursor ? { cursor, limit } : { limit };
      const page = (await this.#call(contract, who, wish, query)) as {
        items: ItemOf<R>[];
        pagination: Pagination;
      };
      if (page.items.length > limit) throw new Error('more than was asked for');
      all.push(...page.items);
      cursor = page.pagination.next_cursor;
    } while (cursor !== null);
    return all;
  }

  async #call(contract: Route, who: number, wish: Wish<Route>, query: object): Promise<unknown> {
    const bound = BOUND.get(contract);
    if (!bound) throw new Error(`${contract.name} is not bound`);
    const personId = who === GUEST ? null : this.personId(who);
    const call = {
      viewer: personId && { personId, sessionId: '1' as SessionId, role: 'member' },
      params: wish.params ?? {},
      query,
      body: wish.body ?? {},
      idempotencyKey: null,
      device: '',
    };
    // Safe: none of the routes asked here reads or writes the cookie.
    return bound.handle(this.#ctx, call as unknown as Call<Route>);
  }

  /** Publishes a post without pictures: what `createPost` writes, and the job that publishes it. */
  async publish(by: number, audience: Audience): Promise<void> {
    const ctx = this.#ctx;
    const postId = ctx.ids.next<PostId>();
    const post = { postId, authorId: this.personId(by), caption: '', at: ctx.clock.now() };
    await ctx.db.transaction((tx) => insertPost(tx, { ...post, audience }));
    await processPost(ctx, postId);
    this.posts.push(postId);
  }

  /** Delivers every event that waits, runs every job that waits, and those that come of them. */
  async work(backwards: boolean): Promise<void> {
    const groups: EventGroup[] = backwards ? ['people', 'posts'] : ['posts', 'people'];
    let jobs: NewJob[];
    do {
      for (const group of groups) await this.#deliver(group);
      jobs = [...this.#due.values()];
      this.#due.clear();
      for (const job of backwards ? jobs.reverse() : jobs) await this.#run(job);
    } while (jobs.length > 0);
  }

  async #deliver(group: EventGroup): Promise<void> {
    const keys = group === 'people' ? this.people : this.posts;
    await deliverTogether(this.#ctx, consumers, group, keys);
  }

  async #run({ task, payload }: NewJob): Promise<void> {
    const handle = this.#handlers[task];
    if (!handle) throw new Error(`${task} is no quick job`);
    await handle(payload, new AbortController().signal);
  }

  personId(who: number): PersonId {
    return at(this.people, who);
  }

  to(who: number): { readonly params: { readonly username: string } } {
    return { params: { username: at(this.names, who) } };
  }

  onPost(nr: number): { readonly params: { readonly post_id: PostId } } {
    return { params: { post_id: at(this.posts, nr) } };
  }

  onComment(nr: number) {
    return { params: at(this.comments, nr) };
  }
}

function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new Error(`there is no ${place} here`);
  return found;
}

/** What comes of it: the answer, or the code with which it was refused. Other errors go on. */
export async function outcome(work: Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: await work };
  } catch (error) {
    if (error instanceof Problem) return { refused: error.code };
    throw error;
  }
}
