import './empty-state.css';
import type { IconNode } from 'lucide';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

export interface EmptyStateProps {
  readonly icon?: IconNode | undefined;
  readonly title: string;
  readonly text?: ComponentChildren;
  /** What can be done: buttons. */
  readonly children?: ComponentChildren;
}

/** What stands where a list is empty or could not be loaded: what it is, and what to do. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div class="empty-state">
      {icon && <Icon of={icon} size={40} />}
      <h2 class="empty-state__title">{title}</h2>
      {text && <p class="quiet">{text}</p>}
      {children && <div class="empty-state__do">{children}</div>}
    </div>
  );
}
