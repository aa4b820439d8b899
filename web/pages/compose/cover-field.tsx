import { useEffect, useRef, useState } from 'preact/hooks';
import { openClip, seekTo } from '../../data/uploads/open-clip.ts';
import { t } from '../../strings/strings.ts';
import { durationText } from '../../ui/duration.ts';

interface CoverFieldProps {
  /** Of the video, in this page. */
  readonly address: string;
  /** Seconds */
  readonly duration: number;
  /** Width by height. */
  readonly ratio: number;
  readonly at: number;
  readonly onAt: (second: number) => void;
}

/** Frames of the filmstrip, and their height in pixels: twice what is shown, for sharp screens. */
const FRAMES = 8;
const FRAME_HEIGHT = 112;
/** Seconds that a key moves. */
const STEP = 0.1;

/** The frame that stands for a video: a strip of its frames, and a window on it that moves. */
export function CoverField({ address, duration, ratio, at, onAt }: CoverFieldProps) {
  const strip = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    let wanted = true;
    const canvas = strip.current;
    if (!canvas) return;
    drawStrip(canvas, { address, duration, ratio }, () => {
      if (wanted) setDrawn(true);
      return wanted;
    }).catch(reportError);
    return () => {
      wanted = false;
    };
  }, [address, duration, ratio]);
  const last = Math.max(0, duration - STEP);
  const now = durationText(at);
  return (
    <div class="cover-field">
      <span class="cover-field__words">
        <span class="cover-field__title">{t('poster.title')}</span>
        <span class="quiet figures">{now}</span>
      </span>
      <span class={`cover-field__strip${drawn ? ' cover-field__strip--drawn' : ''}`}>
        <canvas ref={strip} width={1} height={1} />
        <input
          type="range"
          aria-label={t('poster.title')}
          aria-valuetext={t('poster.at', { now, duration: durationText(duration) })}
          title={t('poster.hint')}
          min={0}
          max={last}
          step={STEP}
          value={at}
          onInput={(event) => onAt(event.currentTarget.valueAsNumber)}
        />
      </span>
    </div>
  );
}

/** Draws frames side by side, as they come; `goOn` is asked after each. */
async function drawStrip(
  canvas: HTMLCanvasElement,
  { address, duration, ratio }: Pick<CoverFieldProps, 'address' | 'duration' | 'ratio'>,
  goOn: () => boolean,
): Promise<void> {
  const width = Math.round(FRAME_HEIGHT * Math.min(1, Math.max(0.5625, ratio)));
  canvas.width = width * FRAMES;
  canvas.height = FRAME_HEIGHT;
  const pen = canvas.getContext('2d');
  const open = await openClip(address);
  if (!pen || !open) return;
  const { video, close } = open;
  try {
    for (let frame = 0; frame < FRAMES; frame += 1) {
      if (!(await seekTo(video, (duration * (frame + 0.5)) / FRAMES))) return;
      const { videoWidth, videoHeight } = video;
      const scale = Math.max(width / videoWidth, FRAME_HEIGHT / videoHeight);
      const [cutWidth, cutHeight] = [width / scale, FRAME_HEIGHT / scale];
      const left = (videoWidth - cutWidth) / 2;
      const top = (videoHeight - cutHeight) / 2;
      pen.drawImage(
        video,
        ...([left, top, cutWidth, cutHeight] as const),
        ...([frame * width, 0, width, FRAME_HEIGHT] as const),
      );
      if (!goOn()) return;
    }
  } finally {
    close();
  }
}
