import type { Profile, UserInList, UserSummary } from '../../../api/people.ts';
import { mediaUrl } from '../media/view.ts';
import type { PersonCounts, PersonRow } from './store.ts';

export function userSummary(person: PersonRow): UserSummary {
  return {
    user_id: person.person_id,
    username: person.username,
    full_name: person.full_name,
    profile_picture: person.avatar ? mediaUrl(person.avatar.small) : null,
    is_verified: person.is_verified,
  };
}

export function userInList(person: PersonRow, viewer: UserInList['viewer']): UserInList {
  return { ...userSummary(person), viewer };
}

export function profileView(
  person: PersonRow,
  counts: PersonCounts,
  around: Pick<Profile, 'mutual_followers' | 'follow_requests_count'>,
  viewer: Profile['viewer'],
): Profile {
  return {
    ...userSummary(person),
    bio: person.bio,
    link: person.link,
    profile_picture_large: person.avatar ? mediaUrl(person.avatar.large) : null,
    posts_count: counts.posts,
    followers_count: counts.followers,
    following_count: counts.following,
    privacy_level: person.privacy_level,
    ...around,
    created_at: person.created_at.toISOString(),
    viewer,
  };
}
