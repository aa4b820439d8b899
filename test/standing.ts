import type { PersonId, PostId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { ofPerson, ofPost, ofTies } from '../server/kernel/touch-keys.ts';

/** Puts people and posts into any state that the policy knows, whatever routes there are to get there. */
export function standing({ db }: Pick<Context, 'db'>) {
  const set = async (key: string, text: string, ...values: (string | Date | null)[]) => {
    await db.query(text, values);
    db.touchLoosely(key);
  };
  return {
    privacy: (person: { id: PersonId }, level: 'public' | 'private') =>
      set(
        ofPerson(person.id),
        'update people set privacy_level = $2 where person_id = $1',
        person.id,
        level,
      ),
    state: (person: { id: PersonId }, state: 'active' | 'suspended' | 'deleted') =>
      set(
        ofPerson(person.id),
        'update people set state = $2 where person_id = $1',
        person.id,
        state,
      ),
    audience: (post: { post_id: PostId }, audience: 'everyone' | 'followers' | 'close_friends') =>
      set(
        ofPost(post.post_id),
        'update posts set audience = $2 where post_id = $1',
        post.post_id,
        audience,
      ),
    archived: (post: { post_id: PostId }, at: Date | null) =>
      set(
        ofPost(post.post_id),
        'update posts set archived_at = $2 where post_id = $1',
        post.post_id,
        at,
      ),
    deleted: (post: { post_id: PostId }, at: Date | null) =>
      set(
        ofPost(post.post_id),
        'update posts set deleted_at = $2 where post_id = $1',
        post.post_id,
        at,
      ),
    async block(blocker: { id: PersonId }, blocked: { id: PersonId }) {
      await set(
        ofTies(blocker.id),
        `insert into blocks_by_blocker (blocker_id, blocked_id, block_id, created_at)
         values ($1, $2, 1, $3)`,
        blocker.id,
        blocked.id,
        new Date(),
      );
      await set(
        ofTies(blocked.id),
        'insert into blocks_by_blocked (blocked_id, blocker_id) values ($2, $1)',
        blocker.id,
        blocked.id,
      );
    },
    async unblock(blocker: { id: PersonId }, blocked: { id: PersonId }) {
      for (const table of ['blocks_by_blocker', 'blocks_by_blocked']) {
        await set(
          ofTies(table === 'blocks_by_blocker' ? blocker.id : blocked.id),
          `delete from ${table} where blocker_id = $1 and blocked_id = $2`,
          blocker.id,
          blocked.id,
        );
      }
    },
  };
}
