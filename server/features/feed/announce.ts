import type { PersonId } from '../../../api/ids.ts';
import { ofHome } from '../../kernel/touch-keys.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { announcementOf } from '../posts/post-in-list.ts';
import type { PostInList } from '../posts/store.ts';

const HOME = ofHome('' as PersonId);

/**
 * Says that a post now stands in the feeds of these people: where the front of one lies near it is added
 * there, in whichever process, and nothing of it is read again. To be called in the transaction that
 * writes the entries, once for each post: the people travel as one list. What is taken out of a feed, or
 * brought into it from before in number, touches `ofHome` instead.
 */
export function announceEntries(
  tx: Transaction,
  people: readonly PersonId[],
  post: PostInList,
): void {
  tx.announce({ kind: HOME, ids: people, change: announcementOf(post) });
}
