import type { createDraft, Draft, getDraft, saveDraft } from '../../../api/drafts.ts';
import type { DraftId } from '../../../api/ids.ts';
import type { UploadGrant } from '../../../api/media.ts';
import { t } from '../../strings/strings.ts';
import { go } from '../../ui/router.ts';
import { toast } from '../../ui/toast.tsx';
import { ApiError, call } from '../client.ts';
import { draftsList, takeDraftAway } from '../drafts.ts';
import { draftBody, spotInWhole } from './bodies.ts';
import { aspectOf, framingOf } from './crop.ts';
import { PLAIN } from './details.ts';
import { type Taken, takeIn } from './intake.ts';
import type { PendingPost } from './pending.ts';
import { beginDraft, change, pendingPosts, takeUp } from './pending-posts.ts';

/** Keeps a draft at the server, in the place of the one that it was opened from. Throws `ApiError`. */
export async function keepAsDraft(post: PendingPost, signal: AbortSignal): Promise<void> {
  await put(post, signal);
  draftsList().reload().catch(reportError);
  toast({ text: t('drafts.saved'), action: { label: t('drafts.see'), run: () => go('/drafts') } });
}

async function put(post: PendingPost, signal: AbortSignal): Promise<Draft> {
  const body = draftBody(post);
  const draft_id = post.openedFrom?.draftId;
  if (draft_id) {
    try {
      return await call<typeof saveDraft>('PUT /drafts/{draft_id}', {
        params: { draft_id },
        body,
        signal,
      });
    } catch (error) {
      // Thrown away on another device: what is written here is kept all the same.
      if (!(error instanceof ApiError && error.code === 'draft_not_found')) throw error;
    }
  }
  // Not the key of its confirm: that is another request.
  const idempotencyKey = `${post.idempotencyKey}-draft`;
  return call<typeof createDraft>('POST /drafts', { body, idempotencyKey, signal });
}

/** The draft at the server has become a post. */
export async function letGoOfDraft({ openedFrom }: PendingPost): Promise<void> {
  if (!openedFrom) return;
  try {
    await takeDraftAway(openedFrom.draftId);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // It stays in the list of drafts, from where it can be thrown away.
    console.info('The draft of a published post stays:', error);
  }
}

/**
 * Brings a draft of the server to this device, as the one that is written at. What was written here
 * of an older state of it stays, as a draft of its own. Throws `ApiError`.
 */
export async function openDraft(draftId: DraftId): Promise<void> {
  const params = { draft_id: draftId };
  const draft = await call<typeof getDraft>('GET /drafts/{draft_id}', { params });
  const here = pendingPosts
    .peek()
    .find((post) => post.step === 'draft' && post.openedFrom?.draftId === draftId);
  if (here?.openedFrom?.updatedAt === draft.updated_at) return void (await takeUp(here.id));
  if (here) await change(here.id, ({ openedFrom: _, ...post }) => post);
  const taken: Taken[] = [];
  // One at a time: each is decoded whole.
  const said = draft.content.media ?? [];
  for (const picture of draft.pictures) {
    const coverAt = said.find(({ upload_id }) => upload_id === picture.upload_id)?.poster_at;
    taken.push(await fetchPicture(picture, coverAt));
  }
  await begin(draft, taken);
}

async function fetchPicture(
  picture: Draft['pictures'][number],
  coverAt: number | undefined,
): Promise<Taken> {
  let answer: Response;
  try {
    answer = await fetch(picture.url);
  } catch {
    throw new ApiError({ code: 'offline', message: t('error.offline') });
  }
  if (!answer.ok)
    throw new ApiError({ code: 'unreadable', message: t('drafts.no-picture'), status: 0 });
  const name = `${picture.upload_id}.${picture.content_type.split('/')[1] ?? ''}`;
  const taken = await takeIn(new File([await answer.blob()], name), coverAt);
  if (typeof taken === 'string')
    throw new ApiError({ code: 'unreadable', message: t('drafts.no-picture'), status: 0 });
  const grant: UploadGrant = {
    upload_id: picture.upload_id,
    method: 'PUT',
    url: '',
    headers: {},
    // Over already: should the server have lost the bytes, a new address is asked for.
    expires_at: new Date(0).toISOString(),
    part_size: null,
  };
  return { ...taken, file: { ...taken.file, grant, sent: true } };
}

async function begin({ draft_id, content, updated_at }: Draft, taken: readonly Taken[]) {
  const said = new Map((content.media ?? []).map((one) => [one.upload_id, one]));
  const cropOf = ({ file }: Taken) => (file.grant && said.get(file.grant.upload_id)?.crop) ?? null;
  const aspect = aspectOf(taken.map((one) => [cropOf(one), one.file] as const));
  const files = taken.map((one) => {
    const crop = cropOf(one);
    const words = one.file.grant && said.get(one.file.grant.upload_id);
    const { alt = '', edit = {}, tagged = [] } = words || {};
    const framing = framingOf(crop, aspect, one.file);
    const spots = tagged.map((spot) => spotInWhole(spot, crop));
    return { ...one, file: { ...one.file, alt, edit, framing, tagged: spots } };
  });
  await beginDraft(files, {
    aspect,
    caption: content.caption ?? '',
    openedFrom: { draftId: draft_id, updatedAt: updated_at },
    details: {
      place: content.place ?? PLAIN.place,
      audience: content.audience ?? PLAIN.audience,
      likesHidden: content.likes_hidden ?? PLAIN.likesHidden,
      commentsOff: content.comments_off ?? PLAIN.commentsOff,
    },
  });
}
