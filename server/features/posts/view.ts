import type { PersonId } from '../../../api/ids.ts';
import type { Post, PostHead, PostTail, Reposted, Tagged } from '../../../api/posts.ts';
import { isOpenToAll, isPublic, mayEngage, mayRepost } from '../../kernel/visibility.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import { mediaUrl, mediaView } from '../media/view.ts';
import { userSummary } from '../people/view.ts';
import type { HydratedPost } from './hydrate.ts';
import type { TagRow } from './store.ts';
import { takesComments } from './takes-comments.ts';
import { likesFor } from './tell-counts.ts';

/** From a key to an address that is good for a few minutes; see media/private-address.ts. */
type PrivateAddress = (key: BlobKey) => string;

/** A post as this viewer sees it. Whether they may is judged before. */
export function postView(
  found: HydratedPost,
  viewerId: PersonId | null,
  privateAddress: PrivateAddress,
): Post {
  const { original } = found;
  return {
    ...wholeView(found, viewerId, privateAddress),
    reposted: original ? wholeView(original, viewerId, privateAddress) : null,
  };
}

/** The same in the home feed, which alone tells what was seen before. */
export function homeView(
  found: HydratedPost,
  viewerId: PersonId | null,
  privateAddress: PrivateAddress,
): Post {
  const view = postView(found, viewerId, privateAddress);
  return { ...view, viewer: { ...view.viewer, seen: found.marks.seen } };
}

function wholeView(
  found: HydratedPost,
  viewerId: PersonId | null,
  privateAddress: PrivateAddress,
): Reposted {
  return { ...postHead(found, privateAddress), ...postTail(found, viewerId) };
}

/**
 * What of a post is made of the post, its pictures, its author and, of a repost, the same of the
 * original: the same for all who may see it whenever `named` is (see fragments.ts).
 */
export function postHead(found: HydratedPost, privateAddress: PrivateAddress): PostHead {
  const { post } = found;
  return {
    ...shown(found, privateAddress),
    status: post.status,
    failure:
      post.failure_code === null
        ? null
        : { code: post.failure_code, message: post.failure_message ?? '' },
    audience: post.audience,
    is_public: isPublic(found),
    likes_hidden: post.likes_hidden,
    comments_off: post.comments_off,
    archived_at: post.archived_at?.toISOString() ?? null,
  };
}

/** What of a post depends on who looks, and when. */
export function postTail(found: HydratedPost, viewerId: PersonId | null): PostTail {
  const { post, marks, counts } = found;
  const isAuthor = post.author_id === viewerId;
  return {
    likes_count: likesFor(viewerId, {
      author_id: post.author_id,
      likes_hidden: post.likes_hidden,
      likes: counts.likes,
    }),
    // Turned off, they are there for nobody: see comments/read.ts.
    comments_count: post.comments_off ? 0 : counts.comments,
    reposts_count: counts.reposts,
    pinned: found.pinned === true,
    viewer: {
      ...marks,
      seen: false,
      is_author: isAuthor,
      is_tagged: post.tagged.some(({ person_id }) => person_id === viewerId),
      can_comment: mayComment(found, isAuthor),
      can_repost: viewerId !== null && mayRepost(found),
    },
  };
}

/** Asked again, under locks, when something is written: see comments/create.ts. */
function mayComment(found: HydratedPost, isAuthor: boolean): boolean {
  const { post, person, relation, viewerId } = found;
  if (viewerId === null || post.comments_off || !mayEngage(found)) return false;
  return takesComments(person.comments_from, isAuthor, relation.followed_by);
}

function shown(found: HydratedPost, privateAddress: PrivateAddress) {
  const { post, person, media, named } = found;
  const address = isOpenToAll(post, person) ? mediaUrl : privateAddress;
  return {
    post_id: post.post_id,
    user: userSummary(person),
    media: media.map((row) => mediaView(row, address)),
    caption: post.caption,
    mentions: post.mentions.filter((one) => named.has(one.person_id)).map((one) => one.username),
    hashtags: [...post.hashtags],
    location: post.place,
    tagged: tagsView(post.tagged, named),
    edited_at: post.edited_at?.toISOString() ?? null,
    created_at: post.created_at.toISOString(),
  };
}

/** Those tags whose people may stand before the viewer. */
export function tagsView(tags: readonly TagRow[], named: ReadonlySet<PersonId>): Tagged[] {
  return tags
    .filter(({ person_id }) => named.has(person_id))
    .map(({ media_id, person_id, username, x, y }) => ({
      user_id: person_id,
      username,
      media_id,
      x,
      y,
    }));
}
