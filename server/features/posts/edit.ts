import { isDeepStrictEqual } from 'node:util';
import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import type { editPost as contract } from '../../../api/posts.ts';
import type { BodyOf } from '../../../api/route.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { fieldProblem, Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { editAlt, type MediaRow } from '../media/store.ts';
import { insertTagged, removeTagged } from './author-store.ts';
import { insertRevision, updateSaid, type WhatWas } from './changes-store.ts';
import { readPostCounts } from './counts-store.ts';
import { EDITED } from './events.ts';
import { isShown, noteTags, recordChange, taggedIn } from './grid.ts';
import { changeablePost } from './read.ts';
import { demandFewTags, type ResolvedTag, readCaption, readPlace, resolveTags } from './said.ts';
import { lockPost, type PostRow, type SaidOfPost, type TagRow } from './store.ts';
import { tellCounts } from './tell-counts.ts';

export type PostEdit = BodyOf<typeof contract>;

/** What an edit asks for, looked up before anything is locked. */
interface Wishes {
  readonly said: Partial<SaidOfPost>;
  readonly tags: readonly ResolvedTag<MediaId>[];
  /** Pictures whose tags are to be these, in place of those before. */
  readonly retagged: ReadonlySet<MediaId>;
  readonly alts: ReadonlyMap<MediaId, string>;
  /** As the author last saw the post; undefined when they did not say. */
  readonly seenEditedAt: string | null | undefined;
}

/**
 * Changes what is said of a post; what is left out stays. What was goes into the history in the same
 * transaction, unless nothing of it changed. Two at once follow one another. Throws `post_not_found`,
 * `forbidden`, `place_not_found`, `not_taking_tags`, `edit_conflict`.
 */
export async function editPost(ctx: Context, postId: PostId, viewerId: PersonId, edit: PostEdit) {
  const { post: seen } = await changeablePost(ctx, postId, viewerId);
  const wishes = await lookUp(ctx, seen, edit);
  const changed = await ctx.db.transaction(async (tx) => {
    const was = await lockPost(tx, postId);
    if (!was || was.deleted_at) throw new Problem('post_not_found');
    return writeEdit(ctx, tx, was, wishes);
  });
  if (!changed) return;
  const { was, is } = changed;
  if (was.audience !== is.audience && is.audience !== 'everyone') {
    tell(ctx, 'post.narrowed', { post_id: postId });
  }
  if (was.likes_hidden !== is.likes_hidden) {
    tellCounts(ctx, postId, await readPostCounts(ctx.db, postId));
  }
}

async function lookUp(ctx: Context, post: PostRow, edit: PostEdit): Promise<Wishes> {
  const media = (await mediaOfPosts(ctx.db, [post.post_id])).get(post.post_id) ?? [];
  const pictures = edit.media ?? [];
  for (const [index, item] of pictures.entries()) {
    const field = `body.media.${index}.media_id`;
    if (!media.some((known) => known.media_id === item.media_id)) {
      throw fieldProblem({ [field]: 'is not a picture of this post' });
    }
    if (pictures.findIndex((other) => other.media_id === item.media_id) < index) {
      throw fieldProblem({ [field]: 'is named twice' });
    }
  }
  const wanted = pictures.map(({ media_id: of, tagged = [] }) => ({ of, tagged }));
  const [caption, place, tags] = await Promise.all([
    edit.caption === undefined ? {} : readCaption(ctx.db, post.author_id, edit.caption),
    edit.place_id === undefined ? undefined : readPlace(ctx.db, edit.place_id),
    resolveTags(ctx.db, post.author_id, wanted, taggedIn(post)),
  ]);
  const { audience, likes_hidden, comments_off } = edit;
  return {
    said: {
      ...caption,
      ...(place === undefined ? {} : { place }),
      ...(audience === undefined ? {} : { audience }),
      ...(likes_hidden === undefined ? {} : { likes_hidden }),
      ...(comments_off === undefined ? {} : { comments_off }),
    },
    tags,
    retagged: new Set(pictures.flatMap(({ media_id, tagged }) => (tagged ? media_id : []))),
    alts: new Map(
      pictures.flatMap(({ media_id, alt }): [MediaId, string][] =>
        alt === undefined ? [] : [[media_id, alt]],
      ),
    ),
    seenEditedAt: edit.edited_at,
  };
}

/** Under the post's lock. Gives what was and what is, or null when nothing changed. */
async function writeEdit(ctx: Context, tx: Transaction, was: PostRow, wishes: Wishes) {
  const { seenEditedAt: seen } = wishes;
  const last = was.edited_at?.getTime() ?? null;
  if (seen !== undefined && (seen === null ? null : Date.parse(seen)) !== last) {
    throw new Problem('edit_conflict');
  }
  const media = (await mediaOfPosts(tx, [was.post_id])).get(was.post_id) ?? [];
  const tagged = mergeTags(was, media, wishes);
  demandFewTags(tagged);
  const said = { ...was, ...wishes.said, tagged };
  const alts = media.filter(({ media_id, alt }) => (wishes.alts.get(media_id) ?? alt) !== alt);
  // For whom it is and what is hidden may change without anybody being told that the post was edited.
  const told = alts.length > 0 || !isDeepStrictEqual(inHistory(was), inHistory(said));
  if (!told && isDeepStrictEqual(said, was)) return null;
  const is: PostRow = told
    ? { ...said, revision: was.revision + 1, edited_at: timeAfter(was, ctx.clock.now()) }
    : said;
  if (told) {
    const state: WhatWas = {
      ...inHistory(was),
      alts: media.map(({ media_id, alt }) => ({ media_id, alt })),
    };
    const edited_at = was.edited_at ?? was.created_at;
    await insertRevision(tx, was.post_id, { revision: was.revision, was: state, edited_at });
  }
  await updateSaid(tx, was.post_id, is);
  for (const { media_id } of alts) {
    await editAlt(tx, was.post_id, media_id, wishes.alts.get(media_id) ?? '');
  }
  const moved = tagsMoved(was, is);
  if (isShown(is)) {
    await insertTagged(tx, is, moved.added);
    await removeTagged(tx, is.post_id, moved.gone);
  }
  const at = ctx.clock.now();
  await noteTags(tx, is.author_id, moved.added, { at });
  await noteTags(tx, is.author_id, moved.gone, { at, undoes: was.created_at });
  await recordChange(ctx, tx, is, EDITED);
  return { was, is };
}

const inHistory = ({ caption, place, tagged }: SaidOfPost) => ({ caption, place, tagged });

/** Later than the last edit, however close they are, so that who has seen the one has not seen the other. */
function timeAfter({ edited_at, created_at }: PostRow, now: Date): Date {
  const last = (edited_at ?? created_at).getTime();
  return now.getTime() > last ? now : new Date(last + 1);
}

/** All tags in the order of the pictures. Who took themselves off is left out in silence. */
function mergeTags(was: PostRow, media: readonly MediaRow[], wishes: Wishes): TagRow[] {
  return media.flatMap(({ media_id }) => {
    if (!wishes.retagged.has(media_id))
      return was.tagged.filter((tag) => tag.media_id === media_id);
    return wishes.tags
      .filter((tag) => tag.of === media_id && !was.untagged.includes(tag.person_id))
      .map(({ person_id, username, x, y }) => ({ media_id, person_id, username, x, y }));
  });
}

/** Who is tagged now and was not, and the other way round. */
function tagsMoved(was: PostRow, is: PostRow) {
  const before = new Set(taggedIn(was));
  const now = new Set(taggedIn(is));
  return {
    added: [...now].filter((id) => !before.has(id)),
    gone: [...before].filter((id) => !now.has(id)),
  };
}
