import './list-end.css';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { Button } from './button.tsx';

export interface ListEndProps {
  /** More is on its way. */
  readonly loading: boolean;
  /** What is said when more did not come; null while nothing is wrong. */
  readonly failed: string | null;
  /** There is no more. */
  readonly ended: boolean;
  readonly onMore: () => void;
}

/** The foot of a list that grows: asks for more shortly before it is reached. */
export function ListEnd({ loading, failed, ended, onMore }: ListEndProps) {
  const foot = useRef<HTMLDivElement>(null);
  const ask = useRef(onMore);
  ask.current = onMore;
  const asksByItself = !loading && !ended && failed === null;
  useEffect(() => {
    if (!foot.current || !asksByItself) return;
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some((one) => one.isIntersecting)) ask.current();
      },
      { rootMargin: '800px' },
    );
    watcher.observe(foot.current);
    return () => watcher.disconnect();
  }, [asksByItself]);
  return (
    <div ref={foot} class="list-end" aria-busy={loading}>
      {loading && <span class="list-end__dots" aria-hidden="true" />}
      {failed !== null && (
        <>
          <p role="alert">{failed}</p>
          <Button onClick={onMore}>{t('try-again')}</Button>
        </>
      )}
    </div>
  );
}
