import './sheet.css';
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { IconButton } from './button.tsx';
import { newElementId } from './ids.ts';
import { Toasts } from './toast.tsx';

export interface SheetProps {
  readonly title: string;
  /** The title is read out but not shown, and the sheet brings its own header. */
  readonly titleHidden?: boolean | undefined;
  readonly onClose: () => void;
  /** `wide` is for a photo with its comments beside it. */
  readonly size?: 'small' | 'wide' | undefined;
  /** Stays in view below what scrolls. */
  readonly footer?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/**
 * A dialog: from below on a phone, in the middle elsewhere. Shown while it is rendered; Escape, the
 * platform's back gesture, a tap outside and the cross ask to close.
 */
export function Sheet({
  title,
  titleHidden,
  onClose,
  size = 'small',
  footer,
  children,
}: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [id] = useState(() => newElementId('sheet'));

  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element || element.open) return;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected)
        before.focus({ preventScroll: true });
    };
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a tap outside closes; the keyboard has Escape.
    <dialog
      ref={dialog}
      class={`sheet sheet--${size}`}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div class="sheet__card">
        <header class={titleHidden ? 'visually-hidden' : 'sheet__header'}>
          <h2 id={id} class="sheet__title">
            {title}
          </h2>
          {!titleHidden && <IconButton icon={X} label={t('close')} onClick={onClose} />}
        </header>
        <div class="sheet__body">{children}</div>
        {footer && <footer class="sheet__footer">{footer}</footer>}
      </div>
      <Toasts />
    </dialog>
  );
}
