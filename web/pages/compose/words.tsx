import { CircleCheck, CloudUpload } from 'lucide';
import { ALT_MAX } from '../../../api/limits.ts';
import type { Aspect } from '../../data/uploads/crop.ts';
import {
  changeFile,
  isVideo,
  type PendingFile,
  type PendingPost,
  progressOf,
} from '../../data/uploads/pending.ts';
import { moving, waitingFor } from '../../data/uploads/pending-posts.ts';
import { SmallPreview } from '../../data/uploads/preview.tsx';
import { UploadProblem } from '../../data/uploads/problem.tsx';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { CaptionField } from './caption-field.tsx';
import { DetailsOfDraft } from './details.tsx';
import { edit, select, selected } from './drafting.ts';

/** What is written: a caption for the post, a description for each picture. */
export function Words({ post }: { readonly post: PendingPost }) {
  return (
    <div class="words">
      <CaptionField
        label={t('compose.caption')}
        placeholder={t('compose.caption-hint')}
        value={post.caption}
        onValue={(caption) => edit('caption', (now) => ({ ...now, caption }))}
      />
      <DetailsOfDraft post={post} />
      <section class="words__alts" aria-labelledby="alts">
        <h2 id="alts">{t('compose.alt-title')}</h2>
        <p class="quiet">{t('compose.alt-hint')}</p>
        {post.files.map((file, index) => (
          <Description
            key={file.id}
            file={file}
            aspect={post.aspect}
            number={index + 1}
            alone={post.files.length === 1}
          />
        ))}
      </section>
      <Progress post={post} />
    </div>
  );
}

interface DescriptionProps {
  readonly file: PendingFile;
  readonly aspect: Aspect;
  readonly number: number;
  readonly alone: boolean;
}

function Description({ file, aspect, number, alone }: DescriptionProps) {
  const wish = t(isVideo(file) ? 'compose.alt-video' : 'compose.alt');
  return (
    <div
      class={`words__alt${selected.value?.id === file.id ? ' words__alt--chosen' : ''}`}
      onFocusIn={() => select(file.id)}
    >
      <span class="words__thumb">
        <SmallPreview file={file} aspect={aspect} />
      </span>
      <TextArea
        label={alone ? wish : t('compose.alt-of', { number })}
        labelHidden
        placeholder={wish}
        value={file.alt}
        limit={ALT_MAX}
        maxLength={ALT_MAX}
        onValue={(alt) => edit(`alt ${file.id}`, (now) => changeFile(now, file.id, { alt }))}
      />
    </div>
  );
}

/** That the bytes go already, while the person writes. */
function Progress({ post }: { readonly post: PendingPost }) {
  if (post.failure) return <UploadProblem post={post} />;
  const { sentFiles, files, fraction } = progressOf(post, moving.value);
  const waiting = waitingFor.value;
  const done = sentFiles === files;
  return (
    <p class="words__progress quiet figures" role="status">
      <Icon of={done ? CircleCheck : CloudUpload} size={20} />
      {done
        ? t('compose.ready-draft', { count: files })
        : waiting
          ? t(`upload.waiting-${waiting}`)
          : t('compose.uploading-draft', { percent: String(Math.floor(fraction * 100)) })}
    </p>
  );
}
