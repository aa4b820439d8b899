/** A few people on a stage, apart from all who were there before them, and what the run knows of them. */
import type { MediaId, PersonId, PostId } from '../../api/ids.ts';
import { insertPerson } from '../../server/features/people/store.ts';
import { PROCESS_POST, processPost } from '../../server/features/posts/process.ts';
import { readCaption } from '../../server/features/posts/said.ts';
import { insertPost } from '../../server/features/posts/store.ts';
import { ofPost } from '../../server/kernel/touch-keys.ts';
import type { Process } from './process.ts';
import type { Stage } from './stage.ts';

const TAGS = ['dawn', 'dusk', 'noon'] as const;
export const AUDIENCES = ['everyone', 'followers', 'close_friends'] as const;

/** A place in a list that somebody has been given, to go on from at any time. */
export interface Held {
  readonly viewer: PersonId;
  readonly cursor: string;
}
/** What somebody has read of a ranked feed, and where they can go on. */
export interface HeldRanking {
  readonly viewer: PersonId;
  readonly cursor: string;
  /** What of the same version came below the cursor when it was given, as far as one can tell. */
  readonly below: readonly PostId[];
}

const HELD_MAX = 12;

let worlds = 0;

export class World {
  readonly stage: Stage;
  readonly people: PersonId[] = [];
  readonly names: string[] = [];
  /** Hashtags that no other world uses. */
  readonly tags: readonly string[];
  /** Runs the server; is nobody's friend. */
  readonly staff: PersonId;
  readonly posts: { readonly id: PostId; readonly by: PersonId }[] = [];
  readonly suspended = new Set<PersonId>();
  /** How many posts have ever had a hashtag. */
  readonly tagged = new Map<string, number>();
  readonly held: Held[] = [];
  readonly heldRankings: HeldRanking[] = [];
  /** Which processes may not have heard yet of what the other has written. */
  readonly #behind = new Set<Process>();
  readonly #behindLoosely = new Set<Process>();

  private constructor(stage: Stage, staff: PersonId) {
    this.stage = stage;
    this.staff = staff;
    this.tags = TAGS.map((tag) => `${tag}_${worlds}`);
  }

  static async open(stage: Stage, size: number): Promise<World> {
    const { ctx } = stage.process(0);
    stage.jobs.clear();
    stage.clock.advance(1000);
    worlds += 1;
    const world = new World(stage, ctx.ids.next<PersonId>());
    for (let nr = 0; nr < size; nr += 1) {
      world.people.push(ctx.ids.next<PersonId>());
      world.names.push(`p${nr}_${process.pid}_${worlds}`);
    }
    await ctx.db.transaction(async (tx) => {
      const at = ctx.clock.now();
      const named = world.people.map((personId, nr) => ({
        personId,
        username: world.names[nr] as string,
        fullName: `p${nr}`,
      }));
      for (const one of named) await insertPerson(tx, { ...one, role: 'member', at });
      const username = `staff_${process.pid}_${worlds}`;
      const staff = { personId: world.staff, username, fullName: 'Staff' };
      await insertPerson(tx, { ...staff, role: 'admin', at });
    });
    return world;
  }

  person(nr: number): PersonId {
    return this.people[nr % this.people.length] as PersonId;
  }

  nameOf(id: PersonId): string {
    const nr = this.people.indexOf(id);
    return nr < 0 ? 'a guest' : `p${nr}`;
  }

  postName(id: PostId): string {
    const nr = this.posts.findIndex((post) => post.id === id);
    const by = this.posts[nr]?.by;
    return by ? `post ${nr} of ${this.nameOf(by)}` : `post ${id}`;
  }

  to(id: PersonId): { readonly params: { readonly username: string } } {
    return { params: { username: this.names[this.people.indexOf(id)] as string } };
  }

  /** Something was written there. */
  wrote(by: Process): void {
    for (const other of this.stage.processes) {
      if (other === by) continue;
      this.#behind.add(other);
      this.#behindLoosely.add(other);
    }
  }

  /** Until a process has heard of all that was written in others; what changes often only when `loosely`. */
  async catchUp(reader: Process, loosely = false): Promise<void> {
    if (!(loosely ? this.#behindLoosely : this.#behind).has(reader)) return;
    const others = this.stage.processes.filter((other) => other !== reader);
    for (const other of others) {
      await this.stage.hear(reader, other, false);
      if (loosely) await this.stage.hear(reader, other, true);
    }
    this.#behind.delete(reader);
    if (loosely) this.#behindLoosely.delete(reader);
  }

  isLooselyBehind(reader: Process): boolean {
    return this.#behindLoosely.has(reader);
  }

  /** Announces a post without pictures: what `createPost` writes. The worker publishes it in its own time. */
  async announce(
    at: Process,
    by: PersonId,
    audience: (typeof AUDIENCES)[number],
    tags: readonly string[],
  ): Promise<PostId> {
    const { ctx } = at;
    const id = ctx.ids.next<PostId>();
    await ctx.db.transaction(async (tx) => {
      const said = await readCaption(tx, by, captionOf(tags));
      await insertPost(tx, { postId: id, authorId: by, at: ctx.clock.now(), audience, ...said });
      const key = `${PROCESS_POST}:${id}`;
      await ctx.jobs.add(tx, { task: PROCESS_POST, key, payload: { post_id: id } });
    });
    this.posts.push({ id, by });
    this.#countTags(tags);
    return id;
  }

  /** `shows`: as if a picture or a film had been made ready meanwhile, which takes too long here. */
  async publish(at: Process, id: PostId, shows: 'image' | 'video' | null): Promise<void> {
    const { ctx } = at;
    await processPost(ctx, id);
    if (shows === null) return;
    await ctx.db.transaction(async (tx) => {
      await tx.query(
        `insert into media (post_id, media_id, position, original_key, width, height, alt, kind, created_at)
         values ($1, $2, 0, 'nowhere', 4, 3, '', $3, $4)`,
        [id, ctx.ids.next<MediaId>(), shows, ctx.clock.now()],
      );
      tx.touch(ofPost(id));
    });
  }

  /** Of `wanted`, those that have not been used too often: what comes by one tag is the newest twenty. */
  freeTags(wanted: readonly string[]): string[] {
    return wanted.filter((tag) => (this.tagged.get(tag) ?? 0) < TAG_USES_MAX);
  }

  usedTags(tags: readonly string[]): void {
    this.#countTags(tags);
  }

  hold(held: Held): void {
    this.held.push(held);
    if (this.held.length > HELD_MAX) this.held.shift();
  }

  holdRanking(held: HeldRanking): void {
    this.heldRankings.push(held);
    if (this.heldRankings.length > HELD_MAX) this.heldRankings.shift();
  }

  #countTags(tags: readonly string[]): void {
    for (const tag of tags) this.tagged.set(tag, (this.tagged.get(tag) ?? 0) + 1);
  }
}

const TAG_USES_MAX = 1000;

export const captionOf = (tags: readonly string[]) => tags.map((tag) => `#${tag}`).join(' ');
