import { BadgeCheck } from 'lucide';
import type { Person } from '../../data/people.ts';
import { RichText } from '../../data/rich-text.tsx';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { ButtonLink } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { FollowButton } from '../people/follow-button.tsx';
import { MutualLine, RequestsLine } from './ties.tsx';

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
      {(bio || link || (person.mutual_followers?.count ?? 0) > 0) && (
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
          <MutualLine person={person} />
        </div>
      )}
      <div class="profile-head__do">
        {isSelf ? (
          <ButtonLink href="/settings/profile" wide>
            {t('profile.edit')}
          </ButtonLink>
        ) : (
          <FollowButton person={person} wide />
        )}
        {isSelf && <RequestsLine person={person} />}
      </div>
    </header>
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
