/** What the real house shows each viewer, in the shape of sights.ts. Read through the routes alone. */
import { type Comment, listComments, listReplies } from '../../api/comments.ts';
import { homeFeed, profileFeed } from '../../api/feed.ts';
import {
  listBlocked,
  listCloseFriends,
  listFollowers,
  listFollowing,
  listFollowRequests,
  listMuted,
  listRestricted,
} from '../../api/graph.ts';
import { listArchived, listDeleted } from '../../api/own-posts.ts';
import { getProfile, type Profile, type UserInList } from '../../api/people.ts';
import { getPost, listLikes, type Post } from '../../api/posts.ts';
import type { Route } from '../../api/route.ts';
import { type House, outcome } from './house.ts';
import type { OwnSight, PersonInList, PersonSight, PostSight } from './sights.ts';

type Refused = { readonly refused: string };
type PeopleOf<Asked extends 'params'> = Route &
  Pick<typeof listFollowers, 'list' | 'returns' | Asked>;

/** What was shown, or the refusal. */
async function seen<T>(work: Promise<T>): Promise<T | Refused> {
  const found = await outcome(work);
  return 'refused' in found ? found : (found.answer as T);
}

export async function readPerson(
  house: House,
  viewer: number,
  person: number,
  limit: number,
): Promise<PersonSight> {
  const to = house.to(person);
  const people = async (contract: PeopleOf<'params'>) =>
    (await house.list(contract, viewer, to, limit)).map((one) => inList(house, one));
  const [profile, followers, following, grid] = await Promise.all([
    seen(house.ask(getProfile, viewer, to).then((shown) => aProfile(house, shown))),
    seen(people(listFollowers)),
    seen(people(listFollowing)),
    seen(house.list(profileFeed, viewer, to, limit).then((shown) => posts(house, shown))),
  ]);
  return { profile, followers, following, grid };
}

export async function readPost(
  house: House,
  viewer: number,
  nr: number,
  limit: number,
): Promise<PostSight> {
  const on = house.onPost(nr);
  const [post, likers, comments] = await Promise.all([
    seen(house.ask(getPost, viewer, on).then((shown) => aPost(house, shown))),
    seen(
      house.list(listLikes, viewer, on, limit).then((all) => all.map((one) => inList(house, one))),
    ),
    seen(readTalk(house, viewer, nr, limit)),
  ]);
  return { post, likers, comments };
}

async function readTalk(house: House, viewer: number, nr: number, limit: number) {
  const first = await house.list(listComments, viewer, house.onPost(nr), limit);
  return Promise.all(
    first.map(async (root) => {
      const { post_id, comment_id } = root;
      const silent = root.replies_count + root.held_replies_count === 0;
      const replies = silent
        ? []
        : await house.list(listReplies, viewer, { params: { post_id, comment_id } }, limit);
      return { ...aComment(house, root), thread: replies.map((one) => aComment(house, one)) };
    }),
  );
}

export async function readOwn(house: House, viewer: number, limit: number): Promise<OwnSight> {
  const own = async (contract: PeopleOf<never>) =>
    (await house.list(contract, viewer, {}, limit)).map((one) => inList(house, one));
  const [home, archived, deleted, blocked, muted, restricted, friends, requests] =
    await Promise.all([
      house.list(homeFeed, viewer, {}, limit),
      house.list(listArchived, viewer, {}, limit),
      house.list(listDeleted, viewer, {}, limit),
      own(listBlocked),
      house.list(listMuted, viewer, {}, limit),
      own(listRestricted),
      own(listCloseFriends),
      own(listFollowRequests),
    ]);
  return {
    home: posts(house, home),
    archived: posts(house, archived),
    deleted: posts(house, deleted),
    blocked,
    muted: muted.map((one) => ({ ...inList(house, one), posts: one.muted.posts })),
    restricted,
    friends,
    requests,
  };
}

const inList = (house: House, { user_id, viewer }: UserInList): PersonInList => ({
  who: house.people.indexOf(user_id),
  following: viewer.following,
  requested: viewer.requested,
  is_self: viewer.is_self,
});

const aProfile = (house: House, shown: Profile) => ({
  person: house.people.indexOf(shown.user_id),
  private: shown.privacy_level === 'private',
  posts: shown.posts_count,
  followers: shown.followers_count,
  following: shown.following_count,
  mutual: shown.mutual_followers.count,
  waiting: shown.follow_requests_count,
  viewer: shown.viewer,
});

const posts = (house: House, shown: readonly Post[]) => shown.map((one) => aPost(house, one));

const aPost = (house: House, shown: Post) => ({
  post: house.posts.indexOf(shown.post_id),
  by: house.people.indexOf(shown.user.user_id),
  audience: shown.audience,
  archived: shown.archived_at !== null,
  likes: shown.likes_count,
  comments: shown.comments_count,
  liked: shown.viewer.liked,
  is_author: shown.viewer.is_author,
  can_comment: shown.viewer.can_comment,
});

function aComment(house: House, shown: Comment) {
  const nrOf = (id: string | null) =>
    id === null ? null : house.comments.findIndex((one) => one.comment_id === id);
  const replyTo = house.names.indexOf(shown.reply_to ?? '');
  return {
    comment: nrOf(shown.comment_id),
    by: house.people.indexOf(shown.user.user_id),
    parent: nrOf(shown.parent_comment_id),
    root: nrOf(shown.root_comment_id),
    reply_to: replyTo < 0 ? null : replyTo,
    held: shown.held,
    replies: shown.replies_count,
    waiting: shown.held_replies_count,
    can_delete: shown.viewer.can_delete,
    can_approve: shown.viewer.can_approve,
  };
}
