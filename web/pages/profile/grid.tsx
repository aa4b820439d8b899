import './profile.css';
import { Camera, Images } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { List } from '../../data/lists.ts';
import type { Person } from '../../data/people.ts';
import { pictureOf } from '../../data/pictures.ts';
import { gonePosts, post } from '../../data/posts.ts';
import { profilePostsList } from '../../data/profile-posts.ts';
import { me } from '../../data/session.ts';
import { locale, t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { More } from '../../ui/more.tsx';
import { Photo } from '../../ui/photo.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { Skeleton } from '../../ui/skeleton.tsx';

interface GridProps {
  readonly username: string;
  readonly person: Person | undefined;
}

/** Squares of everything a person has shared, latest first. */
export function Grid({ username, person }: GridProps) {
  return (
    <>
      <h2 class="visually-hidden">{t('profile.grid')}</h2>
      <PostGrid
        list={profilePostsList(username)}
        none={<NoPosts username={username} person={person} />}
      />
    </>
  );
}

interface PostGridProps {
  readonly list: List<string>;
  /** What stands there instead when there are no posts. */
  readonly none: ComponentChildren;
}

/** Squares of the posts of a list. */
export function PostGrid({ list, none }: PostGridProps) {
  useEffect(() => list.start(!place.peek().returned), [list]);
  const ids = list.items.value.filter((id) => !gonePosts.value.has(id));
  const state = list.state.value;
  useScrollMemory(ids.length > 0 || state === 'ready');

  if (ids.length === 0 && (state === 'idle' || state === 'loading')) return <GridWaiting />;
  if (ids.length === 0 && state === 'failed') {
    return (
      <EmptyState title={t('profile.more-failed')} text={list.error.value?.message}>
        <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
      </EmptyState>
    );
  }
  if (ids.length === 0) return none;
  return (
    <>
      <ul class="profile-grid">
        {ids.map((id, index) => (
          <Cell key={id} id={id} first={index < 6} />
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

function Cell({ id, first }: { readonly id: string; readonly first: boolean }) {
  const shown = post(id)?.value;
  const [media] = shown?.media ?? [];
  if (!shown || !media) return null;
  const date = new Intl.DateTimeFormat(locale.value, { dateStyle: 'long' }).format(
    new Date(shown.created_at),
  );
  const words = media.alt || shown.caption;
  return (
    <li class="profile-grid__cell">
      <Link
        href={`/p/${id}`}
        over
        aria-label={words ? t('profile.post-alt', { alt: words }) : t('profile.post', { date })}
      >
        <Photo
          picture={pictureOf(media)}
          ratio={1}
          fit="cover"
          first={first}
          sizes="(min-width: 1200px) 308px, (min-width: 768px) 30vw, 33vw"
        />
        {shown.media.length > 1 && (
          <span class="profile-grid__mark">
            <Icon of={Images} size={20} label={t('profile.several')} />
          </span>
        )}
      </Link>
    </li>
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

function GridWaiting() {
  return (
    <div class="profile-grid" aria-busy="true">
      {Array.from({ length: 9 }, (_, index) => (
        <Skeleton key={index} ratio={1} />
      ))}
    </div>
  );
}
