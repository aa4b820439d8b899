/** What the plain world looks like to each viewer; in the same shape as house.ts reads the real one. */
import type { Comment, Post, World } from './world.ts';

type Refused = { readonly refused: string };
type List<Item> = readonly Item[] | Refused;

export interface PersonInList {
  readonly who: number;
  readonly following: boolean;
  readonly requested: boolean;
  readonly is_self: boolean;
}

export interface PersonSight {
  readonly profile: object | Refused;
  readonly followers: List<PersonInList>;
  readonly following: List<PersonInList>;
  readonly grid: List<object>;
}

export interface PostSight {
  readonly post: object | Refused;
  readonly likers: List<PersonInList>;
  readonly comments: List<object>;
}

export interface OwnSight {
  readonly home: readonly object[];
  readonly archived: readonly object[];
  readonly deleted: readonly object[];
  readonly blocked: readonly PersonInList[];
  readonly muted: readonly object[];
  readonly restricted: readonly PersonInList[];
  readonly friends: readonly PersonInList[];
  readonly requests: readonly PersonInList[];
}

/** A person, as one who looks at their page sees them. */
export function seePerson(world: World, viewer: number, person: number): PersonSight {
  if (!world.knows(viewer, person)) {
    const gone = { refused: 'user_not_found' };
    return { profile: gone, followers: gone, following: gone, grid: gone };
  }
  const profile = showProfile(world, viewer, person);
  if (!world.seesInside(viewer, person)) {
    const shut = { refused: 'account_private' };
    return { profile, followers: shut, following: shut, grid: shut };
  }
  const { follows } = world;
  return {
    profile,
    followers: inList(world, viewer, follows.to(person)),
    following: inList(world, viewer, follows.from(person)),
    grid: onGrid(world, person)
      .filter((post) => world.sees(viewer, post))
      .map((post) => showPost(world, viewer, post)),
  };
}

/** A post, and the talk around it. */
export function seePost(world: World, viewer: number, post: Post): PostSight {
  if (!world.sees(viewer, post)) {
    const gone = { refused: 'post_not_found' };
    return { post: gone, likers: gone, comments: gone };
  }
  const first = talk(world, post).filter((one) => !one.root && world.reads(viewer, one));
  return {
    post: showPost(world, viewer, post),
    likers: inList(world, viewer, [...post.likes].reverse()),
    comments: first.reverse().map((root) => ({
      ...showComment(world, viewer, root),
      thread: talk(world, post)
        .filter((one) => one.root === root && world.reads(viewer, one))
        .map((one) => showComment(world, viewer, one)),
    })),
  };
}

/** What somebody finds of their own: their feed, what they put away, their lists of people. */
export function seeOwn(world: World, viewer: number): OwnSight {
  const { blocks, mutes, restricts, friends, requests, unwanted } = world;
  const show = (posts: readonly Post[]) => posts.map((post) => showPost(world, viewer, post));
  const newest = [...world.posts].reverse();
  const own = newest.filter((post) => post.by === viewer);
  const inHome = (post: Post) =>
    post.by === viewer || (world.follows.has(viewer, post.by) && !unwanted.has(viewer, post.by));
  return {
    home: show(newest.filter((post) => !post.archived && inHome(post) && world.sees(viewer, post))),
    archived: show(own.filter((post) => post.archived && !post.deleted)),
    deleted: show(own.filter((post) => post.deleted)),
    blocked: blocks.from(viewer).map((who) => personInList(world, viewer, who)),
    muted: inList(world, viewer, mutes.from(viewer)).map((one) => ({
      ...one,
      posts: unwanted.has(viewer, one.who),
    })),
    restricted: inList(world, viewer, restricts.from(viewer)),
    friends: inList(world, viewer, friends.from(viewer)),
    requests: inList(world, viewer, requests.to(viewer)),
  };
}

const onGrid = (world: World, person: number) =>
  world.posts.filter((post) => post.by === person && !post.archived && !post.deleted).reverse();

const talk = (world: World, post: Post) =>
  world.comments.filter((one) => one.on === post && !one.gone);

function inList(world: World, viewer: number, people: readonly number[]): PersonInList[] {
  return people
    .filter((who) => world.meets(viewer, who))
    .map((who) => personInList(world, viewer, who));
}

const personInList = ({ follows, requests }: World, viewer: number, who: number): PersonInList => ({
  who,
  following: follows.has(viewer, who),
  requested: requests.has(viewer, who),
  is_self: viewer === who,
});

function showProfile(world: World, viewer: number, person: number): object {
  const { follows, requests, blocks, unwanted, restricts, friends } = world;
  const isSelf = viewer === person;
  const inside = world.seesInside(viewer, person);
  const both = follows.to(person).filter((who) => follows.has(viewer, who));
  const mutual = inside && !isSelf ? both.filter((who) => world.meets(viewer, who)) : [];
  return {
    person,
    private: world.private.has(person),
    posts: onGrid(world, person).length,
    followers: follows.to(person).length,
    following: follows.from(person).length,
    mutual: mutual.length,
    waiting: isSelf ? requests.to(person).length : null,
    viewer: {
      is_self: isSelf,
      can_see_posts: inside,
      following: follows.has(viewer, person),
      requested: requests.has(viewer, person),
      followed_by: follows.has(person, viewer),
      blocking: blocks.has(viewer, person),
      muting: unwanted.has(viewer, person),
      restricting: restricts.has(viewer, person),
      close_friend: friends.has(viewer, person),
    },
  };
}

/** Counts are of everyone, whoever looks: a number that differs by viewer would tell of blocks. */
function showPost(world: World, viewer: number, post: Post): object {
  return {
    post: post.nr,
    by: post.by,
    audience: post.audience,
    archived: post.archived,
    likes: post.likes.length,
    comments: talk(world, post).filter((one) => !one.held).length,
    liked: post.likes.includes(viewer),
    is_author: viewer === post.by,
    can_comment: viewer >= 0 && world.takesPart(viewer, post),
  };
}

function showComment(world: World, viewer: number, comment: Comment): object {
  const { parent, on } = comment;
  const replies = talk(world, on).filter((one) => one.root === comment);
  const answered = parent?.root && !parent.gone && world.meets(viewer, parent.by);
  return {
    comment: comment.nr,
    by: comment.by,
    parent: parent?.nr ?? null,
    root: comment.root?.nr ?? null,
    reply_to: answered ? parent.by : null,
    held: comment.held,
    replies: replies.filter((one) => !one.held).length,
    // Like all counts whatever stands between people: also of somebody whom the author has blocked since.
    waiting: replies.filter((one) => one.held && [one.by, on.by].includes(viewer)).length,
    can_delete: viewer === comment.by || viewer === on.by,
    can_approve: comment.held && viewer === on.by,
  };
}
