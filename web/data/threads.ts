import { type Signal, signal } from '@preact/signals';
import type { listReplies } from '../../api/comments.ts';
import type { CommentId, PostId } from '../../api/ids.ts';
import { call } from './client.ts';
import { comment, compareIds, keepComment, loadComment, type ShownComment } from './comments.ts';
import { createList, type List } from './lists.ts';
import { onSignedOut } from './session.ts';

/** The replies below a first comment. */
export interface Thread {
  /** Ids, oldest first, as far as they were loaded. */
  readonly list: List<string>;
  /** Ids shown below those before their page has come: one's own new ones, one that a link named. */
  readonly apart: Signal<readonly string[]>;
  readonly open: Signal<boolean>;
  /** Loads what came after the end of the list. */
  catchUp(): Promise<void>;
}

const KEPT_MAX = 200;
/** Pages that a look for news loads at most; the rest comes with the next one. */
const NEWS_PAGES = 5;
const kept = new Map<string, Thread>();

onSignedOut(() => kept.clear());

/** The thread of a first comment: the same one each time, open or folded as it was left. */
export function threadOf(postId: string, rootId: string): Thread {
  const thread = kept.get(rootId) ?? createThread(postId, rootId);
  kept.delete(rootId);
  kept.set(rootId, thread);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_MAX) break;
    kept.delete(oldest);
  }
  return thread;
}

function createThread(postId: string, rootId: string): Thread {
  /** Where the last page began: news stand on it, or after it. */
  let lastPage: string | undefined;
  const load = async (cursor: string | undefined) => {
    const page = await call<typeof listReplies>(
      'GET /posts/{post_id}/comments/{comment_id}/replies',
      {
        params: { post_id: postId as PostId, comment_id: rootId as CommentId },
        query: cursor === undefined ? {} : { cursor },
      },
    );
    lastPage = cursor;
    return { items: page.items.map(keepComment), next: page.next };
  };
  const list = createList<string>({ load, idOf: (id) => id }, null);
  return {
    list,
    apart: signal<readonly string[]>([]),
    open: signal(false),
    async catchUp() {
      if (list.state.peek() !== 'ready' || !list.ended.peek()) return;
      let cursor: string | null | undefined = lastPage;
      for (let pages = 0; pages < NEWS_PAGES && cursor !== null; pages += 1) {
        const page = await load(cursor);
        const there = new Set(list.items.peek());
        for (const id of page.items) if (!there.has(id)) list.insert(id, list.items.peek().length);
        cursor = page.next;
      }
    },
  };
}

/** Those apart that no page has brought yet, in order. Subscribes whoever asks. */
export function apartOf(thread: Thread): string[] {
  const there = new Set(thread.list.items.value);
  return thread.apart.value.filter((id) => !there.has(id)).sort(compareIds);
}

/** Shows a reply below its thread, opened, in the place of the one called `instead` if it is there. */
export function putApart(reply: ShownComment, instead?: string): void {
  const thread = threadOf(reply.post_id, reply.root_comment_id ?? '');
  const rest = thread.apart.peek().filter((id) => id !== instead && id !== reply.comment_id);
  thread.apart.value = [...rest, reply.comment_id];
  thread.open.value = true;
}

/**
 * What a link to a comment names: the first comment of its thread, which is opened when the link is to
 * a reply. Throws `ApiError`: `comment_not_found` for one that is not there.
 */
export async function loadLinked(postId: string, id: string): Promise<string> {
  const found = await loadComment(postId, id);
  if (!found.root_comment_id) return id;
  if (!comment(found.root_comment_id).peek()) await loadComment(postId, found.root_comment_id);
  putApart(found);
  return found.root_comment_id;
}
