import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import { belongsInHome, maySeePost } from '../../kernel/visibility.ts';
import { privateAddresses } from '../media/private-address.ts';
import { hydratePosts } from '../posts/hydrate.ts';
import { postView } from '../posts/view.ts';
import { comesByHashtag, followedTags } from './by-hashtag.ts';
import { readSkeleton } from './skeleton.ts';

/**
 * A page of the home feed, latest first. Two waves of I/O: the ids, then everything about
 * them and the followed hashtags at once; then only judging.
 */
export async function homeFeed(
  ctx: Context,
  personId: PersonId,
  limit: number,
  before: PostId | null,
): Promise<Page<Post>> {
  const address = privateAddresses(ctx);
  let tags: Promise<ReadonlySet<string>> | undefined;
  return fillPage(
    { limit, before },
    {
      read: (take, from) => readSkeleton(ctx, personId, take, from as PostId | null),
      idOf: ({ post_id }) => post_id,
      show: async (refs) => {
        tags ??= followedTags(ctx.db, personId);
        const [posts, followed] = await Promise.all([hydratePosts(ctx.db, refs, personId), tags]);
        return refs.map(({ post_id }) => {
          const found = posts.get(post_id);
          const belongs =
            found && maySeePost(found) && belongsInHome(found, comesByHashtag(found, followed));
          return belongs ? postView(found, personId, address) : null;
        });
      },
    },
  );
}
