import type { ReadonlySignal } from '@preact/signals';
import type * as hashtags from '../../api/hashtags.ts';
import { createCache } from './cache.ts';
import { call } from './client.ts';
import { type List, listNamed } from './lists.ts';
import { onSignedOut } from './session.ts';

type Hashtag = hashtags.Hashtag;

const known = createCache<Hashtag>();
onSignedOut(known.clear);

function keep(said: Hashtag): string {
  known.put(said.tag, said);
  return said.tag;
}

/** A folded hashtag as it is known now; undefined while no answer has spoken of it. */
export function hashtag(tag: string): ReadonlySignal<Hashtag | undefined> {
  return known.at(tag);
}

/** Asks the server for a hashtag and takes it in. Throws `ApiError`. */
export async function loadHashtag(tag: string, signal?: AbortSignal): Promise<void> {
  const name = 'GET /hashtags/{tag}';
  keep(await call<typeof hashtags.getHashtag>(name, { params: { tag }, signal }));
}

/** The number of the last wish about each hashtag, so that an older answer changes nothing. */
const wishes = new Map<string, number>();

/**
 * Follows a hashtag or leaves it: shown at once, and taken back when the server refuses. Throws
 * `ApiError` after taking it back.
 */
export async function setTagFollowing(tag: string, following: boolean): Promise<void> {
  if (known.peek(tag)?.viewer.following === following) return;
  const wish = (wishes.get(tag) ?? 0) + 1;
  wishes.set(tag, wish);
  const show = (now: boolean) => known.change(tag, () => ({ viewer: { following: now } }));
  show(following);
  const params = { tag };
  try {
    const answer = following
      ? await call<typeof hashtags.followHashtag>('POST /hashtags/{tag}/follow', { params })
      : await call<typeof hashtags.unfollowHashtag>('DELETE /hashtags/{tag}/follow', { params });
    if (wishes.get(tag) === wish) keep(answer);
  } catch (error) {
    if (wishes.get(tag) === wish) show(!following);
    throw error;
  }
}

/** As many as one can follow: one page. */
const PAGE = 100;

/** The hashtags that one follows, newest first: their folded forms. */
export function followedHashtagsList(): List<string> {
  return listNamed('followed hashtags', {
    load: async (cursor) => {
      const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const page = await call<typeof hashtags.listFollowedHashtags>('GET /account/hashtags', {
        query,
      });
      return { items: page.items.map(keep), next: page.next };
    },
    idOf: (tag) => tag,
  });
}
