import type { MediaId, PersonId, PostId } from '../api/ids.ts';
import type { Place } from '../api/places.ts';
import { hashtagsOf } from '../api/text.ts';
import type { Context } from '../server/context.ts';
import { insertMedia } from '../server/features/media/store.ts';
import * as events from '../server/features/posts/events.ts';
import { addToProfile, insertPost, publishPost } from '../server/features/posts/store.ts';
import { deliverEvents } from '../server/kernel/deliver-events.ts';
import { appendEvent } from '../server/kernel/events.ts';
import { ofPost } from '../server/kernel/touch-keys.ts';
import { consumers } from '../server/roles/worker.ts';

/** What can be said of a post, and what can become of it. */
export interface Said {
  readonly caption?: string;
  readonly place?: Place | null;
  readonly audience?: 'everyone' | 'followers' | 'close_friends';
  readonly archived?: boolean;
  readonly deleted?: boolean;
}

/**
 * A published post without files, of which every consumer has heard when it resolves: as the worker
 * does it, without the pictures. With an id of its own it is as old as that says.
 */
export async function publishSaid(
  ctx: Context,
  authorId: PersonId,
  said: Said,
  postId: PostId = ctx.ids.next(),
): Promise<PostId> {
  const at = ctx.clock.now();
  const upload = { originalKey: `local/00/${postId}/original.jpg`, width: 40, height: 50 };
  await ctx.db.transaction(async (tx) => {
    await insertPost(tx, { postId, authorId, caption: '', at });
    const mediaId = ctx.ids.next<MediaId>();
    await insertMedia(tx, [{ postId, mediaId, position: 0, upload, alt: '', crop: null, at }]);
    await publishPost(tx, postId);
    await addToProfile(tx, authorId, postId);
  });
  await say(ctx, postId, said, events.PUBLISHED);
  return postId;
}

/** Changes what is said of a post, or what has become of it; every consumer has heard when it resolves. */
export async function say(
  ctx: Context,
  postId: PostId,
  said: Said,
  type: string = events.EDITED,
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    tx.touch(ofPost(postId));
    const [row] = await tx.query<{ author_id: PersonId; event_seq: string }>(
      `update posts set
         caption = coalesce($2, caption), hashtags = coalesce($3::text[], hashtags),
         place = case when $4::boolean then $5::jsonb else place end,
         audience = coalesce($6, audience),
         archived_at = case when $7::boolean is null then archived_at when $7 then $9::timestamptz end,
         deleted_at = case when $8::boolean is null then deleted_at when $8 then $9::timestamptz end,
         event_seq = event_seq + 1
       where post_id = $1 returning author_id, event_seq`,
      [
        postId,
        ...(said.caption === undefined ? [null, null] : [said.caption, hashtagsOf(said.caption)]),
        said.place !== undefined,
        said.place ?? null,
        said.audience ?? null,
        said.archived ?? null,
        said.deleted ?? null,
        now,
      ],
    );
    if (!row) throw new Error('no such post');
    const { author_id, event_seq: seq } = row;
    await appendEvent(ctx, tx, { group: 'posts', key: postId, seq, type, payload: { author_id } });
  });
  await hearAll(ctx, postId);
}

/** Lets every consumer hear at once what has happened to a post. */
export async function hearAll(ctx: Context, postId: PostId): Promise<void> {
  await deliverEvents(ctx, consumers, { group: 'posts', key: postId });
}
