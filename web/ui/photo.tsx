import './photo.css';
import { ImageOff } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { Icon } from './icon.tsx';
import { likeness } from './thumbhash.ts';

/** One size of a picture. */
export interface PictureSource {
  /** JPEG */
  readonly url: string;
  readonly webp: string;
  /** null while there is none. */
  readonly avif: string | null;
  /** Pixels. */
  readonly width: number;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly alt: string;
  /** Base64, or null. */
  readonly thumbhash: string | null;
  /** `#rrggbb`, or null. */
  readonly color: string | null;
  /** All of the picture, from small to large; empty while it is being processed. */
  readonly sources: readonly PictureSource[];
  /** A small square cut from the middle, or null. */
  readonly square: PictureSource | null;
  /** It stands for a video. */
  readonly isPoster?: boolean | undefined;
}

export interface PhotoProps {
  readonly picture: Picture;
  /** How wide it is shown, as in the `sizes` of an image. Must be true, or the wrong file is loaded. */
  readonly sizes: string;
  /** Width by height of the box; the picture's own unless told. */
  readonly ratio?: number | undefined;
  /** `cover` fills the box (grids), `contain` shows all of the picture (posts). */
  readonly fit?: 'cover' | 'contain' | undefined;
  /** The first photo of a page: loaded at once and before others. */
  readonly first?: boolean | undefined;
  /** Its bytes are not to be asked for yet: a better address is on its way. */
  readonly held?: boolean | undefined;
  /** When it does not load: help, which may bring another address. */
  readonly onFail?: (() => Promise<unknown>) | undefined;
}

/**
 * A photo whose place is there before its bytes: the box has its size from the start and shows the
 * likeness until the picture has been decoded, so that nothing on the page ever moves.
 */
export function Photo(props: PhotoProps) {
  const { picture, sizes, ratio, fit = 'contain', first, held } = props;
  const [shown, setShown] = useState(false);
  const [failedAt, setFailedAt] = useState<string | null>(null);
  const own = picture.width / picture.height;
  const box = ratio ?? own;
  const fills = fit === 'cover' || Math.abs(own / box - 1) < 0.02;
  const small = fit === 'cover' && picture.square ? [picture.square] : [];
  const sources = [...small, ...picture.sources];
  const largest = sources.at(-1);
  const address = largest?.url ?? null;
  // Another address is another try.
  const state = address !== null && failedAt === address ? 'failed' : shown ? 'shown' : 'waiting';
  const fail = () => {
    const help = props.onFail?.();
    if (help) help.finally(() => setFailedAt(address)).catch(reportError);
    else setFailedAt(address);
  };
  const back = fills && picture.thumbhash ? likeness(picture.thumbhash) : null;
  const set = (kind: 'url' | 'webp' | 'avif') =>
    sources.map((source) => `${source[kind]} ${source.width}w`).join(', ');
  const hasAvif = useFirstAnswer(address, sources.length > 0 && sources.every(({ avif }) => avif));
  const unnamed = picture.isPoster ? t('video.no-alt') : t('photo.no-alt');
  return (
    <div
      class={`photo${fills ? ' photo--fills' : ''} photo--${state}`}
      style={{
        aspectRatio: String(box),
        backgroundColor: fills ? (picture.color ?? undefined) : undefined,
        backgroundImage: back && state !== 'shown' ? `url("${back}")` : undefined,
      }}
    >
      {largest && state !== 'failed' && !held && (
        <picture>
          {hasAvif && <source type="image/avif" srcSet={set('avif')} sizes={sizes} />}
          <source type="image/webp" srcSet={set('webp')} sizes={sizes} />
          <img
            srcSet={set('url')}
            sizes={sizes}
            src={largest.url}
            width={picture.width}
            height={picture.height}
            alt={picture.alt === '' ? unnamed : picture.alt}
            loading={first ? 'eager' : 'lazy'}
            fetchPriority={first ? 'high' : 'auto'}
            decoding="async"
            draggable={false}
            onLoad={() => setShown(true)}
            onError={fail}
          />
        </picture>
      )}
      {state === 'failed' && (
        <button type="button" class="photo__failed" onClick={() => setFailedAt(null)}>
          <Icon of={ImageOff} />
          {t('photo.failed')}
        </button>
      )}
    </div>
  );
}

/** A file that was made after the others must not be fetched in the place of one that is shown. */
function useFirstAnswer(address: string | null, answer: boolean): boolean {
  const first = useRef({ address, answer });
  if (first.current.address !== address) first.current = { address, answer };
  return first.current.answer;
}
