import type { ComponentType } from 'preact';
import type { Params } from './router.ts';

/** What every page is given: the parts of its address. Each page file's default export takes these. */
export interface PageProps {
  readonly params: Params;
  /** Shown as a sheet over another page, for pages that can be. */
  readonly sheet: boolean;
}

export type Page = ComponentType<PageProps>;
