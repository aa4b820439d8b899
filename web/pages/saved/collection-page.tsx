// The squares of posts.
import '../profile/profile.css';
import './saved.css';
import { Bookmark, BookmarkX, Pencil, Trash } from 'lucide';
import { useEffect, useMemo, useState } from 'preact/hooks';
import {
  type Collection,
  collectionsList,
  deleteCollection,
  hideCollection,
  renameCollection,
  savedPostsList,
  shownCollections,
} from '../../data/saves.ts';
import { t } from '../../strings/strings.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import type { PageProps } from '../../ui/page.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { go } from '../../ui/router.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { useTitle } from '../../ui/title.ts';
import { CollectionForm } from '../post/collection-form.tsx';
import { tell, undoable } from '../post/undo.ts';
import { PostGrid } from '../profile/grid.tsx';
import { stillSaved } from './still-saved.ts';

/** One collection: its posts, its name, its end. */
export default function CollectionPage({ params }: PageProps) {
  const id = params.id ?? '';
  const { collection, missing } = useCollection(id);
  const [renaming, setRenaming] = useState(false);
  const list = useMemo(() => stillSaved(savedPostsList(id)), [id]);
  useTitle(collection?.name ?? t('saved.title'));
  if (missing || list.error.value?.code === 'collection_not_found') return <Gone />;
  return (
    <div class="saved">
      <PageHeader title={<bdi>{collection?.name ?? ''}</bdi>} backTo="/saved">
        {collection && (
          <Menu
            label={t('saved.menu')}
            items={[
              { label: t('saved.rename'), icon: Pencil, run: () => setRenaming(true) },
              {
                label: t('saved.delete'),
                icon: Trash,
                danger: true,
                run: () => {
                  remove(collection);
                  go('/saved', { replace: true });
                },
              },
            ]}
          />
        )}
      </PageHeader>
      <PostGrid
        list={list}
        none={
          <EmptyState
            icon={Bookmark}
            title={t('saved.collection-empty')}
            text={t('saved.collection-empty-text')}
          />
        }
      />
      {renaming && collection && (
        <Sheet title={t('saved.rename')} onClose={() => setRenaming(false)}>
          <CollectionForm
            name={collection.name}
            verb={t('save')}
            onName={async (name) => {
              await renameCollection(collection.collection_id, name);
              setRenaming(false);
            }}
          />
        </Sheet>
      )}
    </div>
  );
}

/** What is known of a collection; the list of them is asked for until it is there. */
function useCollection(id: string): { collection: Collection | undefined; missing: boolean } {
  const list = collectionsList();
  const collection = shownCollections(list).find((one) => one.collection_id === id);
  const state = list.state.value;
  const ended = list.ended.value;
  useEffect(() => {
    if (collection || state === 'loading' || state === 'failed') return;
    if (state === 'idle') list.start();
    else if (!ended) void list.more();
  }, [list, collection, state, ended]);
  return { collection, missing: !collection && state === 'ready' && ended };
}

/** Gone at once, and for good when nobody asked for it back. */
function remove(collection: Collection): void {
  const putBack = hideCollection(collection);
  undoable(t('saved.deleted'), putBack, () => {
    deleteCollection(collection.collection_id).catch((error: unknown) => {
      putBack();
      tell(
        error,
        (reason) => t('saved.delete-failed', { reason }),
        () => remove(collection),
      );
    });
  });
}

function Gone() {
  return (
    <>
      <PageHeader title={t('saved.gone')} backTo="/saved" />
      <EmptyState icon={BookmarkX} title={t('saved.gone')} text={t('saved.gone-text')}>
        <ButtonLink href="/saved">{t('saved.title')}</ButtonLink>
      </EmptyState>
    </>
  );
}
