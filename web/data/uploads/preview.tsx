import './preview.css';
import { Film, ImageOff, Play } from 'lucide';
import { t } from '../../strings/strings.ts';
import { durationText } from '../../ui/duration.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Aspect } from './crop.ts';
import { useEdited } from './edited.ts';
import { isVideo, type PendingFile } from './pending.ts';

/** What stands for a file that this browser cannot show. */
export function Unseen({ file }: { readonly file: PendingFile }) {
  return (
    <span class="unseen">
      <Icon of={isVideo(file) ? Film : ImageOff} />
      <span class="unseen__words">{t('poster.later')}</span>
    </span>
  );
}

/** A small square of a chosen file, with what it is: to be seen, not heard. */
export function SmallPreview(props: { readonly file: PendingFile; readonly aspect: Aspect }) {
  const { file } = props;
  const preview = useEdited(file, props.aspect);
  return (
    <span class="small-preview" aria-hidden="true">
      {file.unseen && <Unseen file={file} />}
      {preview && <img src={preview} alt="" draggable={false} />}
      {file.duration !== undefined && (
        <span class="small-preview__mark figures">
          <Icon of={Play} size={10} filled />
          {durationText(file.duration)}
        </span>
      )}
    </span>
  );
}
