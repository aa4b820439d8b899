import './more.css';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { Button } from './button.tsx';

export interface MoreProps {
  readonly state: 'idle' | 'loading' | 'ready' | 'failed';
  readonly ended: boolean;
  readonly onMore: () => void;
  /** What went wrong, in words. */
  readonly error?: string | null | undefined;
  /** Pixels before its end at which the next page is asked for; 1200 unless told. */
  readonly ahead?: number | undefined;
}

/**
 * The foot of a list: asks for the next page as it comes near, and is a button for those who come by
 * keyboard or when a page did not arrive.
 */
export function More({ state, ended, onMore, error, ahead = 1200 }: MoreProps) {
  const foot = useRef<HTMLDivElement>(null);
  const ask = useRef(onMore);
  ask.current = onMore;
  useEffect(() => {
    const element = foot.current;
    // A page that failed is asked for by hand, or the same error would come again and again.
    if (!element || ended || state !== 'ready') return;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) ask.current();
      },
      { rootMargin: `${ahead}px 0px` },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [state, ended, ahead]);
  if (ended) return null;
  return (
    <div ref={foot} class="more">
      {state === 'failed' && error && (
        <p class="more__error" role="alert">
          {error}
        </p>
      )}
      <Button busy={state === 'loading'} onClick={onMore}>
        {state === 'failed' ? t('try-again') : t('load-more')}
      </Button>
    </div>
  );
}
