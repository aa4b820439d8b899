import './stage.css';
import { RotateCcw } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  type Aspect,
  CENTRED,
  clampFraming,
  type Dimensions,
  type Framing,
  frameRatio,
  pan,
  placement,
  zoomAt,
  zoomMax,
} from '../../data/uploads/crop.ts';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { followGestures } from './gestures.ts';

export interface StageProps {
  readonly picture: Dimensions;
  /** The small copy, there at once, and the picture itself, for a sharp look when zoomed. */
  readonly preview: string | null;
  readonly original: string | null;
  readonly aspect: Aspect;
  readonly framing: Framing;
  readonly onFraming: (framing: Framing) => void;
  /** What it is, for those who hear it. */
  readonly label: string;
  readonly round?: boolean | undefined;
}

/** How far one press of an arrow moves the picture, as a fraction of the frame. */
const STEP = 0.02;
const LARGE_STEP = 0.1;
const KEY_ZOOM = 1.1;

/** A picture in its frame: drag, pinch, wheel, keys and the slider say what the frame shows. */
export function Stage(props: StageProps) {
  const { picture, aspect, framing, onFraming, label } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [moving, setMoving] = useState(false);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    // Kept here too: a pinch moves and zooms before anything is drawn again.
    const become = (next: Framing) => {
      latest.current = { ...latest.current, framing: next };
      latest.current.onFraming(next);
    };
    return followGestures(element, {
      onMove: (dx, dy) => {
        const { framing, aspect, picture } = latest.current;
        become(pan(framing, dx, dy, aspect, picture));
      },
      onZoom: (factor, x, y) => {
        const { framing, aspect, picture } = latest.current;
        become(zoomAt(framing, factor, x, y, aspect, picture));
      },
      onHeld: setMoving,
    });
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = framingAfterKey(event, props);
    if (!next) return;
    event.preventDefault();
    onFraming(next);
  };

  const ratio = frameRatio(aspect, picture);
  const most = zoomMax(aspect, picture);
  const percent = Math.round(framing.zoom * 100);
  return (
    <div class="stage">
      <div class="stage__room" style={{ '--ratio': ratio }}>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset takes no gestures and no size. */}
        <div
          ref={frame}
          class={`stage__frame${moving ? ' stage__frame--held' : ''}${props.round ? ' stage__frame--round' : ''}`}
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys move and zoom the picture.
          tabIndex={0}
          aria-label={label}
          onKeyDown={onKeyDown}
        >
          <Placed {...props} />
        </div>
      </div>
      <div class="stage__tools">
        <input
          type="range"
          class="stage__zoom"
          aria-label={t('compose.zoom')}
          aria-valuetext={t('compose.zoom-value', { percent: String(percent) })}
          min={1}
          max={Math.max(most, 1.0001)}
          step="any"
          value={framing.zoom}
          disabled={most <= 1}
          style={{ '--filled': `${most <= 1 ? 0 : ((framing.zoom - 1) / (most - 1)) * 100}%` }}
          onInput={(event) => {
            const zoom = event.currentTarget.valueAsNumber;
            onFraming(clampFraming({ ...framing, zoom }, aspect, picture));
          }}
        />
        <IconButton
          icon={RotateCcw}
          iconSize={20}
          label={t('compose.reset')}
          disabled={framing.zoom === 1 && framing.centreX === 0.5 && framing.centreY === 0.5}
          onClick={() => onFraming(CENTRED)}
        />
      </div>
    </div>
  );
}

/** The whole picture behind the frame, so that the frame shows the crop. */
function Placed({ picture, preview, original, aspect, framing }: StageProps) {
  const { left, top, width, height } = placement(framing, aspect, picture);
  const style = {
    inlineSize: `${width * 100}%`,
    blockSize: `${height * 100}%`,
    transform: `translate(${(left / width) * 100}%, ${(top / height) * 100}%)`,
  };
  return (
    <>
      {preview && (
        <img class="stage__picture" src={preview} alt="" style={style} draggable={false} />
      )}
      {original && framing.zoom > 1.2 && (
        <img class="stage__picture" src={original} alt="" style={style} draggable={false} />
      )}
    </>
  );
}

function framingAfterKey(event: KeyboardEvent, props: StageProps): Framing | null {
  const { framing, aspect, picture } = props;
  const step = event.shiftKey ? LARGE_STEP : STEP;
  const moved = (dx: number, dy: number) => pan(framing, dx, dy, aspect, picture);
  const zoomed = (factor: number) => zoomAt(framing, factor, 0.5, 0.5, aspect, picture);
  switch (event.key) {
    case 'ArrowLeft':
      return moved(-step, 0);
    case 'ArrowRight':
      return moved(step, 0);
    case 'ArrowUp':
      return moved(0, -step);
    case 'ArrowDown':
      return moved(0, step);
    case '+':
    case '=':
      return zoomed(KEY_ZOOM);
    case '-':
      return zoomed(1 / KEY_ZOOM);
    case '0':
      return CENTRED;
    default:
      return null;
  }
}
