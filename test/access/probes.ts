import type { RouteName } from '../../api/route.ts';
import type { MarkedPost } from './world.ts';

/** What is sent beside the name of the route. */
export interface Sent {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/**
 * What a route is about decides what must come back; see access.test.ts.
 *
 * `see`: those who may know the post. `engage`: those who may like it. `change`: its author; others who
 * may know it are `forbidden`. `keep`: its author while they may know it; for others there is none. `repost`: those who may know it, when everyone may, but not its author.
 * `meet`: those for whom the person is there. `content`: those for whom what the person shares is there.
 * `profile`: the person; others for whom they are there are `forbidden`. `touch`: as `meet`, but what is
 * allowed is not tried, because it would change the world. `approach`: as `touch`, and not for who has
 * blocked them. `undo`: as `touch`, but who has blocked them may take that back.
 * `own`: about the asker alone. `anyone`: not about people or posts. `moderator`, `admin`: for them.
 * `scan`: no status is demanded, but nothing hidden may stand in the answer.
 */
export interface PostProbe {
  readonly about: 'see' | 'engage' | 'change' | 'keep' | 'repost' | 'scan';
  readonly send: (marked: MarkedPost) => Sent;
  /** What its author may do is not tried: it would change the world. */
  readonly spareOwner?: true;
}
export interface PersonProbe {
  readonly about: 'meet' | 'content' | 'touch' | 'approach' | 'undo' | 'profile';
  readonly send: (username: string) => Sent;
}
export interface OtherProbe {
  readonly about: 'own' | 'anyone' | 'moderator' | 'admin';
  readonly send?: Sent;
}
export type Probe = PostProbe | PersonProbe | OtherProbe;

export const isAboutPost = (probe: Probe): probe is PostProbe =>
  ['see', 'engage', 'change', 'keep', 'repost', 'scan'].includes(probe.about);
export const isAboutPerson = (probe: Probe): probe is PersonProbe =>
  ['meet', 'content', 'touch', 'approach', 'undo', 'profile'].includes(probe.about);

const id = '123456789';

const ofPost = ({ post }: MarkedPost): Sent => ({ params: { post_id: post.post_id } });
const ofComment = ({ post, comment }: MarkedPost): Sent => ({
  params: { post_id: post.post_id, comment_id: comment.comment_id },
});
const ofCaptions = ({ post }: MarkedPost): Sent => ({
  params: { post_id: post.post_id, media_id: post.media[0]?.media_id ?? id, language: 'en' },
});
const withBody = (send: (marked: MarkedPost) => Sent, body: object) => (marked: MarkedPost) => ({
  ...send(marked),
  body,
});
const named = (username: string): Sent => ({ params: { username } });

const see = { about: 'see', send: ofPost } as const;
const engage = { about: 'engage', send: ofPost } as const;
const change = { about: 'change', send: ofPost, spareOwner: true } as const;
const changeComment = { about: 'change', send: ofComment, spareOwner: true } as const;
const touch = { about: 'touch', send: named } as const;
const approach = { about: 'approach', send: named } as const;
const content = { about: 'content', send: named } as const;
const own = { about: 'own' } as const;
const nobody = { username: 'nobody_at_all' };

/** One for every route of the contract. A new route adds itself here. */
export const PROBES: Readonly<Record<RouteName, Probe>> = {
  'POST /users/register': { about: 'anyone', send: { body: {} } },
  'POST /users/login': { about: 'anyone', send: { body: { username: 'x', password: 'y' } } },
  'POST /auth/refresh': { about: 'anyone', send: { body: {} } },
  'POST /auth/logout': { about: 'anyone', send: { body: { refresh_token: 'x' } } },
  'POST /auth/email/verify': { about: 'anyone', send: { body: { token: 'x' } } },
  'POST /auth/password/forgot': { about: 'anyone', send: { body: { email: 'x@example.org' } } },
  'POST /auth/password/reset': { about: 'anyone', send: { body: { token: 'x', password: 'y' } } },
  'GET /auth/sessions': own,
  'DELETE /auth/sessions': own,
  'DELETE /auth/sessions/{session_id}': { about: 'own', send: { params: { session_id: id } } },
  'GET /account': own,
  'PUT /account/email': { about: 'own', send: { body: {} } },
  'DELETE /account/email/change': own,
  'POST /account/email/resend': own,
  'PUT /account/password': { about: 'own', send: { body: {} } },
  'GET /account/settings': own,
  'PUT /account/settings': { about: 'own', send: { body: {} } },
  'GET /notifications/preferences': own,
  'PUT /notifications/preferences': { about: 'own', send: { body: {} } },

  'GET /users/suggested': own,
  'GET /users/{username}': { about: 'meet', send: named },
  'PUT /users/{username}': {
    about: 'profile',
    send: (username) => ({ params: { username }, body: { bio: '' } }),
  },
  'POST /users/{username}/follow': approach,
  'DELETE /users/{username}/follow': touch,
  'DELETE /users/{username}/follower': touch,
  'GET /users/{username}/followers': content,
  'GET /users/{username}/following': content,
  'GET /users/{username}/mutuals': content,
  'POST /users/{username}/block': touch,
  'DELETE /users/{username}/block': { about: 'undo', send: named },
  'POST /users/{username}/mute': touch,
  'DELETE /users/{username}/mute': touch,
  'POST /users/{username}/restrict': touch,
  'DELETE /users/{username}/restrict': touch,
  'POST /users/{username}/close-friend': approach,
  'DELETE /users/{username}/close-friend': touch,
  'DELETE /users/{username}/suggested': touch,
  'GET /follow-requests': own,
  'POST /follow-requests/{username}/accept': touch,
  'POST /follow-requests/{username}/decline': touch,
  'GET /account/blocked': own,
  'GET /account/muted': own,
  'GET /account/restricted': own,
  'GET /account/close-friends': own,

  'POST /posts/upload': { about: 'own', send: { body: {} } },
  'GET /uploads/{upload_id}': { about: 'own', send: { params: { upload_id: id } } },
  'POST /uploads/{upload_id}/parts': {
    about: 'own',
    send: { params: { upload_id: id }, body: {} },
  },
  'POST /uploads/{upload_id}/complete': { about: 'own', send: { params: { upload_id: id } } },
  'POST /posts/confirm': { about: 'own', send: { body: {} } },
  'POST /posts': { about: 'own', send: { body: {} } },
  'GET /drafts': own,
  'POST /drafts': { about: 'own', send: { body: {} } },
  'GET /drafts/{draft_id}': { about: 'own', send: { params: { draft_id: id } } },
  'PUT /drafts/{draft_id}': { about: 'own', send: { params: { draft_id: id }, body: {} } },
  'DELETE /drafts/{draft_id}': { about: 'own', send: { params: { draft_id: id } } },

  'GET /posts/{post_id}': see,
  'GET /posts/{post_id}/history': see,
  'GET /posts/{post_id}/likes': see,
  'GET /posts/{post_id}/comments': see,
  'GET /posts/{post_id}/comments/{comment_id}': { about: 'see', send: ofComment },
  'GET /posts/{post_id}/comments/{comment_id}/replies': { about: 'see', send: ofComment },
  'DELETE /posts/{post_id}/tag': see,
  'PUT /posts/{post_id}': {
    about: 'change',
    send: withBody(ofPost, { comments_off: false }),
  },
  'DELETE /posts/{post_id}': change,
  'POST /posts/{post_id}/restore': change,
  'POST /posts/{post_id}/archive': change,
  'DELETE /posts/{post_id}/archive': change,
  'POST /posts/{post_id}/pin': change,
  'DELETE /posts/{post_id}/pin': change,
  'POST /posts/{post_id}/like': engage,
  'DELETE /posts/{post_id}/like': engage,
  'POST /posts/{post_id}/save': { about: 'engage', send: withBody(ofPost, {}) },
  'GET /posts/{post_id}/save': see,
  'DELETE /posts/{post_id}/save': { about: 'scan', send: ofPost },
  'POST /posts/{post_id}/share': {
    about: 'engage',
    send: withBody(ofPost, { channel: 'link' }),
  },
  'POST /posts/{post_id}/repost': { about: 'repost', send: withBody(ofPost, {}) },
  'DELETE /posts/{post_id}/repost': see,
  'POST /posts/{post_id}/comments': {
    about: 'engage',
    send: withBody(ofPost, { text: 'a plain word' }),
  },
  'DELETE /posts/{post_id}/comments/{comment_id}': changeComment,
  'POST /posts/{post_id}/comments/{comment_id}/like': { about: 'engage', send: ofComment },
  'DELETE /posts/{post_id}/comments/{comment_id}/like': { about: 'engage', send: ofComment },
  'POST /posts/{post_id}/comments/{comment_id}/pin': changeComment,
  'DELETE /posts/{post_id}/comments/{comment_id}/pin': changeComment,
  'POST /posts/{post_id}/comments/{comment_id}/approve': changeComment,
  'GET /posts/{post_id}/media/{media_id}/original': {
    about: 'keep',
    send: ({ post }) => ({
      params: { post_id: post.post_id, media_id: post.media[0]?.media_id ?? id },
    }),
  },
  'GET /me/near-duplicates': own,
  'DELETE /me/near-duplicates/{pair_id}': { about: 'own', send: { params: { pair_id: id } } },
  // To those who are not its author there is nothing here: see also videos.test.ts.
  'PUT /posts/{post_id}/media/{media_id}/captions/{language}': {
    about: 'keep',
    send: withBody(ofCaptions, { webvtt: 'WEBVTT' }),
    spareOwner: true,
  },
  'DELETE /posts/{post_id}/media/{media_id}/captions/{language}': {
    about: 'keep',
    send: ofCaptions,
    spareOwner: true,
  },
  'GET /account/archived-posts': own,
  'GET /account/deleted-posts': own,

  'GET /feed/home': { about: 'own', send: { query: { limit: '100' } } },
  'GET /feed/explore': { about: 'own', send: { query: { limit: '100' } } },
  'GET /feed/ranking': own,
  'PUT /feed/ranking': { about: 'own', send: { body: { order: 'latest' } } },
  'DELETE /feed/ranking': own,
  'POST /feed/ranking/less': {
    about: 'see',
    send: ({ post }) => ({ body: { post_id: post.post_id, of: 'media' } }),
  },
  'DELETE /feed/ranking/less/{less_id}': { about: 'own', send: { params: { less_id: id } } },
  'POST /feed/seen': {
    about: 'scan',
    send: ({ post }) => ({ body: { posts: [{ post_id: post.post_id, watched: 1 }] } }),
  },
  'GET /posts/{post_id}/why': see,
  'GET /feed/saved': { about: 'own', send: { query: { limit: '100' } } },
  'GET /feed/user/{username}': content,
  'GET /feed/tagged/{username}': content,
  'GET /feed/hashtag/{tag}': {
    about: 'scan',
    send: ({ marker }) => ({ params: { tag: marker }, query: { order: 'recent' } }),
  },
  'GET /feed/location/{place_id}': {
    about: 'scan',
    send: ({ placeId }) => ({ params: { place_id: placeId }, query: { order: 'recent' } }),
  },
  'GET /hashtags': { about: 'own', send: { query: { q: 'zq' } } },
  'GET /hashtags/{tag}': { about: 'scan', send: ({ marker }) => ({ params: { tag: marker } }) },
  'POST /hashtags/{tag}/follow': { about: 'own', send: { params: { tag: 'otters' } } },
  'DELETE /hashtags/{tag}/follow': { about: 'own', send: { params: { tag: 'otters' } } },
  'GET /account/hashtags': own,
  'GET /places': { about: 'own', send: { query: { q: 'Spot' } } },
  'POST /places': { about: 'own', send: { body: { name: 'Spot' } } },
  'GET /places/{place_id}': {
    about: 'scan',
    send: ({ placeId }) => ({ params: { place_id: placeId } }),
  },
  'GET /collections': own,
  'POST /collections': { about: 'own', send: { body: { name: 'Mine' } } },
  'PUT /collections/{collection_id}': {
    about: 'own',
    send: { params: { collection_id: id }, body: { name: 'x' } },
  },
  'DELETE /collections/{collection_id}': {
    about: 'own',
    send: { params: { collection_id: id } },
  },

  'GET /admin/people': { about: 'moderator' },
  'POST /admin/people/{username}/suspend': {
    about: 'moderator',
    send: { params: nobody, body: { reason: 'x' } },
  },
  'DELETE /admin/people/{username}/suspend': { about: 'moderator', send: { params: nobody } },
  'PUT /admin/people/{username}/role': {
    about: 'admin',
    send: { params: nobody, body: { role: 'member' } },
  },
  'GET /admin/dead-jobs': { about: 'admin' },
  'GET /admin/storage': { about: 'admin' },
  'GET /admin/storage/faults': { about: 'admin' },
  'POST /admin/storage/check': { about: 'admin' },
  'POST /admin/dead-jobs/{job_id}/retry': { about: 'admin', send: { params: { job_id: id } } },
};

/** What a visitor may ask too, beside what is for anyone; all the rest wants somebody who is signed in. */
export const FOR_VISITORS: ReadonlySet<RouteName> = new Set([
  'GET /users/{username}',
  'GET /users/{username}/followers',
  'GET /users/{username}/following',
  'GET /posts/{post_id}',
  'GET /posts/{post_id}/history',
  'GET /posts/{post_id}/likes',
  'GET /posts/{post_id}/comments',
  'GET /posts/{post_id}/comments/{comment_id}',
  'GET /posts/{post_id}/comments/{comment_id}/replies',
  'GET /feed/user/{username}',
  'GET /feed/tagged/{username}',
  'GET /feed/hashtag/{tag}',
  'GET /feed/location/{place_id}',
  'GET /hashtags/{tag}',
  'GET /places/{place_id}',
]);
