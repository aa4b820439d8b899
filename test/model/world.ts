/**
 * Aperto once more, as small as it can be said: a few people, their posts and the talk around them in
 * sets and lists, and the rules in words of their own. Nothing of server/ is imported here, so that the
 * two can disagree.
 */
import { Ties } from './ties.ts';

export const NAMES = ['ann', 'bob', 'cat', 'dan', 'eve'] as const;
export const PEOPLE: readonly number[] = NAMES.map((_, who) => who);
/** Who looks without an account. */
export const GUEST = -1;
export const AUDIENCES = ['everyone', 'followers', 'close_friends'] as const;
export type Audience = (typeof AUDIENCES)[number];

export interface Post {
  /** Its place among all that were ever made. */
  readonly nr: number;
  readonly by: number;
  audience: Audience;
  archived: boolean;
  deleted: boolean;
  /** Who likes it, the newest last. */
  likes: number[];
}

export interface Comment {
  readonly nr: number;
  readonly on: Post;
  readonly by: number;
  readonly parent: Comment | null;
  /** The first of its thread; null when it is that one. */
  readonly root: Comment | null;
  held: boolean;
  gone: boolean;
}

/** What comes of a command: the code of the refusal, or the answer. */
export type Outcome = { readonly refused: string } | { readonly answer: unknown };
const no = (refused: string): Outcome => ({ refused });
const yes = (answer: unknown = null): Outcome => ({ answer });

export class World {
  readonly private = new Set<number>();
  readonly follows = new Ties();
  readonly requests = new Ties();
  readonly blocks = new Ties();
  readonly mutes = new Ties();
  readonly restricts = new Ties();
  readonly friends = new Ties();
  readonly posts: Post[] = [];
  readonly comments: Comment[] = [];
  /** Of those muted, whose posts one does not want to see. */
  readonly unwanted = new Ties();
  /** Accounts that have gone public and have not let in yet who waits. */
  readonly opening = new Set<number>();

  /** Whether a person is there at all: not for whom they have blocked. */
  knows(viewer: number, person: number): boolean {
    return !this.blocks.has(person, viewer);
  }

  /** Whether they may come across each other: no block, whichever way. */
  meets(viewer: number, person: number): boolean {
    return this.knows(viewer, person) && !this.blocks.has(viewer, person);
  }

  /** Whether what a person shares with everyone is for this viewer. */
  seesInside(viewer: number, person: number): boolean {
    if (viewer === person) return true;
    if (!this.meets(viewer, person)) return false;
    return !this.private.has(person) || this.follows.has(viewer, person);
  }

  sees(viewer: number, post: Post): boolean {
    if (post.deleted) return false;
    if (viewer === post.by) return true;
    if (post.archived || !this.seesInside(viewer, post.by)) return false;
    if (post.audience === 'followers') return this.follows.has(viewer, post.by);
    return post.audience === 'everyone' || this.friends.has(post.by, viewer);
  }

  /** What is put away can be looked at by its author, but not be liked or talked about. */
  takesPart(viewer: number, post: Post): boolean {
    return this.sees(viewer, post) && !post.archived;
  }

  /** Whether a comment is there for who sees its post. What waits is for two people alone. */
  reads(viewer: number, comment: Comment): boolean {
    if (comment.gone || !this.meets(viewer, comment.by)) return false;
    return !comment.held || viewer === comment.by || viewer === comment.on.by;
  }

  follow(who: number, whom: number): Outcome {
    if (who === whom) return no('cannot_follow_self');
    if (!this.meets(who, whom)) return no('user_not_found');
    const asks = this.private.has(whom) && !this.follows.has(who, whom);
    if (asks) this.requests.add(who, whom);
    else {
      this.requests.remove(who, whom);
      this.follows.add(who, whom);
    }
    return this.#followState(whom, asks ? 'requested' : 'following');
  }

  unfollow(who: number, whom: number): Outcome {
    if (!this.knows(who, whom)) return no('user_not_found');
    this.#part(who, whom);
    return this.#followState(whom, 'not_following');
  }

  removeFollower(who: number, follower: number): Outcome {
    if (!this.knows(who, follower)) return no('user_not_found');
    this.#part(follower, who);
    return yes();
  }

  accept(who: number, asking: number): Outcome {
    if (!this.knows(who, asking)) return no('user_not_found');
    if (this.requests.remove(asking, who)) this.follows.add(asking, who);
    return this.follows.has(asking, who) ? yes() : no('request_not_found');
  }

  decline(who: number, asking: number): Outcome {
    if (!this.knows(who, asking)) return no('user_not_found');
    this.requests.remove(asking, who);
    return yes();
  }

  setPrivate(who: number, isPrivate: boolean): Outcome {
    if (isPrivate) this.private.add(who);
    else {
      this.private.delete(who);
      this.opening.add(who);
    }
    return yes();
  }

  /** What the worker does in its own time: who has gone public lets everyone in, the last to ask first. */
  work(backwards: boolean): void {
    const opening = [...this.opening];
    this.opening.clear();
    for (const who of backwards ? opening.reverse() : opening) {
      if (this.private.has(who)) continue;
      for (const asking of this.requests.to(who)) this.accept(who, asking);
    }
  }

  block(who: number, whom: number): Outcome {
    return this.#towards(who, whom, () => {
      this.blocks.add(who, whom);
      for (const [from, to] of [
        [who, whom],
        [whom, who],
      ] as const) {
        this.#part(from, to);
        this.friends.remove(from, to);
      }
    });
  }

  /** The one thing that can be done to somebody who has blocked oneself: then both are rid of it. */
  unblock(who: number, whom: number): Outcome {
    if (who === whom) return no('cannot_do_to_self');
    return this.blocks.remove(who, whom) || this.knows(who, whom) ? yes() : no('user_not_found');
  }

  mute(who: number, whom: number, posts: boolean): Outcome {
    return this.#towards(who, whom, () => {
      this.mutes.add(who, whom);
      if (posts) this.unwanted.add(who, whom);
      else this.unwanted.remove(who, whom);
    });
  }

  unmute(who: number, whom: number): Outcome {
    return this.#towards(who, whom, () => {
      this.mutes.remove(who, whom);
      this.unwanted.remove(who, whom);
    });
  }

  restrict(who: number, whom: number): Outcome {
    return this.#towards(who, whom, () => this.restricts.add(who, whom));
  }

  unrestrict(who: number, whom: number): Outcome {
    return this.#towards(who, whom, () => this.restricts.remove(who, whom));
  }

  befriend(who: number, whom: number): Outcome {
    if (who !== whom && !this.meets(who, whom)) return no('user_not_found');
    return this.#towards(who, whom, () => this.friends.add(who, whom));
  }

  unfriend(who: number, whom: number): Outcome {
    return this.#towards(who, whom, () => this.friends.remove(who, whom));
  }

  publish(by: number, audience: Audience): Outcome {
    const nr = this.posts.length;
    this.posts.push({ nr, by, audience, archived: false, deleted: false, likes: [] });
    return yes();
  }

  /** What only the author does to a post: its audience, archive, unarchive, delete. */
  change(who: number, post: Post, what: Partial<Pick<Post, 'audience' | 'archived' | 'deleted'>>) {
    if (!this.sees(who, post)) return no('post_not_found');
    if (who !== post.by) return no('forbidden');
    Object.assign(post, what);
    return yes();
  }

  /** What is deleted is there for its author alone. */
  restore(who: number, post: Post): Outcome {
    if (who !== post.by) return no(this.sees(who, post) ? 'forbidden' : 'post_not_found');
    post.deleted = false;
    return yes();
  }

  like(who: number, post: Post, liked: boolean): Outcome {
    if (!this.takesPart(who, post)) return no('post_not_found');
    if (!liked) post.likes = post.likes.filter((one) => one !== who);
    else if (!post.likes.includes(who)) post.likes.push(who);
    return yes({ liked, likes: post.likes.length });
  }

  say(who: number, on: Post, parent: Comment | null): Outcome {
    if (!this.takesPart(who, on)) return no('post_not_found');
    if (parent && !this.reads(who, parent)) return no('comment_not_found');
    if (parent?.held) return no('forbidden');
    const held = this.restricts.has(on.by, who);
    const root = parent && (parent.root ?? parent);
    const nr = this.comments.length;
    this.comments.push({ nr, on, by: who, parent, root, held, gone: false });
    return yes({ held });
  }

  unsay(who: number, comment: Comment): Outcome {
    const hidden = this.#hides(who, comment);
    if (hidden) return no(hidden);
    if (who !== comment.by && who !== comment.on.by) return no('forbidden');
    for (const one of this.comments) if (one === comment || one.root === comment) one.gone = true;
    return yes();
  }

  approve(who: number, comment: Comment): Outcome {
    const hidden = this.#hides(who, comment);
    if (hidden) return no(hidden);
    if (who !== comment.on.by) return no('forbidden');
    comment.held = false;
    return yes();
  }

  #hides(who: number, comment: Comment): string | null {
    if (!this.sees(who, comment.on)) return 'post_not_found';
    return this.reads(who, comment) ? null : 'comment_not_found';
  }

  #part(from: number, to: number): void {
    this.follows.remove(from, to);
    this.requests.remove(from, to);
  }

  #followState(whom: number, state: string): Outcome {
    return yes({ state, followers: this.follows.to(whom).length });
  }

  #towards(who: number, whom: number, act: () => void): Outcome {
    if (!this.knows(who, whom)) return no('user_not_found');
    if (who === whom) return no('cannot_do_to_self');
    act();
    return yes();
  }
}
