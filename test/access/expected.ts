import type { Route } from '../../api/route.ts';
import { FOR_VISITORS, type Probe } from './probes.ts';
import {
  type Asker,
  type AuthorState,
  isClosed,
  mayEngage,
  mayKnowAuthor,
  mayKnowContent,
  mayKnowPost,
  type PostState,
} from './truth.ts';

/** The statuses that may come back; null when the call is not to be made. */
export function expected(
  route: Route,
  probe: Probe,
  asker: Asker,
  author: AuthorState,
  state: PostState,
): readonly number[] | null {
  if (probe.about === 'anyone') return ANY;
  // Not read from the contract: that is what is tried here.
  if (asker === 'guest' && !FOR_VISITORS.has(route.name)) return [401];
  if (asker === 'owner' && isClosed(author)) return [401];
  const good = [route.status ?? 200];
  const knows = mayKnowPost(asker, author, state);
  switch (probe.about) {
    case 'see':
      return knows ? good : [404];
    case 'engage':
      return mayEngage(asker, author, state) ? good : [404];
    case 'repost':
      if (!knows) return [404];
      return asker !== 'owner' && mayKnowPost('guest', author, state) ? good : CANNOT;
    case 'change':
      if (asker === 'owner' && probe.spareOwner) return null;
      if (!knows) return [404];
      return asker === 'owner' ? good : [403];
    case 'keep':
      if (asker === 'owner' && probe.spareOwner) return null;
      return knows && asker === 'owner' ? good : [404];
    case 'meet':
      return mayKnowAuthor(asker, author) ? good : [404];
    case 'content':
      return mayKnowContent(asker, author) ? good : [404];
    case 'profile':
      if (!mayKnowAuthor(asker, author)) return [404];
      return asker === 'owner' ? good : [403];
    case 'touch':
      return mayKnowAuthor(asker, author) ? null : [404];
    case 'approach':
      return mayKnowAuthor(asker, author) && asker !== 'blocker' ? null : [404];
    case 'undo':
      return mayKnowAuthor(asker, author) || asker === 'blocker' ? null : [404];
    case 'moderator':
    case 'admin':
      return asker === 'moderator' && probe.about === 'moderator' ? [200, 404] : [403];
    default:
      return ANY;
  }
}
/** No server error; what it says is looked through. */
const ANY: readonly number[] = [200, 201, 202, 400, 401, 403, 404, 409, 410, 422];
/** `cannot_repost` */
const CANNOT: readonly number[] = [422];
