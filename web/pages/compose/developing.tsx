import { useState } from 'preact/hooks';
import { useEdited } from '../../data/uploads/edited.ts';
import { changeFile, type PendingFile, type PendingPost } from '../../data/uploads/pending.ts';
import { useOriginal } from '../../data/uploads/previews.ts';
import { t } from '../../strings/strings.ts';
import { newElementId } from '../../ui/ids.ts';
import { Lazy } from '../../ui/lazy.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { edit, selected } from './drafting.ts';
import { Shapes } from './shapes.tsx';
import { Stage } from './stage.tsx';
import { Strip } from './strip.tsx';
import { WholeStage } from './whole-stage.tsx';

const STEPS = ['crop', 'looks', 'adjust'] as const;
type Step = (typeof STEPS)[number];

/** The chosen picture, large, and what can be done to it: crop, look, adjustments. */
export function Developing({ post }: { readonly post: PendingPost }) {
  const [chosen, setChosen] = useState<Step>('crop');
  const [panel] = useState(() => newElementId('step'));
  const file = selected.value ?? post.files[0];
  if (!file) return null;
  // Videos, animations and what cannot be seen here stay as they are.
  const isPicture = !file.whole;
  const step = isPicture ? chosen : 'crop';
  const number = post.files.findIndex((one) => one.id === file.id) + 1;
  const several = post.files.length > 1;
  return (
    <div
      class={`editor__pictures editor__pictures--${step}${several ? ' editor__pictures--several' : ''}`}
    >
      {file.whole ? (
        <WholeStage key={file.id} postId={post.id} file={file} />
      ) : step === 'crop' ? (
        <Cropping post={post} file={file} number={number} />
      ) : (
        <Lazy load={loadView} props={{ file, aspect: post.aspect, number }} />
      )}
      {isPicture && (
        <Tabs
          label={t('looks.steps')}
          tabs={STEPS.map((id) => ({ id, label: t(`looks.${id}`) }))}
          chosen={step}
          onChoose={setChosen}
          panel={panel}
        />
      )}
      {isPicture && (
        <div id={panel} class="editor__step" role="tabpanel" aria-label={t(`looks.${step}`)}>
          {step === 'crop' && <Shapes chosen={post.aspect} />}
          {step === 'looks' && (
            <Lazy key="looks" load={loadLooks} props={{ file, aspect: post.aspect, several }} />
          )}
          {step === 'adjust' && <Lazy key="adjust" load={loadAdjust} props={{ file, several }} />}
        </div>
      )}
      <Strip post={post} />
    </div>
  );
}

const loadView = () => import('./looks/view.tsx').then(({ LookView }) => LookView);
const loadLooks = () => import('./looks/choose-look.tsx').then(({ ChooseLook }) => ChooseLook);
const loadAdjust = () => import('./looks/adjust.tsx').then(({ Adjust }) => Adjust);

interface CroppingProps {
  readonly post: PendingPost;
  readonly file: PendingFile;
  readonly number: number;
}

function Cropping({ post, file, number }: CroppingProps) {
  const shown = useEdited(file, post.aspect);
  const original = useOriginal(file.id);
  const isEdited = Object.keys(file.edit ?? {}).length > 0;
  return (
    <Stage
      key={file.id}
      picture={file}
      preview={shown}
      // It has not been edited, so it would jump back when one zooms.
      original={isEdited ? null : original}
      aspect={post.aspect}
      framing={file.framing}
      label={t('compose.stage', { number })}
      onFraming={(framing) =>
        edit(`framing ${file.id}`, (now) => changeFile(now, file.id, { framing }))
      }
    />
  );
}
