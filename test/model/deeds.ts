/** What people do in the small world: each deed for the plain model and for the real house. */
import * as talk from '../../api/comments.ts';
import * as graph from '../../api/graph.ts';
import * as own from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import * as api from '../../api/posts.ts';
import type { DataOf, Route } from '../../api/route.ts';
import type { House } from './house.ts';
import {
  type Audience,
  type Comment,
  type Outcome,
  PEOPLE,
  type Post,
  type World,
} from './world.ts';

/** Who does it to whom, and which post or comment is meant, by its place among those there are. */
export interface Step {
  readonly who: number;
  readonly whom: number;
  readonly which: number;
  readonly audience: Audience;
  readonly backwards: boolean;
  /** Take somebody who can do it and something that it can be done to, where there is such. */
  readonly aimed: boolean;
}

export interface Deed {
  /** How often, beside the others. */
  readonly weight: number;
  readonly on?: 'post' | 'comment';
  /** As somebody would have it who knows that it can be done. */
  readonly aim?: (world: World, step: Step) => readonly Partial<Step>[];
  readonly world: (world: World, step: Step) => Outcome;
  readonly house: (house: House, step: Step) => Promise<unknown>;
}

/** One person does something to another. */
function toAnother(
  weight: number,
  contract: Route & Pick<typeof graph.block, 'params'>,
  world: (world: World, who: number, whom: number) => Outcome,
  aim?: Deed['aim'],
): Deed {
  return {
    weight,
    ...(aim ? { aim } : {}),
    world: (plain, { who, whom }) => world(plain, who, whom),
    house: async (house, { who, whom }) => {
      await house.ask(contract, who, house.to(whom));
      return null;
    },
  };
}

const followed = ({ state, followers_count }: DataOf<typeof graph.follow>) => ({
  state,
  followers: followers_count,
});

const postOf = (world: World, { which }: Step) => world.posts[which] as Post;
const commentOf = (world: World, { which }: Step) => world.comments[which] as Comment;

/** Its author does something to a post. */
function toOwn(
  weight: number,
  contract: Route & Pick<typeof api.getPost, 'params'>,
  world: (world: World, who: number, post: Post) => Outcome,
  fits: (post: Post) => boolean,
): Deed {
  return {
    weight,
    on: 'post',
    aim: (plain) => plain.posts.filter(fits).map(({ nr, by }) => ({ which: nr, who: by })),
    world: (plain, step) => world(plain, step.who, postOf(plain, step)),
    house: async (house, { who, which }) => {
      await house.ask(contract, who, house.onPost(which));
      return null;
    },
  };
}

const liking = (
  weight: number,
  contract: Route & Pick<typeof api.likePost, 'params' | 'returns'>,
  liked: boolean,
): Deed => ({
  weight,
  on: 'post',
  aim: (world, { who }) =>
    world.posts.filter((post) => world.takesPart(who, post)).map(({ nr }) => ({ which: nr })),
  world: (world, step) => world.like(step.who, postOf(world, step), liked),
  house: async (house, { who, which }) => {
    const state = await house.ask(contract, who, house.onPost(which));
    return { liked: state.liked, likes: state.likes_count };
  },
});

async function say(house: House, who: number, on: { post_id: string }, parent?: string) {
  const wish = {
    params: { post_id: on.post_id },
    body: { text: 'so it is', ...(parent ? { parent_comment_id: parent } : {}) },
  } as Parameters<typeof house.ask<typeof talk.createComment>>[2];
  const { post_id, comment_id, held } = await house.ask(talk.createComment, who, wish);
  house.comments.push({ post_id, comment_id });
  return { held };
}

const privacy = (weight: number, isPrivate: boolean): Deed => ({
  weight,
  world: (world, { who }) => world.setPrivate(who, isPrivate),
  house: async (house, { who }) => {
    const privacy_level = isPrivate ? 'private' : 'public';
    await house.ask(editProfile, who, { ...house.to(who), body: { privacy_level } });
    return null;
  },
});

const muting = (weight: number, posts: boolean): Deed => ({
  weight,
  world: (world, { who, whom }) => world.mute(who, whom, posts),
  house: async (house, { who, whom }) => {
    await house.ask(graph.mute, who, { ...house.to(whom), body: { posts } });
    return null;
  },
});

const asksToFollow: Deed['aim'] = (world) =>
  PEOPLE.flatMap((who) => world.requests.to(who).map((whom) => ({ who, whom })));

/** The simplest first: a counterexample is made of these where it can be. */
export const DEEDS: Readonly<Record<string, Deed>> = {
  publish: {
    weight: 8,
    world: (world, { who, audience }) => world.publish(who, audience),
    house: async (house, { who, audience }) => {
      await house.publish(who, audience);
      return null;
    },
  },
  follow: {
    weight: 12,
    world: (world, { who, whom }) => world.follow(who, whom),
    house: async (house, { who, whom }) =>
      followed(await house.ask(graph.follow, who, house.to(whom))),
  },
  unfollow: {
    weight: 3,
    world: (world, { who, whom }) => world.unfollow(who, whom),
    house: async (house, { who, whom }) =>
      followed(await house.ask(graph.unfollow, who, house.to(whom))),
  },
  removeFollower: toAnother(2, graph.removeFollower, (world, ...pair) =>
    world.removeFollower(...pair),
  ),
  goPrivate: privacy(4, true),
  goPublic: privacy(2, false),
  accept: toAnother(
    5,
    graph.acceptFollowRequest,
    (world, ...pair) => world.accept(...pair),
    asksToFollow,
  ),
  decline: toAnother(
    2,
    graph.declineFollowRequest,
    (world, ...pair) => world.decline(...pair),
    asksToFollow,
  ),
  block: toAnother(3, graph.block, (world, ...pair) => world.block(...pair)),
  unblock: toAnother(
    3,
    graph.unblock,
    (world, ...pair) => world.unblock(...pair),
    (world) => PEOPLE.flatMap((who) => world.blocks.from(who).map((whom) => ({ who, whom }))),
  ),
  mute: muting(2, true),
  muteStories: muting(1, false),
  unmute: toAnother(1, graph.unmute, (world, ...pair) => world.unmute(...pair)),
  restrict: toAnother(3, graph.restrict, (world, ...pair) => world.restrict(...pair)),
  unrestrict: toAnother(1, graph.unrestrict, (world, ...pair) => world.unrestrict(...pair)),
  befriend: toAnother(4, graph.addCloseFriend, (world, ...pair) => world.befriend(...pair)),
  unfriend: toAnother(1, graph.removeCloseFriend, (world, ...pair) => world.unfriend(...pair)),
  like: liking(9, api.likePost, true),
  unlike: liking(3, api.unlikePost, false),
  comment: {
    weight: 8,
    on: 'post',
    aim: (world, { who }) =>
      world.posts.filter((post) => world.takesPart(who, post)).map(({ nr }) => ({ which: nr })),
    world: (world, step) => world.say(step.who, postOf(world, step), null),
    house: (house, { who, which }) => say(house, who, house.onPost(which).params),
  },
  reply: {
    weight: 7,
    on: 'comment',
    aim: (world, { who }) =>
      world.comments
        .filter((one) => world.takesPart(who, one.on) && world.reads(who, one))
        .map(({ nr }) => ({ which: nr })),
    world: (world, step) => {
      const parent = commentOf(world, step);
      return world.say(step.who, parent.on, parent);
    },
    house: (house, { who, which }) => {
      const { params } = house.onComment(which);
      return say(house, who, params, params.comment_id);
    },
  },
  unsay: {
    weight: 3,
    on: 'comment',
    world: (world, step) => world.unsay(step.who, commentOf(world, step)),
    house: async (house, { who, which }) => {
      await house.ask(talk.deleteComment, who, house.onComment(which));
      return null;
    },
  },
  approve: {
    weight: 2,
    on: 'comment',
    aim: (world) =>
      world.comments
        .filter((one) => one.held && !one.gone)
        .map(({ nr, on }) => ({ which: nr, who: on.by })),
    world: (world, step) => world.approve(step.who, commentOf(world, step)),
    house: async (house, { who, which }) => {
      await house.ask(talk.approveComment, who, house.onComment(which));
      return null;
    },
  },
  audience: {
    weight: 4,
    on: 'post',
    aim: (world) => world.posts.map(({ nr, by }) => ({ which: nr, who: by })),
    world: (world, step) =>
      world.change(step.who, postOf(world, step), { audience: step.audience }),
    house: async (house, { who, which, audience }) => {
      await house.ask(api.editPost, who, { ...house.onPost(which), body: { audience } });
      return null;
    },
  },
  archive: toOwn(
    3,
    own.archivePost,
    (world, who, post) => world.change(who, post, { archived: true }),
    (post) => !post.archived && !post.deleted,
  ),
  unarchive: toOwn(
    2,
    own.unarchivePost,
    (world, who, post) => world.change(who, post, { archived: false }),
    (post) => post.archived && !post.deleted,
  ),
  delete: toOwn(
    3,
    api.deletePost,
    (world, who, post) => world.change(who, post, { deleted: true }),
    (post) => !post.deleted,
  ),
  restore: toOwn(
    3,
    own.restorePost,
    (world, who, post) => world.restore(who, post),
    (post) => post.deleted,
  ),
  work: {
    weight: 4,
    world: (world, { backwards }) => {
      world.work(backwards);
      return { answer: null };
    },
    house: async (house, { backwards }) => {
      await house.work(backwards);
      return null;
    },
  },
};
