import { BadgeCheck, Bookmark, Settings } from 'lucide';
import type { Person } from '../../data/people.ts';
import { RichText } from '../../data/rich-text.tsx';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { follow } from '../post/acts.ts';

/** Face, name, words, counts. */
export function ProfileHead({ person }: { readonly person: Person }) {
  const { username, full_name, bio, link } = person;
  const isSelf = me.value?.user_id === person.user_id;
  return (
    <header class="profile-head">
      <div class="profile-head__face">
        <Avatar
          src={person.profile_picture_large ?? person.profile_picture}
          name={full_name || username}
          size={90}
        />
      </div>
      <div class="profile-head__who">
        <h2 class="profile-head__name">
          <bdi>{full_name}</bdi>
          {person.is_verified && (
            <span class="profile-head__verified">
              <Icon of={BadgeCheck} size={20} label={t('profile.verified')} />
            </span>
          )}
        </h2>
        {person.viewer.followed_by && !isSelf && (
          <span class="profile-head__tag">{t('profile.follows-you')}</span>
        )}
      </div>
      <Counts person={person} />
      {(bio || link) && (
        <div class="profile-head__words">
          {bio && (
            <p dir="auto">
              <RichText text={bio} bare />
            </p>
          )}
          {link && (
            <a
              class="profile-head__link ellipsis"
              href={link}
              target="_blank"
              rel="noopener noreferrer nofollow ugc"
            >
              <bdi>{link.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '')}</bdi>
            </a>
          )}
        </div>
      )}
      <div class="profile-head__do">
        {isSelf ? (
          <ButtonLink href="/settings/profile" wide>
            {t('profile.edit')}
          </ButtonLink>
        ) : (
          <FollowButton person={person} />
        )}
      </div>
    </header>
  );
}

function FollowButton({ person }: { readonly person: Person }) {
  const { following, followed_by } = person.viewer;
  const words = following ? 'follow.undo' : followed_by ? 'follow.back' : 'follow.do';
  return (
    <Button
      kind={following ? 'secondary' : 'primary'}
      wide
      aria-pressed={following === true}
      aria-label={`${t(words)}: ${person.username}`}
      onClick={() => follow(person.user_id, !following)}
    >
      {t(words)}
    </Button>
  );
}

function Counts({ person }: { readonly person: Person }) {
  const { username, posts_count = 0, followers_count = 0, following_count = 0 } = person;
  return (
    <ul class="profile-head__counts figures">
      <li>{strong(t('profile.posts', { count: posts_count }))}</li>
      <li>
        <Link href={`/${username}/followers`}>
          {strong(t('profile.followers', { count: followers_count }))}
        </Link>
      </li>
      <li>
        <Link href={`/${username}/following`}>
          {strong(t('profile.following', { count: following_count }))}
        </Link>
      </li>
    </ul>
  );
}

/** The figure stands out from its word, wherever the language puts it. */
function strong(text: string) {
  const figure = /[\p{Nd}][\p{Nd}.,\u202f\u00a0']*[KMB]?/u.exec(text)?.[0];
  if (!figure) return text;
  const [before, ...after] = text.split(figure);
  return (
    <>
      {before}
      <strong>{figure}</strong>
      {after.join(figure)}
    </>
  );
}

/** At the end of the page's bar. */
export function ProfileActions({ person }: { readonly person: Person }) {
  if (me.value?.user_id !== person.user_id) return null;
  return (
    <>
      <Link
        class="icon-button"
        href="/saved"
        aria-label={t('saved.title')}
        title={t('saved.title')}
      >
        <Icon of={Bookmark} />
      </Link>
      <Link
        class="icon-button"
        href="/settings"
        aria-label={t('nav.settings')}
        title={t('nav.settings')}
      >
        <Icon of={Settings} />
      </Link>
    </>
  );
}

export function ProfileHeadWaiting() {
  return (
    <div class="profile-head" aria-busy="true">
      <div class="profile-head__face">
        <span class="avatar" style={{ inlineSize: '5.625rem', blockSize: '5.625rem' }} />
      </div>
      <div class="profile-head__who">
        <Skeleton width="10rem" height="1.5rem" />
      </div>
      <div class="profile-head__counts">
        <Skeleton width="14rem" height="1.25rem" />
      </div>
      <div class="profile-head__words">
        <Skeleton width="12rem" />
      </div>
      <div class="profile-head__do">
        <Skeleton height="2.75rem" />
      </div>
    </div>
  );
}
