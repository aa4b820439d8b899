import './button.css';
import type { IconNode } from 'lucide';
import type { ComponentChildren, JSX, Ref } from 'preact';
import { Icon } from './icon.tsx';
import { Link } from './link.tsx';

type Kind = 'primary' | 'secondary' | 'plain' | 'danger';

interface Look {
  /** `secondary` unless told. A view has at most one `primary`. */
  readonly kind?: Kind | undefined;
  readonly icon?: IconNode | undefined;
  /** As wide as its place. */
  readonly wide?: boolean | undefined;
  readonly small?: boolean | undefined;
  readonly children?: ComponentChildren;
}

export interface ButtonProps
  extends Look,
    Omit<JSX.IntrinsicElements['button'], 'children' | 'icon' | 'size' | 'ref'> {
  /** Work is under way: cannot be pressed again, keeps its words and its size. */
  readonly busy?: boolean | undefined;
  readonly buttonRef?: Ref<HTMLButtonElement> | undefined;
}

function classes({ kind = 'secondary', wide, small }: Look, given: unknown): string {
  const own = `button button--${kind}${wide ? ' button--wide' : ''}${small ? ' button--small' : ''}`;
  return typeof given === 'string' ? `${own} ${given}` : own;
}

/** A button whose words are a verb. */
export function Button(props: ButtonProps) {
  const { kind, icon, wide, small, busy, buttonRef, children, class: given, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      ref={buttonRef ?? null}
      class={classes({ kind, wide, small }, given)}
      disabled={rest.disabled === true}
      aria-disabled={busy ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else rest.onClick?.(event);
      }}
    >
      {icon && <Icon of={icon} size={20} />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: Look & { readonly href: string; readonly class?: string }) {
  const { kind, icon, wide, small, children, href, class: given } = props;
  return (
    <Link href={href} class={classes({ kind, wide, small }, given)}>
      {icon && <Icon of={icon} size={20} />}
      {children}
    </Link>
  );
}

export interface IconButtonProps
  extends Omit<JSX.IntrinsicElements['button'], 'children' | 'icon' | 'label' | 'ref'> {
  readonly icon: IconNode;
  /** What it does, in words: read out, and shown when the pointer rests. */
  readonly label: string;
  readonly filled?: boolean | undefined;
  readonly directed?: boolean | undefined;
  readonly iconSize?: number | undefined;
  readonly buttonRef?: Ref<HTMLButtonElement> | undefined;
}

/** A button that shows only an icon: 44 px, named. */
export function IconButton(props: IconButtonProps) {
  const { icon, label, filled, directed, iconSize, buttonRef, class: given, ...rest } = props;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      ref={buttonRef ?? null}
      class={`icon-button${typeof given === 'string' ? ` ${given}` : ''}`}
    >
      <Icon of={icon} filled={filled} directed={directed} size={iconSize} />
    </button>
  );
}
