import type { RouteName } from '../../api/route.ts';
import { type Asker, AUTHORS, type AuthorState, mayKnowAuthor, mayKnowPost } from './truth.ts';
import type { World } from './world.ts';

/** Where the asker finds, by right, what is otherwise hidden from them. */
const PUT_AWAY: ReadonlySet<RouteName> = new Set([
  'GET /account/archived-posts',
  'GET /account/deleted-posts',
]);
/** Where those stand whom the asker has blocked: where that is undone. */
const SHOWS_BLOCKED: ReadonlySet<RouteName> = new Set([
  'GET /users/{username}',
  'GET /account/blocked',
]);

/**
 * All that stands in an answer and must not. `route` is null for what is no route of the contract;
 * `asking` is the author whose token an owner brings.
 */
export function leaksIn(
  world: World,
  route: RouteName | null,
  asker: Asker,
  asking: AuthorState,
  text: string,
): string[] {
  const signs: string[] = [];
  const as = (author: AuthorState) => (asker === 'owner' && author !== asking ? 'stranger' : asker);
  for (const { author, state, marker, post, repost } of world.posts) {
    const who = as(author);
    if (mayKnowPost(who, author, state)) continue;
    if (who === 'owner' && route !== null && PUT_AWAY.has(route)) continue;
    signs.push(`${marker} caption`, `${marker} alt`, `${marker} comment`);
    signs.push(post.post_id, repost.post_id);
  }
  for (const author of AUTHORS) {
    const who = as(author);
    const blocked = who === 'blocker' && !(route !== null && SHOWS_BLOCKED.has(route));
    if (mayKnowAuthor(who, author) && !blocked) continue;
    // Moderators find everybody, whatever their state.
    if (route === 'GET /admin/people' && asker === 'moderator') continue;
    signs.push(`"${world.nameOf(author)}"`, world.hub.remarks[author]);
  }
  return signs.filter((sign) => text.includes(sign));
}
