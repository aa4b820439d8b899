import './page-header.css';
import { ArrowLeft } from 'lucide';
import type { ComponentChildren } from 'preact';
import { t } from '../strings/strings.ts';
import { IconButton } from './button.tsx';
import { back } from './router.ts';

export interface PageHeaderProps {
  /** The page's `h1`. */
  readonly title: ComponentChildren;
  /** Where the back arrow goes when the reader came from outside; no arrow when undefined. */
  readonly backTo?: string | undefined;
  /** What the back arrow does instead; it is shown then, too. */
  readonly onBack?: (() => void) | undefined;
  /** At the end of the row. */
  readonly children?: ComponentChildren;
}

/** The bar at the top of a page: back, name, what can be done. Sticks while the page scrolls. */
export function PageHeader({ title, backTo, onBack, children }: PageHeaderProps) {
  const goBack = onBack ?? (backTo === undefined ? undefined : () => back(backTo));
  return (
    <header class="page-header">
      {goBack && <IconButton icon={ArrowLeft} directed label={t('back')} onClick={goBack} />}
      <h1 class="page-header__title ellipsis" tabIndex={-1}>
        {title}
      </h1>
      {children}
    </header>
  );
}
