import type { Post } from '../../../api/posts.ts';
import { Lazy } from '../../ui/lazy.tsx';

interface WhyProps {
  /** As it stands in the feed, and what it shows: of a repost its original. */
  readonly entry: Post;
  readonly shown: Post;
  readonly onClose: () => void;
}

/** Why a post stands where it stands; its code comes when somebody asks. */
export function Why(props: WhyProps) {
  return (
    <Lazy
      load={() => import('../ranking/why-sheet.tsx').then((code) => code.WhySheet)}
      props={props}
    />
  );
}
