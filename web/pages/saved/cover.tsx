import { Bookmark } from 'lucide';
import type { Collection } from '../../data/saves.ts';
import { Icon } from '../../ui/icon.tsx';

/** The newest posts of a collection, four to a square; its name stands beside. */
export function Cover({ of }: { readonly of: Collection }) {
  return (
    <span class={`cover cover--${of.cover.length}`}>
      {of.cover.length === 0 && <Icon of={Bookmark} size={32} />}
      {of.cover.map((address) => (
        <img key={address} src={address} alt="" width={150} height={150} loading="lazy" />
      ))}
    </span>
  );
}
