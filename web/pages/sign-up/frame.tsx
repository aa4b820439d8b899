import './account.css';
import type { ComponentChildren } from 'preact';
import { Link } from '../../ui/link.tsx';
import { Wordmark } from '../../ui/mark.tsx';
import { Aperture } from './aperture.tsx';

/** What the landing, sign-up and log-in pages share: the light at one side, words at the other. */
export function AccountFrame({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="account">
      <div class="account__art">
        <Aperture />
      </div>
      <div class="account__words">
        <Link href="/" aria-label="Aperto">
          <Wordmark />
        </Link>
        {children}
      </div>
    </div>
  );
}
