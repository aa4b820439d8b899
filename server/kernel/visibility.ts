import type { PersonId } from '../../api/ids.ts';
import type { Audience, PostStatus } from '../../api/posts.ts';

/**
 * Who may see whom and what: the one policy, pure. Every surface (a single post, lists, feeds, counts,
 * media, sockets, embeds) asks here with facts that it has fetched, at the time of the read.
 *
 * A rule is a reason to hide. The tables are read from the top; one reason is enough. Each line is one
 * guard, and a test turns red for every line that is taken out.
 */

/** What of a person matters here. */
export interface PersonStanding {
  readonly person_id: PersonId;
  readonly privacy_level: 'public' | 'private';
  readonly state: 'active' | 'suspended' | 'deleted';
}

/** What stands between a viewer and another person, as the viewer stands to them. */
export interface Relation {
  /** The viewer follows them. */
  readonly following: boolean;
  /** They follow the viewer. */
  readonly followed_by: boolean;
  /** The viewer has asked to follow them. */
  readonly requested: boolean;
  /** The viewer has blocked them. */
  readonly blocking: boolean;
  /** They have blocked the viewer: never told. */
  readonly blocked_by: boolean;
  /** The viewer does not want their posts in the feed. */
  readonly muting: boolean;
  /** The viewer restricts them. */
  readonly restricting: boolean;
  /** The viewer counts them among their close friends. */
  readonly close_friend: boolean;
  /** They count the viewer among theirs: never told. */
  readonly close_friend_of: boolean;
}

export const STRANGER: Relation = {
  following: false,
  followed_by: false,
  requested: false,
  blocking: false,
  blocked_by: false,
  muting: false,
  restricting: false,
  close_friend: false,
  close_friend_of: false,
};

/** What of a post matters here. */
export interface PostStanding {
  readonly author_id: PersonId;
  readonly status: PostStatus;
  readonly audience: Audience;
  readonly deleted_at: Date | null;
  readonly archived_at: Date | null;
}

/** A person, and who looks. `relation` is the viewer's to that person. */
export interface Meeting {
  readonly person: PersonStanding;
  readonly viewerId: PersonId | null;
  readonly relation: Relation;
}

/** A post, its author, and who looks. */
export interface Look extends Meeting {
  readonly post: PostStanding;
  /** Of a repost: the original and its author; null when it is gone. */
  readonly original?: Look | null;
}

const own = ({ person, viewerId }: Meeting) => person.person_id === viewerId;

/** Why somebody is not there for this viewer at all. */
const HIDES_PERSON: Readonly<Record<string, (meeting: Meeting) => boolean>> = {
  suspended: ({ person }) => person.state === 'suspended',
  deleted: ({ person }) => person.state === 'deleted',
  blocked_by_them: ({ relation }) => relation.blocked_by,
};

/** Why somebody does not stand in lists, beside comments and likes, as a mention or a tag. */
const HIDES_FROM_LISTS: typeof HIDES_PERSON = {
  not_there: (meeting) => !maySeePerson(meeting),
  blocked_by_viewer: ({ relation }) => relation.blocking,
};

/**
 * Why somebody whom the viewer has blocked does not stand in the list of those. A block the other way is
 * no reason: that would tell of it, and take away the place where the own one is undone.
 */
const HIDES_FROM_BLOCKED: typeof HIDES_PERSON = {
  suspended: ({ person }) => person.state === 'suspended',
  deleted: ({ person }) => person.state === 'deleted',
};

/** Why what somebody shares (posts, who follows them, whom they follow) is not for this viewer. */
const HIDES_CONTENT: typeof HIDES_PERSON = {
  not_met: (meeting) => !mayMeet(meeting),
  private: (meeting) =>
    meeting.person.privacy_level === 'private' && !meeting.relation.following && !own(meeting),
};

/** Why a post is not there for this viewer. */
const HIDES_POST: Readonly<Record<string, (look: Look) => boolean>> = {
  deleted: ({ post }) => post.deleted_at !== null,
  author: (look) => !maySeeContentOf(look),
  unpublished: (look) => look.post.status !== 'published' && !own(look),
  archived: (look) => look.post.archived_at !== null && !own(look),
  followers_only: (look) =>
    look.post.audience === 'followers' && !look.relation.following && !own(look),
  close_friends_only: (look) =>
    look.post.audience === 'close_friends' && !look.relation.close_friend_of && !own(look),
  original: ({ original }) =>
    original !== undefined && (original === null || !maySeePost(original)),
};

/** Tables as lists, made once: a page of the feed asks them hundreds of times. */
const PERSON = Object.values(HIDES_PERSON);
const FROM_LISTS = Object.values(HIDES_FROM_LISTS);
const FROM_BLOCKED = Object.values(HIDES_FROM_BLOCKED);
const CONTENT = Object.values(HIDES_CONTENT);
const POST = Object.values(HIDES_POST);

function none<Facts>(reasons: readonly ((facts: Facts) => boolean)[], facts: Facts): boolean {
  for (const hides of reasons) if (hides(facts)) return false;
  return true;
}

/** Whether this person is there for the viewer. Who blocked somebody still finds them, to undo it. */
export function maySeePerson(meeting: Meeting): boolean {
  return none(PERSON, meeting);
}

/** Whether this person may stand before the viewer in a list, and be followed, mentioned, tagged. */
export function mayMeet(meeting: Meeting): boolean {
  return none(FROM_LISTS, meeting);
}

/** Whether this person may stand in the viewer's list of those whom they have blocked. */
export function mayListAsBlocked(meeting: Meeting): boolean {
  return meeting.relation.blocking && none(FROM_BLOCKED, meeting);
}

/** Whether the viewer may see what this person shares with the public or, if private, with followers. */
export function maySeeContentOf(meeting: Meeting): boolean {
  return none(CONTENT, meeting);
}

/** Whether the viewer may know that the post exists. */
export function maySeePost(look: Look): boolean {
  return none(POST, look);
}

/** Whether anyone at all may see it: only then may its pictures be served to whoever asks. */
export function isOpenToAll(post: PostStanding, author: PersonStanding): boolean {
  return maySeePost({ post, person: author, viewerId: null, relation: STRANGER });
}

/** The same for a post that may be a repost: then its original is open, too. */
export function isPublic({ post, person, original }: Look): boolean {
  return (
    isOpenToAll(post, person) &&
    (original === undefined || (original !== null && isPublic(original)))
  );
}

/** Liked, commented on, saved and shared is only what others can see too. */
export function mayEngage(look: Look): boolean {
  return maySeePost(look) && look.post.status === 'published' && look.post.archived_at === null;
}

/** Reposted is what everyone may see, of others, and no repost: so that nothing gets further than its author let it. */
export function mayRepost(look: Look): boolean {
  const { post, person, original } = look;
  return mayEngage(look) && isOpenToAll(post, person) && !own(look) && original === undefined;
}

/** Whether the viewer may edit, archive or delete it. */
export function mayChange({ post, viewerId }: Pick<Look, 'post' | 'viewerId'>): boolean {
  return post.author_id === viewerId;
}

/** The file as it was uploaded is for its author alone: it says where and when it was taken. */
export function mayHaveOriginals(look: Look): boolean {
  return maySeePost(look) && mayChange(look);
}

/** Deleted is hidden from everyone, but its author may look at it to bring it back. */
export function mayRestore(look: Pick<Look, 'post' | 'viewerId'>): boolean {
  return mayChange(look) && look.post.deleted_at !== null;
}

/** A pushed post counts only while the viewer follows and does not mute its author; their own always do. */
export function belongsInHome(look: Look, byHashtag: boolean): boolean {
  if (look.post.status !== 'published' || look.post.archived_at !== null) return false;
  if (own(look)) return true;
  return (look.relation.following || byHashtag) && !look.relation.muting;
}

/**
 * Recommended is what is open to all, of people whom the viewer neither follows nor mutes;
 * no reposts: their originals are found by themselves.
 */
export function belongsInExplore(look: Look): boolean {
  const { post, person, relation, original } = look;
  if (own(look) || original !== undefined) return false;
  if (relation.following || relation.muting) return false;
  return isOpenToAll(post, person) && maySeePost(look);
}
