import './empty-state.css';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

export interface EmptyStateProps {
  readonly icon?: IconNode | undefined;
  readonly title: string;
  /** It is all that the page has: its title is the page's `h1`. */
  readonly whole?: boolean | undefined;
  readonly text?: ComponentChildren;
  /** What can be done: buttons. */
  readonly children?: ComponentChildren;
}

/** What stands where a list is empty or could not be loaded: what it is, and what to do. */
export function EmptyState({ icon, title, whole, text, children }: EmptyStateProps) {
  const Title = whole ? 'h1' : 'h2';
  return (
    <div class="empty-state">
      {icon && <Icon of={icon} size={40} />}
      <Title class="empty-state__title" tabIndex={whole ? -1 : undefined}>
        {title}
      </Title>
      {text && <p class="quiet">{text}</p>}
      {children && <div class="empty-state__do">{children}</div>}
    </div>
  );
}
