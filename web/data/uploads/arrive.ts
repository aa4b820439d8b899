import type { Post } from '../../../api/posts.ts';
import { homeFeedLists } from '../home-feed.ts';
import { changePerson } from '../people.ts';
import { keepPost } from '../posts.ts';
import { profilePostsList } from '../profile-posts.ts';

/** Milliseconds to wait for the finished picture, so that nothing flickers when it takes its place. */
const PATIENCE = 2500;

/** Puts a post that has just been published to the top of the lists where it belongs. */
export function arrive(post: Post): void {
  const id = keepPost(post);
  const known = profilePostsList(post.user.username);
  const counted = known.items.peek().includes(id);
  for (const home of homeFeedLists()) home.putFirst([id]);
  known.putFirst([id]);
  if (counted) return;
  changePerson(post.user.user_id, ({ posts_count }) =>
    posts_count === undefined ? {} : { posts_count: posts_count + 1 },
  );
}

/** Fetches the first picture, in the size that the feed will ask for. */
export async function prepare(post: Post): Promise<void> {
  const sizes = post.media[0]?.sizes;
  if (!sizes) return;
  const picture = new Image();
  picture.src = devicePixelRatio > 1 ? sizes.large.webp : sizes.medium.webp;
  const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE));
  // A picture that does not come is shown as such by the feed itself.
  await Promise.race([picture.decode().catch(() => undefined), late]);
}
