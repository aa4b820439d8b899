import type { PersonId, PostId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { type Graph, seeded } from './graph.ts';
import type { KindPlan, RequestWish } from './load.ts';
import { addGraph, logIn } from './people.ts';

const CAPTION = 'Look at this light, and at the boats in their row: I was there on the same day.';
/** Of all requests, as social-network benchmarks mix them (DeathStarBench: read home, read user, compose). */
const SHARES = { home: 0.6, profile: 0.3, post: 0.1 };

interface Member {
  readonly id: PersonId;
  readonly username: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everyone of the graph with a session, and the requests that they make. */
export class Crowd {
  readonly people: readonly Member[];
  readonly #posts: ReadonlyMap<PersonId, readonly PostId[]>;
  readonly #limit: number;
  #made = 0;

  private constructor(
    people: readonly Member[],
    posts: ReadonlyMap<PersonId, readonly PostId[]>,
    limit: number,
  ) {
    this.people = people;
    this.#posts = posts;
    this.#limit = limit;
  }

  /** `limit`: posts of a page. */
  static async open(ctx: Context, graph: Graph, postsEach: number, limit: number): Promise<Crowd> {
    const ids = await addGraph(ctx, graph, postsEach);
    const people: Member[] = [];
    for (const id of ids) {
      const headers = { authorization: `Bearer ${await logIn(ctx, id)}` };
      people.push({ id, username: `person_${id}`, headers });
    }
    const rows = await ctx.db.query<{ author_id: PersonId; post_ids: PostId[] }>(
      'select author_id, array_agg(post_id::text order by post_id) as post_ids from posts group by author_id',
    );
    const posts = new Map(rows.map(({ author_id, post_ids }) => [author_id, post_ids]));
    return new Crowd(people, posts, limit);
  }

  /** Everybody's own home feed. */
  homes(): RequestWish[] {
    const path = `/api/v1/feed/home?limit=${this.#limit}`;
    return this.people.map(({ headers }) => ({ path, headers }));
  }

  /** The mix, with `posts` new posts to be sent once each. */
  kinds(posts: number): KindPlan[] {
    return [
      { name: 'home feed', share: SHARES.home, requests: shuffled(this.homes()) },
      { name: 'profile feed', share: SHARES.profile, requests: this.#profiles() },
      { name: 'new post', share: SHARES.post, requests: this.#newPosts(posts), once: true },
    ];
  }

  /** Somebody looks at somebody else. */
  #profiles(): RequestWish[] {
    const random = seeded(7);
    const anyone = () => this.people[Math.floor(random() * this.people.length)] as Member;
    return Array.from({ length: 2 * this.people.length }, () => ({
      path: `/api/v1/feed/user/${anyone().username}?limit=${this.#limit}`,
      headers: anyone().headers,
    }));
  }

  /** Reposts: text of one's own and a picture that is there already. No two of one person are of the same post. */
  #newPosts(count: number): RequestWish[] {
    const all = this.people.length;
    return Array.from({ length: count }, () => {
      const nth = this.#made++;
      const round = Math.floor(nth / all);
      if (round >= all - 1) throw new Error('everybody has reposted everybody');
      // A prime far from the size of the graph, so that neighbours in time are not neighbours in it.
      const from = (nth * 4_093) % all;
      const of = this.people[(from + 1 + round) % all] as Member;
      const posts = this.#posts.get(of.id) ?? [];
      return {
        method: 'POST',
        path: `/api/v1/posts/${posts[round % posts.length]}/repost`,
        headers: (this.people[from] as Member).headers,
        body: JSON.stringify({ caption: CAPTION }),
      };
    });
  }
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const random = seeded(11);
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Jobs that do not follow from a post. */
const OTHER_TASKS = ['scrub', 'sweep', 'sweep_orphans', 'suggest', 'find_popular', 'rank_topic'];
const LOOK_MS = 50;
const LONGEST_MS = 120_000;

/** Resolves with milliseconds from `since` when all that follows from posts has been done. */
export async function untilFannedOut(ctx: Context, since: number): Promise<number> {
  for (;;) {
    const [row] = await ctx.db.query<{ left: number }>(
      `select (select count(*) from post_events where state = 0)::int + count(*)::int as left
       from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id
       where j.run_at <= now() and j.attempts < j.max_attempts and t.identifier <> all($1::text[])`,
      [OTHER_TASKS],
    );
    const took = performance.now() - since;
    if (row?.left === 0) return took;
    if (took > LONGEST_MS) throw new Error(`${row?.left} jobs are left after ${LONGEST_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Of the latest posts every follower must have every one. */
export async function demandDelivered(ctx: Context, posts: number): Promise<number> {
  const [row] = await ctx.db.query<{ due: number; there: number }>(
    `select count(*)::int as due, count(e.post_id)::int as there
     from (select post_id, author_id from posts where repost_of is not null
           order by post_id desc limit $1) p
     join follows_by_followee f on f.followee_id = p.author_id
     left join feed_entries e on e.person_id = f.follower_id and e.post_id = p.post_id`,
    [Math.min(posts, 300)],
  );
  if (row?.due !== row?.there) throw new Error(`${row?.there} of ${row?.due} entries are there`);
  return row?.due ?? 0;
}
