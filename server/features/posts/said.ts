import type { PersonId, PlaceId } from '../../../api/ids.ts';
import { TAGGED_PER_POST_MAX } from '../../../api/limits.ts';
import type { TagWish } from '../../../api/new-media.ts';
import { hashtagsOf } from '../../../api/text.ts';
import { fieldProblem, Problem } from '../../kernel/problem.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { findPlace } from '../places/store.ts';
import { mentionedIn, peopleNamed, takes } from './naming.ts';
import type { PostRow, SaidOfPost, TagRow } from './store.ts';

/** What a caption says, kept beside it so that no list has to look it up. */
export async function readCaption(
  q: Queryable,
  authorId: PersonId,
  caption: string,
): Promise<Pick<SaidOfPost, 'caption' | 'mentions' | 'hashtags'>> {
  const mentions = await mentionedIn(q, authorId, caption);
  return { caption, mentions, hashtags: hashtagsOf(caption) };
}

/** Throws `place_not_found`. */
export async function readPlace(q: Queryable, placeId: PlaceId | null): Promise<PostRow['place']> {
  if (placeId === null) return null;
  const found = await findPlace(q, placeId);
  if (!found) throw new Problem('place_not_found');
  const { place_id, name, latitude, longitude } = found;
  return { place_id, name, latitude, longitude };
}

/** Whom to tag on one picture; `of` is what the caller knows the picture by. */
export interface TagWishes<Picture extends string> {
  readonly of: Picture;
  readonly tagged?: readonly TagWish[];
}

/** A tag whose picture may have no media id yet. */
export type ResolvedTag<Picture extends string> = Omit<TagRow, 'media_id'> & {
  readonly of: Picture;
};

/**
 * Tag wishes → people. `wishes` is in the order of the request's `body.media`, so that a Problem can
 * name the field. Throws `validation_failed` for who cannot be met or is named twice on a picture,
 * `not_taking_tags`.
 */
export async function resolveTags<Picture extends string>(
  q: Queryable,
  authorId: PersonId,
  wishes: readonly TagWishes<Picture>[],
  already: readonly PersonId[] = [],
): Promise<ResolvedTag<Picture>[]> {
  const usernames = wishes.flatMap(({ tagged = [] }) => tagged.map(({ username }) => username));
  const people = await peopleNamed(q, authorId, usernames);
  const resolved: ResolvedTag<Picture>[] = [];
  for (const [picture, { of, tagged = [] }] of wishes.entries()) {
    const here = new Set<PersonId>();
    for (const [place, wish] of tagged.entries()) {
      const field = `body.media.${picture}.tagged.${place}.username`;
      const username = wish.username.toLowerCase();
      const met = people.get(username);
      if (!met) throw fieldProblem({ [field]: 'is nobody whom you can tag' });
      const { person_id } = met.person;
      if (here.has(person_id)) throw fieldProblem({ [field]: 'is on this picture already' });
      if (!already.includes(person_id) && !takes('tag', met)) throw new Problem('not_taking_tags');
      here.add(person_id);
      resolved.push({ of, person_id, username, x: wish.x, y: wish.y });
    }
  }
  return resolved;
}

/** Throws `validation_failed` when a post would have more tags than it may. */
export function demandFewTags(tags: readonly unknown[]): void {
  if (tags.length > TAGGED_PER_POST_MAX) {
    throw fieldProblem({ 'body.media': `must tag at most ${TAGGED_PER_POST_MAX} spots in all` });
  }
}
