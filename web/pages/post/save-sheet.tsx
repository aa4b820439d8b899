import './save-sheet.css';
import { BookmarkX, Plus } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { CollectionId } from '../../../api/ids.ts';
import { ApiError, isAbort } from '../../data/client.ts';
import {
  type Collection,
  collectionsList,
  createCollection,
  savePost,
  saveStateOf,
  shownCollections,
  takeOut,
} from '../../data/saves.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { More } from '../../ui/more.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { CollectionForm } from './collection-form.tsx';
import { unsave } from './save-acts.ts';
import { tell } from './undo.ts';

interface SaveSheetProps {
  readonly postId: string;
  readonly onClose: () => void;
}

/** Where a saved post is kept: one's collections, a new one, or nowhere any more. */
export function SaveSheet({ postId, onClose }: SaveSheetProps) {
  const [list] = useState(collectionsList);
  const [within, setWithin] = useState<ReadonlySet<string> | null>(null);
  useEffect(() => list.start(true), [list]);
  useEffect(() => {
    const giveUp = new AbortController();
    saveStateOf(postId, giveUp.signal).then(
      (state) => setWithin(new Set(state.collection_ids)),
      (error: unknown) => {
        if (isAbort(error)) return;
        if (!(error instanceof ApiError)) throw error;
        onClose();
        tell(
          error,
          (reason) => reason,
          () => undefined,
        );
      },
    );
    return () => giveUp.abort();
  }, [postId]);

  /** Shown at once; as it was when the server refuses. */
  const turn = (id: CollectionId, wanted: boolean) => {
    const before = within ?? new Set();
    setWithin(turned(before, id, wanted));
    const done = wanted ? savePost(postId, id) : takeOut(postId, id);
    done.then(
      (ids) => setWithin(new Set(ids)),
      (error: unknown) => {
        setWithin(turned(before, id, !wanted));
        tell(
          error,
          (reason) => t('save.failed', { reason }),
          () => turn(id, wanted),
        );
      },
    );
  };
  const items = shownCollections(list);
  const waits = within === null || (items.length === 0 && list.state.value !== 'ready');
  return (
    <Sheet
      title={t('save.sheet')}
      onClose={onClose}
      footer={
        <Button
          kind="plain"
          icon={BookmarkX}
          wide
          onClick={() => {
            onClose();
            unsave(postId);
          }}
        >
          {t('save.remove')}
        </Button>
      }
    >
      <NewCollection onMade={(made) => turn(made.collection_id, true)} />
      {waits && list.state.value !== 'failed' && <SkeletonRows count={3} />}
      {!waits && items.length === 0 && <p class="save-sheet__none quiet">{t('save.none')}</p>}
      {!waits && (
        <ul>
          {items.map((collection) => (
            <Choice
              key={collection.collection_id}
              collection={collection}
              on={within.has(collection.collection_id)}
              onTurn={(wanted) => turn(collection.collection_id, wanted)}
            />
          ))}
        </ul>
      )}
      {(items.length > 0 || list.state.value === 'failed') && (
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

function turned(ids: ReadonlySet<string>, id: string, wanted: boolean): ReadonlySet<string> {
  const next = new Set(ids);
  if (wanted) next.add(id);
  else next.delete(id);
  return next;
}

interface ChoiceProps {
  readonly collection: Collection;
  readonly on: boolean;
  readonly onTurn: (wanted: boolean) => void;
}

function Choice({ collection, on, onTurn }: ChoiceProps) {
  const [cover] = collection.cover;
  return (
    <li>
      <label class="save-sheet__choice">
        <span class="save-sheet__cover">
          {cover && <img src={cover} alt="" width={48} height={48} loading="lazy" />}
        </span>
        <span class="save-sheet__words">
          <span class="ellipsis">
            <bdi>{collection.name}</bdi>
          </span>
          <span class="quiet figures">{t('saved.posts', { count: collection.posts_count })}</span>
        </span>
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => onTurn(event.currentTarget.checked)}
        />
      </label>
    </li>
  );
}

/** A line to write the name of a new collection in, once it is asked for. */
function NewCollection({ onMade }: { readonly onMade: (made: Collection) => void }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <button type="button" class="save-sheet__new" onClick={() => setOpen(true)}>
        <span class="save-sheet__cover">
          <Icon of={Plus} />
        </span>
        {t('save.new')}
      </button>
    );
  }
  return (
    <CollectionForm
      verb={t('save.create')}
      onName={async (name) => {
        const made = await createCollection(name);
        setOpen(false);
        onMade(made);
      }}
    />
  );
}
