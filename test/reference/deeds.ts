/** What people do: each deed asks one process, and says what it did. */
import { reinstatePerson, suspendPerson } from '../../api/admin.ts';
import * as graph from '../../api/graph.ts';
import { followHashtag, unfollowHashtag } from '../../api/hashtags.ts';
import type { PersonId, PostId } from '../../api/ids.ts';
import * as own from '../../api/own-posts.ts';
import { editProfile } from '../../api/people.ts';
import * as posts from '../../api/posts.ts';
import { repostPost, unrepostPost } from '../../api/reposts.ts';
import { savePost, unsavePost } from '../../api/saves.ts';
import {
  aPair,
  aPost,
  ask,
  type Deed,
  type OnPost,
  toAnother,
  toOwn,
  toPost,
  undo,
  whomOf,
  whoOf,
} from './deed-kinds.ts';
import type { Step } from './steps.ts';
import { TASTE_DEEDS } from './taste-deeds.ts';
import { AUDIENCES, captionOf, type World } from './world.ts';

/** An author brings back what they have put away. */
const bringBack = (weight: number, kind: string, contract: OnPost, why: string): Deed => ({
  weight,
  async act(world, at, step) {
    const away = await world.stage.database.db.query<{ post_id: PostId; author_id: PersonId }>(
      `select post_id, author_id from posts_put_away
       where author_id = any($1::bigint[]) and why = $2 order by post_id`,
      [world.people, why],
    );
    const post = away[step.which % Math.max(1, away.length)];
    if (!post) return `nothing to ${kind}`;
    const { post_id, author_id } = post;
    const came = await ask(world, at, [contract, author_id, { params: { post_id } }]);
    return `${world.nameOf(author_id)} ${kind} ${world.postName(post_id)}: ${came}`;
  },
});

const tagsOf = (world: World, { choice }: Step) =>
  world.freeTags(world.tags.filter((_, bit) => (choice >> bit) & 1));
const audienceOf = ({ dice }: Step) => AUDIENCES[[0, 0, 0, 1, 2][dice % 5] ?? 0] ?? 'everyone';

const publish: Deed = {
  weight: 26,
  async act(world, at, step) {
    const by = whomOf(world, step);
    if (world.suspended.has(by)) return 'is suspended';
    if (world.posts.length >= POSTS_MAX) return 'enough posts';
    const tags = tagsOf(world, step);
    const audience = audienceOf(step);
    const id = await world.announce(at, by, audience, tags);
    const slow = step.limit === 1;
    const shows = (['image', 'video', null] as const)[(step.dice % 7) % 3] ?? null;
    if (!slow) await world.publish(at, id, shows);
    return `${world.nameOf(by)} ${slow ? 'announces' : 'publishes'} ${world.postName(id)} for ${audience} ${captionOf(tags)} ${slow ? '' : shows}`;
  },
};
const POSTS_MAX = 60;

const repost: Deed = {
  weight: 4,
  async act(world, at, step) {
    const post = aPost(world, step);
    const who = whoOf(world, step);
    if (!post || world.suspended.has(who)) return 'no repost';
    const wish = { params: { post_id: post.id }, body: {} };
    const came = await at.ask(repostPost, who, wish);
    if ('refused' in came) return `${world.nameOf(who)} reposts: ${came.refused}`;
    const id = came.answer.post_id;
    if (!world.posts.some((known) => known.id === id)) world.posts.push({ id, by: who });
    return `${world.nameOf(who)} reposts ${world.postName(post.id)} as ${world.postName(id)}`;
  },
};

/** What an author may change. */
function changeOf(step: Step, caption: string) {
  if (step.limit % 2 === 0) return { audience: audienceOf(step) };
  if (step.limit === 1) return { likes_hidden: step.choice % 2 === 0 };
  if (step.limit === 3) return { comments_off: step.choice % 2 === 0 };
  return { caption };
}

const edit: Deed = {
  weight: 6,
  async act(world, at, step) {
    const post = aPost(world, step);
    if (!post) return 'no post to edit';
    const tags = tagsOf(world, step);
    const what = changeOf(step, captionOf(tags));
    const wish = { params: { post_id: post.id }, body: what };
    const came = await ask(world, at, [posts.editPost, post.by, wish]);
    if (came === 'done' && 'caption' in what) world.usedTags(tags);
    return `${world.nameOf(post.by)} edits ${world.postName(post.id)} ${JSON.stringify(what)}: ${came}`;
  },
};

const tagFollow = (weight: number, follows: boolean): Deed => ({
  weight,
  async act(world, at, step) {
    const who = whoOf(world, step);
    const tag = world.tags[step.choice % world.tags.length] as string;
    const contract = follows ? followHashtag : unfollowHashtag;
    const came = await ask(world, at, [contract, who, { params: { tag } }]);
    return `${world.nameOf(who)} ${follows ? 'follows' : 'unfollows'} #${tag}: ${came}`;
  },
});

const privacy = (weight: number, level: 'private' | 'public'): Deed => ({
  weight,
  async act(world, at, step) {
    const who = whomOf(world, step);
    const wish = { ...world.to(who), body: { privacy_level: level } };
    return `${world.nameOf(who)} goes ${level}: ${await ask(world, at, [editProfile, who, wish])}`;
  },
});

const suspension = (weight: number, back: boolean): Deed => ({
  weight,
  async act(world, at, step) {
    const all = [...world.suspended];
    const whom = back ? all[step.which % Math.max(1, all.length)] : whomOf(world, step);
    if (!whom) return 'nobody to reinstate';
    const wish = { ...world.to(whom), body: { reason: 'seen' }, role: 'admin' } as const;
    const contract = back ? reinstatePerson : suspendPerson;
    const came = await at.ask(contract, world.staff, wish);
    if ('refused' in came) throw new Error(`staff was refused: ${came.refused}`);
    if (back) world.suspended.delete(whom);
    else world.suspended.add(whom);
    return `${world.nameOf(whom)} is ${back ? 'reinstated' : 'suspended'}`;
  },
});

/** Many follow one person at once, or turn away. */
const crowd = (weight: number, comes: boolean): Deed => ({
  weight,
  async act(world, at, step) {
    const whom = whomOf(world, step);
    const contract = comes ? graph.follow : graph.unfollow;
    const some = world.people.filter((who, nr) => who !== whom && (step.dice >> nr) & 3);
    for (const who of some) await ask(world, at, [contract, who, world.to(whom)]);
    return `${some.map((who) => world.nameOf(who)).join(' ')} ${comes ? 'follow' : 'unfollow'} ${world.nameOf(whom)}`;
  },
});

/** The simplest first: a counterexample is made of these where it can be. */
export const DEEDS: Readonly<Record<string, Deed>> = {
  publish,
  follow: toAnother(24, 'follows', graph.follow),
  unfollow: undo(9, 'unfollows', graph.unfollow, [
    'follows_by_follower',
    'follower_id',
    'followee_id',
  ]),
  crowd: crowd(5, true),
  desert: crowd(4, false),
  removeFollower: {
    weight: 2,
    async act(world, at, step) {
      const pair = await aPair(world, step, ['follows_by_followee', 'followee_id', 'follower_id']);
      if (!pair) return 'nobody has followers';
      const wish = world.to(pair.other);
      const came = await ask(world, at, [graph.removeFollower, pair.one, wish]);
      return `${world.nameOf(pair.one)} removes ${world.nameOf(pair.other)}: ${came}`;
    },
  },
  goPrivate: privacy(2, 'private'),
  goPublic: privacy(5, 'public'),
  accept: undo(5, 'accepts', graph.acceptFollowRequest, [
    'requests_by_target',
    'target_id',
    'requester_id',
  ]),
  block: toAnother(3, 'blocks', graph.block),
  unblock: undo(3, 'unblocks', graph.unblock, ['blocks_by_blocker', 'blocker_id', 'blocked_id']),
  mute: toAnother(3, 'mutes', graph.mute, { posts: true }),
  unmute: undo(2, 'unmutes', graph.unmute, ['mutes', 'person_id', 'muted_id']),
  befriend: toAnother(5, 'befriends', graph.addCloseFriend),
  unfriend: undo(2, 'unfriends', graph.removeCloseFriend, [
    'close_friends_by_owner',
    'owner_id',
    'friend_id',
  ]),
  like: toPost(4, 'likes', posts.likePost),
  unlike: toPost(1, 'unlikes', posts.unlikePost),
  save: toPost(2, 'saves', savePost),
  unsave: toPost(1, 'unsaves', unsavePost),
  repost,
  unrepost: toPost(1, 'takes back the repost of', unrepostPost),
  edit,
  archive: toOwn(4, 'archives', own.archivePost),
  unarchive: bringBack(3, 'unarchives', own.unarchivePost, 'archived'),
  delete: toOwn(4, 'deletes', posts.deletePost),
  restore: bringBack(3, 'restores', own.restorePost, 'deleted'),
  followTag: tagFollow(4, true),
  unfollowTag: tagFollow(2, false),
  pin: toOwn(3, 'pins', own.pinPost),
  unpin: toOwn(1, 'unpins', own.unpinPost),
  ...TASTE_DEEDS,
  suspend: suspension(1, false),
  reinstate: suspension(2, true),
};
