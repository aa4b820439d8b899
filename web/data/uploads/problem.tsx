import './problem.css';
import { CircleAlert } from 'lucide';
import type { ComponentChildren } from 'preact';
import { type Key, t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { isVideo, type PendingPost } from './pending.ts';
import { tryAgain } from './pending-posts.ts';

/** Reasons that have words of their own in the strings table. */
const WORDED = new Set([
  'media_broken',
  'media_unsupported',
  'media_type_mismatch',
  'media_too_many_pixels',
  'media_bad_dimensions',
  'media_too_long',
  'video_unavailable',
  'storage_full',
  'checksum_mismatch',
  'size_mismatch',
  'upload_used',
  'gone',
  'post_not_found',
  'too_many_drafts',
  'not_taking_tags',
  'user_not_found',
  'place_not_found',
]);

/** Which file and why, in one sentence. */
export function problemOf(post: PendingPost): string {
  const { failure } = post;
  if (!failure) return '';
  const file = post.files.find((one) => one.id === failure.fileId);
  const broken = failure.code === 'media_broken' && file !== undefined && isVideo(file);
  const code = broken ? 'video_broken' : failure.code;
  const reason = WORDED.has(failure.code)
    ? t(`upload.${code}` as Key)
    : t('upload.other', { message: failure.message });
  return file
    ? t('upload.failed-file', { name: file.name, reason })
    : t('upload.failed', { reason });
}

/** What went wrong with a pending post, and what can be done. */
export function UploadProblem(props: {
  readonly post: PendingPost;
  /** More that can be done: buttons. */
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="upload-problem" role="alert">
      <Icon of={CircleAlert} size={20} />
      <p>{problemOf(props.post)}</p>
      <div class="upload-problem__do">
        <Button small kind="primary" onClick={() => tryAgain(props.post.id).catch(reportError)}>
          {t('upload.retry')}
        </Button>
        {props.children}
      </div>
    </div>
  );
}
