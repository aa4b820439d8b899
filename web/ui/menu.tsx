import './menu.css';
import { Ellipsis, type IconNode } from 'lucide';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconNode | undefined;
  readonly danger?: boolean | undefined;
  /** One of several of which one is chosen: whether it is this. */
  readonly checked?: boolean | undefined;
  readonly run: () => void;
}

export interface MenuProps {
  /** What the menu is for, in words. */
  readonly label: string;
  readonly icon?: IconNode | undefined;
  readonly items: readonly MenuItem[];
}

/** A small button with a list of things to do; arrows, Home, End, Escape and typing a letter work. */
export function Menu({ label, icon = Ellipsis, items }: MenuProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <IconButton
        icon={icon}
        label={label}
        buttonRef={button}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <MenuList
          label={label}
          items={items}
          button={button.current}
          onClose={(refocus) => {
            setOpen(false);
            if (refocus) button.current?.focus();
          }}
        />
      )}
    </>
  );
}

interface MenuListProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly button: HTMLElement | null;
  readonly onClose: (refocus: boolean) => void;
}

function MenuList({ label, items, button, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !button) return;
    element.showPopover();
    stand(element, button);
    element.querySelector<HTMLElement>('[role^="menuitem"]')?.focus({ preventScroll: true });
  }, [button]);

  useEffect(() => {
    const away = (event: Event) => {
      const { target } = event;
      if (!(target instanceof Node)) return;
      if (list.current?.contains(target) || button?.contains(target)) return;
      close.current(false);
    };
    addEventListener('pointerdown', away, true);
    addEventListener('scroll', away, true);
    return () => {
      removeEventListener('pointerdown', away, true);
      removeEventListener('scroll', away, true);
    };
  }, [button]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      onClose(true);
      return;
    }
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const next = nextIndex(event.key, all.indexOf(document.activeElement as HTMLElement), items);
    if (next === null) return;
    event.preventDefault();
    all[next]?.focus();
  };

  return (
    <div
      ref={list}
      class="menu"
      popover="manual"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        // biome-ignore lint/a11y/useAriaPropsSupportedByRole: of a menuitemradio it is, and only there.
        <button
          key={item.label}
          type="button"
          role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
          aria-checked={item.checked}
          tabIndex={-1}
          class={`menu__item${item.danger ? ' menu__item--danger' : ''}`}
          onClick={() => {
            onClose(true);
            item.run();
          }}
        >
          {item.icon && <Icon of={item.icon} size={20} />}
          {item.label}
        </button>
      ))}
    </div>
  );
}

function nextIndex(key: string, now: number, items: readonly MenuItem[]): number | null {
  const count = items.length;
  if (key === 'ArrowDown') return (now + 1) % count;
  if (key === 'ArrowUp') return (now - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (key.length !== 1) return null;
  const letter = key.toLocaleLowerCase();
  const found = items.findIndex((item) => item.label.toLocaleLowerCase().startsWith(letter));
  return found < 0 ? null : found;
}

/** Puts the list below the button, or above where there is no room; inside the window. */
function stand(list: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { width, height } = list.getBoundingClientRect();
  const margin = 8;
  const below = at.bottom + height + margin <= innerHeight;
  const fromEnd = getComputedStyle(button).direction === 'rtl' ? at.left : at.right - width;
  const left = Math.min(Math.max(margin, fromEnd), innerWidth - width - margin);
  list.style.left = `${left}px`;
  list.style.top = `${below ? at.bottom : Math.max(margin, at.top - height)}px`;
}
