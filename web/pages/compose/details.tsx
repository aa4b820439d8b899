import './details.css';
import { useEffect } from 'preact/hooks';
import { settings } from '../../data/settings.ts';
import { spotInCrop, spotInWhole } from '../../data/uploads/bodies.ts';
import { cropOf, frameRatio } from '../../data/uploads/crop.ts';
import { Cropped } from '../../data/uploads/cropped.tsx';
import type { Details } from '../../data/uploads/details.ts';
import {
  changeDetails,
  changeFile,
  detailsOf,
  type PendingFile,
  type PendingPost,
} from '../../data/uploads/pending.ts';
import { AdvancedField } from './advanced-field.tsx';
import { AudienceField } from './audience-field.tsx';
import { edit, selected } from './drafting.ts';
import { PlaceField } from './place-field.tsx';
import { Tagging } from './tagging.tsx';

function set(change: Partial<Details>): void {
  edit(Object.keys(change).join(), (now) => changeDetails(now, change));
}

/** A post of which nothing was said yet begins with the audience that the person has chosen for new ones. */
async function beginWithOwnAudience(): Promise<void> {
  await settings.load();
  const audience = settings.value.value?.default_audience ?? 'everyone';
  if (audience === 'everyone') return;
  edit('audience', (now) => (now.details ? now : changeDetails(now, { audience })));
}

/** What is said of a new post beside its caption: who is there, where, and for whom. */
export function DetailsOfDraft({ post }: { readonly post: PendingPost }) {
  const { place, audience, likesHidden, commentsOff } = detailsOf(post);
  const untouched = post.details === undefined;
  useEffect(() => {
    if (untouched) beginWithOwnAudience().catch(reportError);
  }, [untouched]);
  const crop = (file: PendingFile) => cropOf(file.framing, post.aspect, file);
  return (
    <div class="details">
      <Tagging
        start={selected.value?.id}
        pictures={post.files.map((file) => ({
          id: file.id,
          ratio: frameRatio(post.aspect, file),
          picture: <Cropped file={file} aspect={post.aspect} />,
          tagged: file.tagged?.map((spot) => spotInCrop(spot, crop(file))) ?? [],
        }))}
        onTagged={(id, spots) =>
          edit(`tagged ${id}`, (now) => {
            const file = now.files.find((one) => one.id === id);
            if (!file) return now;
            const cut = cropOf(file.framing, now.aspect, file);
            return changeFile(now, id, { tagged: spots.map((spot) => spotInWhole(spot, cut)) });
          })
        }
      />
      <PlaceField place={place} onPlace={(place) => set({ place })} />
      <AudienceField audience={audience} onAudience={(audience) => set({ audience })} />
      <AdvancedField likesHidden={likesHidden} commentsOff={commentsOff} onChange={set} />
    </div>
  );
}
