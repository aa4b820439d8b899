import type { PersonId, PostId, SessionId } from '../../api/ids.ts';
import type { PostStatus } from '../../api/posts.ts';
import type { Context } from '../context.ts';
import type { BusMessage } from '../ports/bus/bus.ts';

/**
 * What features tell open pages, by topic. Hints only: each says that something changed, and a page
 * that misses one sees it at its next read.
 */
export interface Hints {
  /** A post entered these people's home feeds; at most a batch of followers a message. */
  'feed.new_post': { person_ids: readonly PersonId[]; post_id: PostId; user_id: PersonId };
  /** For the author: the worker is done, or has failed. */
  'post.status': {
    person_id: PersonId;
    post_id: PostId;
    status: PostStatus;
    failure: { code: string; message: string } | null;
  };
  /** For the author: how much of the work is done, from 0 to 1. */
  'post.progress': { person_id: PersonId; post_id: PostId; done: number };
  /** For everyone who watches the post. */
  'post.counts': {
    post_id: PostId;
    author_id: PersonId;
    /** The likes are then for the author alone. */
    likes_hidden: boolean;
    likes_count: number;
    comments_count: number;
  };
  'post.deleted': { post_id: PostId };
  /** Fewer may see it than before: archived, or for a smaller audience. */
  'post.narrowed': { post_id: PostId };
  /** For the person: their new picture is shown, or could not be made. */
  'profile.updated': {
    person_id: PersonId;
    profile_picture: string | null;
    failure: string | null;
  };
  /**
   * Who may see what has changed: for these viewers, or of what these authors share. What open pages of
   * theirs watch is judged anew. To be told after every change that takes something away: the end of a
   * follow, a block, a close friend less, an account gone private, suspended or deleted.
   */
  'standing.changed': { viewer_ids: readonly PersonId[]; author_ids: readonly PersonId[] };
  'session.ended': { session_id: SessionId };
}

export function tell<Topic extends keyof Hints>(ctx: Context, topic: Topic, hint: Hints[Topic]) {
  ctx.bus.publish(topic, hint as unknown as BusMessage);
}

export function hear<Topic extends keyof Hints>(
  ctx: Context,
  topic: Topic,
  listener: (hint: Hints[Topic]) => void,
): () => void {
  return ctx.bus.subscribe(topic, (message) => listener(message as unknown as Hints[Topic]));
}
