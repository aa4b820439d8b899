// The squares of posts.
import '../profile/profile.css';
import './saved.css';
import { Bookmark, Plus } from 'lucide';
import { useEffect, useMemo, useState } from 'preact/hooks';
import {
  type Collection,
  collectionsList,
  createCollection,
  savedPostsList,
  shownCollections,
} from '../../data/saves.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Link } from '../../ui/link.tsx';
import { More } from '../../ui/more.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { go, place } from '../../ui/router.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { CollectionForm } from '../post/collection-form.tsx';
import { PostGrid } from '../profile/grid.tsx';
import { Cover } from './cover.tsx';
import { stillSaved } from './still-saved.ts';

/** What one saved: the collections, then everything. */
export default function SavedPage() {
  const list = useMemo(() => stillSaved(savedPostsList(null)), []);
  const [making, setMaking] = useState(false);
  useTitle(t('saved.title'));
  return (
    <div class="saved">
      <PageHeader title={t('saved.title')} backTo="/" />
      <p class="saved__note quiet">{t('saved.only-you')}</p>
      <section aria-labelledby="saved-collections">
        <div class="saved__row">
          <h2 id="saved-collections" class="saved__heading">
            {t('saved.collections')}
          </h2>
          <Button kind="plain" small icon={Plus} onClick={() => setMaking(true)}>
            {t('save.new')}
          </Button>
        </div>
        <Collections />
      </section>
      <section aria-labelledby="saved-all">
        <div class="saved__row">
          <h2 id="saved-all" class="saved__heading">
            {t('saved.all')}
          </h2>
        </div>
        <PostGrid
          list={list}
          none={
            <EmptyState icon={Bookmark} title={t('saved.empty')} text={t('saved.empty-text')} />
          }
        />
      </section>
      {making && (
        <Sheet title={t('save.new')} onClose={() => setMaking(false)}>
          <CollectionForm
            verb={t('save.create')}
            onName={async (name) => {
              const { collection_id } = await createCollection(name);
              setMaking(false);
              go(`/saved/${collection_id}`);
            }}
          />
        </Sheet>
      )}
    </div>
  );
}

function Collections() {
  const list = collectionsList();
  useEffect(() => list.start(!place.peek().returned), [list]);
  const items = shownCollections(list);
  const state = list.state.value;
  if (items.length === 0 && (state === 'idle' || state === 'loading')) {
    return (
      <div class="saved__collections" aria-busy="true">
        {[1, 2, 3].map((n) => (
          <Skeleton key={n} ratio={1} />
        ))}
      </div>
    );
  }
  return (
    <>
      {items.length === 0 && state === 'ready' && <p class="saved__note quiet">{t('save.none')}</p>}
      <ul class="saved__collections">
        {items.map((one) => (
          <Card key={one.collection_id} collection={one} />
        ))}
      </ul>
      <More
        state={state}
        ended={list.ended.value}
        error={list.error.value?.message}
        onMore={() => void list.more()}
      />
    </>
  );
}

function Card({ collection }: { readonly collection: Collection }) {
  return (
    <li>
      <Link href={`/saved/${collection.collection_id}`} class="collection-card">
        <Cover of={collection} />
        <span class="collection-card__name ellipsis">
          <bdi>{collection.name}</bdi>
        </span>
        <span class="quiet figures">{t('saved.posts', { count: collection.posts_count })}</span>
      </Link>
    </li>
  );
}
