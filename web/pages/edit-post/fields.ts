import type { MediaId } from '../../../api/ids.ts';
import type { Place } from '../../../api/places.ts';
import type { Audience, editPost, Post } from '../../../api/posts.ts';
import type { BodyOf } from '../../../api/route.ts';
import type { Spot } from '../../data/uploads/details.ts';

/** What of a post can be edited. */
export interface Fields {
  readonly caption: string;
  readonly place: Place | null;
  readonly audience: Audience;
  readonly likes: boolean;
  readonly comments: boolean;
  readonly alts: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, readonly Spot[]>>;
}

/** One of them: what a picture's field is about stands behind the colon. */
export type Field =
  | 'caption'
  | 'place'
  | 'audience'
  | 'likes'
  | 'comments'
  | `alts:${string}`
  | `tags:${string}`;

type Body = BodyOf<typeof editPost>;

export function fieldsOf(post: Post): Fields {
  const spots = (id: MediaId) =>
    post.tagged
      .filter(({ media_id }) => media_id === id)
      .map(({ username, x, y }) => ({ username, x, y }));
  return {
    caption: post.caption,
    place: post.location,
    audience: post.audience,
    likes: post.likes_hidden,
    comments: post.comments_off,
    alts: Object.fromEntries(post.media.map(({ media_id, alt }) => [media_id, alt])),
    tags: Object.fromEntries(post.media.map(({ media_id }) => [media_id, spots(media_id)])),
  };
}

/** What stands in a field. */
export function inField(fields: Fields, field: Field): unknown {
  const [name, id = ''] = field.split(':') as [keyof Fields, string?];
  if (name === 'alts') return fields.alts[id] ?? '';
  if (name === 'tags') return fields.tags[id] ?? [];
  return fields[name];
}

/** The same with this field as it is in `other`. */
export function taken(fields: Fields, field: Field, other: Fields): Fields {
  const [name, id = ''] = field.split(':') as [keyof Fields, string?];
  if (name === 'alts') return { ...fields, alts: { ...fields.alts, [id]: other.alts[id] ?? '' } };
  if (name === 'tags') return { ...fields, tags: { ...fields.tags, [id]: other.tags[id] ?? [] } };
  return { ...fields, [name]: other[name] };
}

function allFields(fields: Fields): Field[] {
  const ids = Object.keys(fields.alts);
  return [
    'caption',
    'place',
    'audience',
    'likes',
    'comments',
    ...ids.map((id): Field => `alts:${id}`),
    ...ids.map((id): Field => `tags:${id}`),
  ];
}

/** The fields in which two states differ. */
export function differences(one: Fields, other: Fields): Field[] {
  return allFields(one).filter(
    (field) => JSON.stringify(inField(one, field)) !== JSON.stringify(inField(other, field)),
  );
}

/**
 * Somebody changed the post since `base`: what was changed here stays, what was not becomes theirs.
 * `conflicts` are the fields that both have changed, and not to the same.
 */
export function merged(base: Fields, theirs: Fields, mine: Fields) {
  const own = new Set(differences(base, mine));
  const apart = differences(theirs, mine);
  const fields = apart
    .filter((field) => !own.has(field))
    .reduce((now, field) => taken(now, field, theirs), mine);
  const theirOwn = new Set(differences(base, theirs));
  return { fields, conflicts: apart.filter((field) => own.has(field) && theirOwn.has(field)) };
}

/** What is sent: only what differs from `base`; null when nothing does. */
export function bodyOf(base: Fields, mine: Fields, editedAt: string | null): Body | null {
  const changed = new Set(differences(base, mine));
  if (changed.size === 0) return null;
  const media = Object.keys(mine.alts).flatMap((id) => {
    const alt = changed.has(`alts:${id}`) ? { alt: mine.alts[id] ?? '' } : {};
    const tagged = changed.has(`tags:${id}`) ? { tagged: [...(mine.tags[id] ?? [])] } : {};
    const said = { ...alt, ...tagged };
    return Object.keys(said).length > 0 ? [{ media_id: id as MediaId, ...said }] : [];
  });
  return {
    ...(changed.has('caption') ? { caption: mine.caption } : {}),
    ...(changed.has('place') ? { place_id: mine.place?.place_id ?? null } : {}),
    ...(changed.has('audience') ? { audience: mine.audience } : {}),
    ...(changed.has('likes') ? { likes_hidden: mine.likes } : {}),
    ...(changed.has('comments') ? { comments_off: mine.comments } : {}),
    ...(media.length > 0 ? { media } : {}),
    edited_at: editedAt,
  };
}
