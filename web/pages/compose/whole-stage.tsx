import './whole-stage.css';
import { Pause, Play } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { drawSmall } from '../../data/uploads/draw-small.ts';
import { changeFile, isVideo, type PendingFile } from '../../data/uploads/pending.ts';
import { changeCover } from '../../data/uploads/pending-posts.ts';
import { Unseen } from '../../data/uploads/preview.tsx';
import { showPreview, useOriginal, usePreview } from '../../data/uploads/previews.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { CoverField } from './cover-field.tsx';
import { edit } from './drafting.ts';

interface WholeStageProps {
  readonly postId: string;
  readonly file: PendingFile;
}

/** What is not cropped: a video with the choice of its cover, an animation, what cannot be shown here. */
export function WholeStage({ postId, file }: WholeStageProps) {
  const original = useOriginal(file.id);
  const preview = usePreview(file.id);
  if (isVideo(file) && !file.unseen) {
    return <VideoStage postId={postId} file={file} address={original} preview={preview} />;
  }
  return (
    <div class="whole">
      <div class="whole__room" style={{ '--ratio': file.width / file.height }}>
        <div class="whole__frame">
          {file.unseen && <Unseen file={file} />}
          {!file.unseen && <img src={original ?? preview ?? undefined} alt="" />}
        </div>
      </div>
      {file.unseen && <p class="whole__hint quiet">{t('poster.unseen')}</p>}
    </div>
  );
}

interface VideoStageProps extends WholeStageProps {
  readonly address: string | null;
  readonly preview: string | null;
}

/** Milliseconds without a move before the cover is drawn and kept. */
const SETTLED_MS = 300;

function VideoStage({ postId, file, address, preview }: VideoStageProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [runs, setRuns] = useState(false);
  const [at, setAt] = useState(file.posterAt ?? 0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

  const keep = async () => {
    const element = video.current;
    if (!element || element.seeking || element.readyState < element.HAVE_CURRENT_DATA) return;
    const picture = await drawSmall(element, file);
    showPreview(file.id, picture);
    await changeCover(postId, file.id, Math.round(element.currentTime * 100) / 100, picture);
  };
  const choose = (second: number) => {
    const element = video.current;
    if (!element) return;
    element.pause();
    element.currentTime = second;
    setAt(second);
  };
  const settle = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => keep().catch(reportError), SETTLED_MS);
  };
  const chosen = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  const toggle = () => {
    const element = video.current;
    if (!element) return;
    if (element.paused) element.play().catch(reportError);
    else element.pause();
  };
  return (
    <div class="whole">
      <div class="whole__room" style={{ '--ratio': file.width / file.height }}>
        <div class="whole__frame">
          {preview && <img src={preview} alt="" />}
          {address && (
            <video
              ref={video}
              src={address}
              muted
              loop
              playsInline
              autoplay={!still}
              aria-hidden="true"
              tabIndex={-1}
              onPlay={() => setRuns(true)}
              onPause={() => setRuns(false)}
              onSeeked={() => {
                // Not when it begins again.
                if (chosen.current && video.current?.paused) settle();
              }}
            />
          )}
          <button
            type="button"
            class="whole__toggle"
            aria-label={t(runs ? 'video.pause' : 'video.play')}
            onClick={toggle}
          >
            <span>
              <Icon of={runs ? Pause : Play} filled />
            </span>
          </button>
        </div>
      </div>
      {address && (
        <CoverField
          address={address}
          duration={file.duration ?? 0}
          ratio={file.width / file.height}
          at={at}
          onAt={(second) => {
            chosen.current = true;
            // At once, should it be shared before the cover has been drawn.
            edit(`cover ${file.id}`, (now) => changeFile(now, file.id, { posterAt: second }));
            choose(second);
          }}
        />
      )}
    </div>
  );
}
