import { Heart } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { likesOf } from '../../data/likes.ts';
import { person } from '../../data/people.ts';
import { t } from '../../strings/strings.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { PersonRow } from './person-row.tsx';

/** Who liked a post. */
export function LikesSheet(props: { readonly postId: string; readonly onClose: () => void }) {
  const [list] = useState(() => likesOf(props.postId));
  useEffect(() => list.start(), [list]);
  const items = list.items.value;
  const empty = items.length === 0;
  const waits = empty && (list.state.value === 'idle' || list.state.value === 'loading');
  return (
    <Sheet title={t('likes.title')} onClose={props.onClose}>
      {waits && <SkeletonRows />}
      {empty && list.ended.value && <EmptyState icon={Heart} title={t('likes.none')} />}
      <ul>
        {items.map((id) => {
          const known = person(id).value;
          return known && <PersonRow key={id} person={known} onLeave={props.onClose} />;
        })}
      </ul>
      {!waits && (
        <More
          state={list.state.value}
          ended={list.ended.value}
          error={list.error.value?.message}
          onMore={() => void list.more()}
          ahead={200}
        />
      )}
    </Sheet>
  );
}
