import { API_BASE, type Method, type RouteName } from '../../../api/route.ts';

/**
 * What goes first when not everything can be done, most wanted first: what people look at; what they
 * would lose if it were refused; other changes; lists that few wait for; what only counts. The last class
 * is refused first.
 */
export const CLASSES = ['read', 'keep', 'write', 'list', 'count'] as const;
export type WorkClass = (typeof CLASSES)[number];

/**
 * The class of each route that is not of the default one: `read` for GET, `write` for the others. Routes
 * of admins are never refused, because somebody must be able to look and to act.
 */
export const CLASS_OF_ROUTE: Readonly<Record<RouteName, WorkClass>> = {
  // A session that cannot be renewed is a person who is logged out.
  'POST /auth/refresh': 'read',
  'POST /auth/logout': 'keep',
  'POST /users/login': 'keep',
  'POST /posts': 'keep',
  'POST /posts/confirm': 'keep',
  'POST /posts/upload': 'keep',
  'POST /uploads/{upload_id}/complete': 'keep',
  'POST /uploads/{upload_id}/parts': 'keep',
  'PUT /posts/{post_id}': 'keep',
  'POST /posts/{post_id}/comments': 'keep',
  'POST /posts/{post_id}/repost': 'keep',
  'POST /drafts': 'keep',
  'PUT /drafts/{draft_id}': 'keep',
  // Whoever blocks wants it now.
  'POST /users/{username}/block': 'keep',
  'GET /feed/explore': 'list',
  'GET /feed/hashtag/{tag}': 'list',
  'GET /feed/location/{place_id}': 'list',
  'GET /feed/tagged/{username}': 'list',
  'GET /hashtags': 'list',
  'GET /places': 'list',
  'GET /users/suggested': 'list',
  'GET /users/{username}/followers': 'list',
  'GET /users/{username}/following': 'list',
  'GET /users/{username}/mutuals': 'list',
  'GET /posts/{post_id}/history': 'list',
  'GET /posts/{post_id}/likes': 'list',
  'GET /posts/{post_id}/why': 'list',
  'GET /me/near-duplicates': 'list',
  'POST /posts/{post_id}/like': 'count',
  'DELETE /posts/{post_id}/like': 'count',
  'POST /posts/{post_id}/comments/{comment_id}/like': 'count',
  'DELETE /posts/{post_id}/comments/{comment_id}/like': 'count',
  'POST /posts/{post_id}/share': 'count',
  'POST /feed/seen': 'count',
};

/** null: is never refused. */
export function classOfRoute(name: RouteName): WorkClass | null {
  const space = name.indexOf(' ');
  if (name.startsWith('/admin/', space + 1)) return null;
  return CLASS_OF_ROUTE[name] ?? (name.startsWith('GET ') ? 'read' : 'write');
}

interface Step {
  readonly named: Map<string, Step>;
  any: Step | null;
  readonly classes: Map<string, WorkClass>;
}

const newStep = (): Step => ({ named: new Map(), any: null, classes: new Map() });

const root = newStep();
for (const [name, workClass] of Object.entries(CLASS_OF_ROUTE)) {
  const [method = '', path = ''] = name.split(' ');
  let step = root;
  for (const part of path.slice(1).split('/')) {
    let next = part.startsWith('{') ? step.any : step.named.get(part);
    if (!next) {
      next = newStep();
      if (part.startsWith('{')) step.any = next;
      else step.named.set(part, next);
    }
    step = next;
  }
  step.classes.set(method, workClass);
}

/**
 * The class of a request that nobody has looked at yet, by its method and address; null: is never
 * refused. Those are health checks, admins, and the bytes of uploads, whose address was granted before:
 * they wait for their sender, not for us.
 */
export function classOfRequest(method: string, url: string): WorkClass | null {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  if (!path.startsWith(`${API_BASE}/`)) {
    return path === '/health' || path.startsWith('/uploads/') ? null : 'read';
  }
  if (path.startsWith('/admin/', API_BASE.length)) return null;
  const asked: Method | string = method === 'HEAD' ? 'GET' : method;
  let step: Step | null | undefined = root;
  for (const part of path.slice(API_BASE.length + 1).split('/')) {
    step = step.named.get(part) ?? step.any;
    if (!step) break;
  }
  return step?.classes.get(asked) ?? (asked === 'GET' ? 'read' : 'write');
}
