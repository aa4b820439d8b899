import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { go } from './router.ts';

export interface LinkProps {
  readonly href: string;
  readonly class?: string | undefined;
  readonly title?: string | undefined;
  readonly 'aria-label'?: string | undefined;
  readonly 'aria-describedby'?: string | undefined;
  readonly 'aria-current'?: 'page' | undefined;
  readonly 'aria-hidden'?: 'true' | undefined;
  readonly tabIndex?: number | undefined;
  readonly onClick?: ((event: TargetedMouseEvent<HTMLAnchorElement>) => void) | undefined;
  /** Show the place as a sheet over this page, where the window is wide enough for one. */
  readonly over?: boolean | undefined;
  readonly replace?: boolean | undefined;
  readonly children?: ComponentChildren;
}

/** A link inside the app: a real link to every browser gesture, and no page load on a plain click. */
export function Link({ href, over, replace, onClick, children, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        const plain =
          event.button === 0 &&
          !event.metaKey &&
          !event.ctrlKey &&
          !event.shiftKey &&
          !event.altKey;
        if (event.defaultPrevented || !plain) return;
        event.preventDefault();
        go(href, { over, replace });
      }}
    >
      {children}
    </a>
  );
}
