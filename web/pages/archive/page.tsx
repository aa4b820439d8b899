import '../profile/grid.css';
import { Archive, ArchiveRestore, Trash, Trash2 } from 'lucide';
import { archiveList } from '../../data/own-posts.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu } from '../../ui/menu.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useTitle } from '../../ui/title.ts';
import { withOwnActs } from '../post/with-own-acts.ts';
import { PostGrid } from '../profile/grid.tsx';

/** The posts that one has put away. */
export default function ArchivePage() {
  useTitle(t('archive.title'));
  return (
    <div class="grid-page">
      <PageHeader title={t('archive.title')} backTo={`/${me.value?.username ?? ''}`}>
        <ButtonLink kind="plain" small icon={Trash2} href="/recently-deleted">
          {t('deleted.title')}
        </ButtonLink>
      </PageHeader>
      <p class="grid-page__text">{t('archive.text')}</p>
      <PostGrid
        list={archiveList()}
        none={<EmptyState icon={Archive} title={t('archive.none')} text={t('archive.none-text')} />}
        act={(id) => (
          <div class="profile-grid__do">
            <Menu
              label={t('archive.menu')}
              items={[
                {
                  label: t('own.unarchive'),
                  icon: ArchiveRestore,
                  run: () => withOwnActs((acts) => acts.archive(id, false)),
                },
                {
                  label: t('post.delete'),
                  icon: Trash,
                  danger: true,
                  run: () => withOwnActs((acts) => acts.remove(id)),
                },
              ]}
            />
          </div>
        )}
      />
    </div>
  );
}
