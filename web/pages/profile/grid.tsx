import './grid.css';
import { Archive, Bookmark, Camera, UserRound } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { List } from '../../data/lists.ts';
import type { Person } from '../../data/people.ts';
import { gonePosts } from '../../data/posts.ts';
import { profilePostsList, taggedPostsList } from '../../data/profile-posts.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { More } from '../../ui/more.tsx';
import { go, place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Cell } from './cell.tsx';

interface GridProps {
  readonly username: string;
  readonly person: Person | undefined;
}

/** What a person has shared, and what others have shared of them; which one, the address says. */
export function Grid({ username, person }: GridProps) {
  const tab = tabOfAddress() === 'tagged' ? 'tagged' : 'posts';
  const isSelf = person !== undefined && me.value?.user_id === person.user_id;
  return (
    <>
      <div class="profile-tabs">
        <Tabs
          label={t('grid.tabs')}
          tabs={[
            { id: 'posts', label: t('grid.posts') },
            { id: 'tagged', label: t('grid.tagged') },
          ]}
          chosen={tab}
          panel="profile-posts"
          onChoose={(id) =>
            go(`/${username}${id === 'tagged' ? '?tab=tagged' : ''}`, { replace: true })
          }
        />
        {isSelf && <OwnLinks />}
      </div>
      <div id="profile-posts" role="tabpanel" aria-label={t(`grid.${tab}`)}>
        <h2 class="visually-hidden">{t(`grid.${tab}`)}</h2>
        {tab === 'posts' ? (
          <PostGrid
            key="posts"
            list={profilePostsList(username)}
            pinnable
            none={<NoPosts username={username} person={person} />}
          />
        ) : (
          <PostGrid
            key="tagged"
            list={taggedPostsList(username)}
            none={<NotTagged username={username} person={person} />}
          />
        )}
      </div>
    </>
  );
}

/** Also while a post is open over the page. */
function tabOfAddress(): string | null {
  const { over, query } = place.value;
  return new URLSearchParams(over === null ? query : (over.split('?')[1] ?? '')).get('tab');
}

/** What only the person themselves has. */
function OwnLinks() {
  return (
    <div class="profile-tabs__own">
      <Link class="icon-button" href="/saved" aria-label={t('grid.saved')} title={t('grid.saved')}>
        <Icon of={Bookmark} />
      </Link>
      <Link
        class="icon-button"
        href="/archive"
        aria-label={t('grid.archive')}
        title={t('grid.archive')}
      >
        <Icon of={Archive} />
      </Link>
    </div>
  );
}

interface PostGridProps {
  readonly list: List<string>;
  /** What stands there when nothing does. */
  readonly none: ComponentChildren;
  readonly pinnable?: boolean | undefined;
  /** What can be done with each post. */
  readonly act?: ((id: string) => ComponentChildren) | undefined;
}

/** Squares of the posts of a list. */
export function PostGrid({ list, none, pinnable, act }: PostGridProps) {
  useEffect(() => list.start(!place.peek().returned), [list]);
  const ids = list.items.value.filter((id) => !gonePosts.value.has(id));
  const state = list.state.value;
  useScrollMemory(ids.length > 0 || state === 'ready');

  // What a private account answers: the profile says it better, in a moment.
  const isPrivate = list.error.value?.code === 'account_private';
  if (ids.length === 0 && (state === 'idle' || state === 'loading' || isPrivate)) {
    return <GridWaiting />;
  }
  if (ids.length === 0 && state === 'failed') {
    return (
      <EmptyState title={t('profile.more-failed')} text={list.error.value?.message}>
        <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
      </EmptyState>
    );
  }
  if (ids.length === 0) return <>{none}</>;
  return (
    <>
      <ul class="profile-grid">
        {ids.map((id, index) => (
          <Cell key={id} id={id} first={index < 6} pinnable={pinnable}>
            {act?.(id)}
          </Cell>
        ))}
      </ul>
      <More
        state={state}
        ended={list.ended.value}
        error={list.error.value?.message}
        onMore={() => list.more().catch(reportError)}
      />
    </>
  );
}

function NoPosts({ username, person }: GridProps) {
  if (me.value?.username === person?.username && person) {
    return (
      <EmptyState icon={Camera} title={t('profile.empty-own')} text={t('profile.empty-own-text')}>
        <ButtonLink kind="primary" href="/new">
          {t('profile.share')}
        </ButtonLink>
      </EmptyState>
    );
  }
  const name = person?.full_name || username;
  return (
    <EmptyState icon={Camera} title={t('profile.empty')} text={t('profile.empty-text', { name })} />
  );
}

function NotTagged({ username, person }: GridProps) {
  const own = me.value?.username === person?.username && person !== undefined;
  const name = person?.full_name || username;
  return (
    <EmptyState
      icon={UserRound}
      title={t(own ? 'grid.tagged-none-own' : 'grid.tagged-none')}
      text={own ? t('grid.tagged-none-own-text') : t('grid.tagged-none-text', { name })}
    />
  );
}

function GridWaiting() {
  return (
    <div class="profile-grid" aria-busy="true">
      {Array.from({ length: 9 }, (_, index) => (
        <Skeleton key={index} ratio={1} />
      ))}
    </div>
  );
}
