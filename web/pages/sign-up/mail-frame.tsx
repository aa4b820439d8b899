import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { me } from '../../data/session.ts';
import { AccountFrame } from './frame.tsx';

/** Around pages that mails lead to: as the log-in for visitors, plain inside the app for members. */
export function MailFrame({ children }: { readonly children: ComponentChildren }) {
  if (!me.value) return <AccountFrame>{children}</AccountFrame>;
  return <div class="account__words">{children}</div>;
}

/** What the page says now. When that changes, the focus comes here, so that it is read out. */
export function Said({ title, text }: { readonly title: string; readonly text?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [title]);
  return (
    <div class="account__intro">
      <h1 ref={heading} class="account__promise" tabIndex={-1}>
        {title}
      </h1>
      {text && <p class="account__how">{text}</p>}
    </div>
  );
}
