/** What people do that says what they want to see: talk, share, look, and choose how their feed is ordered. */
import * as comments from '../../api/comments.ts';
import type { CommentId, PersonId, PostId } from '../../api/ids.ts';
import { getProfile } from '../../api/people.ts';
import * as ranking from '../../api/ranking.ts';
import { sharePost } from '../../api/sharing.ts';
import { aPost, ask, type Deed, whomOf, whoOf } from './deed-kinds.ts';
import { dice, type Step } from './steps.ts';

const comment: Deed = {
  weight: 4,
  async act(world, at, step) {
    const post = aPost(world, step);
    const who = whoOf(world, step);
    if (!post) return 'nothing to talk about';
    const wish = { params: { post_id: post.id }, body: { text: 'Fine' } };
    const came = await ask(world, at, [comments.createComment, who, wish]);
    return `${world.nameOf(who)} comments on ${world.postName(post.id)}: ${came}`;
  },
};

const uncomment: Deed = {
  weight: 2,
  async act(world, at, { which }) {
    const said = await world.stage.database.db.query<{
      post_id: PostId;
      comment_id: CommentId;
      author_id: PersonId;
    }>(
      `select post_id, comment_id, author_id from comments where author_id = any($1::bigint[])
       order by comment_id`,
      [world.people],
    );
    const one = said[which % Math.max(1, said.length)];
    if (!one) return 'nobody has said anything';
    const { post_id, comment_id, author_id } = one;
    const wish = { params: { post_id, comment_id } };
    const came = await ask(world, at, [comments.deleteComment, author_id, wish]);
    return `${world.nameOf(author_id)} takes back a comment on ${world.postName(post_id)}: ${came}`;
  },
};

const CHANNELS = ['link', 'email', 'system'] as const;

const share: Deed = {
  weight: 2,
  async act(world, at, step) {
    const post = aPost(world, step);
    const who = whoOf(world, step);
    if (!post) return 'nothing to share';
    const channel = CHANNELS[step.choice % CHANNELS.length] ?? 'link';
    const wish = { params: { post_id: post.id }, body: { channel } };
    const came = await ask(world, at, [sharePost, who, wish]);
    return `${world.nameOf(who)} shares ${world.postName(post.id)}: ${came}`;
  },
};

const visit: Deed = {
  weight: 2,
  async act(world, at, step) {
    const [who, whom] = [whoOf(world, step), whomOf(world, step)];
    const came = await ask(world, at, [getProfile, who, world.to(whom)]);
    return `${world.nameOf(who)} visits ${world.nameOf(whom)}: ${came}`;
  },
};

const see: Deed = {
  weight: 4,
  async act(world, at, step) {
    const who = whoOf(world, step);
    const some = [0, 1, 2].flatMap((more) => {
      const post = aPost(world, { ...step, which: step.which + more * step.limit });
      return post ? [{ post_id: post.id, watched: step.choice / 7 }] : [];
    });
    if (some.length === 0) return 'nothing to see';
    const came = await ask(world, at, [ranking.reportSeen, who, { body: { posts: some } }]);
    const named = some.map(({ post_id }) => world.postName(post_id)).join(', ');
    return `${world.nameOf(who)} has seen ${named}: ${came}`;
  },
};

const KINDS = ['author', 'hashtag', 'media'] as const;

const wantLess: Deed = {
  weight: 2,
  async act(world, at, step) {
    const post = aPost(world, step);
    const who = whoOf(world, step);
    if (!post) return 'nothing to want less of';
    const of = KINDS[step.choice % KINDS.length] ?? 'author';
    const wish = { body: { post_id: post.id, of } };
    const came = await ask(world, at, [ranking.wantLess, who, wish]);
    return `${world.nameOf(who)} wants less of ${world.postName(post.id)}, its ${of}: ${came}`;
  },
};

const wantAgain: Deed = {
  weight: 1,
  async act(world, at, { which }) {
    const wishes = await world.stage.database.db.query<{ person_id: PersonId; less_id: string }>(
      `select person_id, u.less_id from ranking_settings,
         jsonb_to_recordset(less_of) as u (less_id text)
       where person_id = any($1::bigint[]) order by u.less_id`,
      [world.people],
    );
    const one = wishes[which % Math.max(1, wishes.length)];
    if (!one) return 'nobody wants less of anything';
    const wish = { params: { less_id: one.less_id } };
    const came = await ask(world, at, [ranking.wantAgain, one.person_id, wish]);
    return `${world.nameOf(one.person_id)} wants it again: ${came}`;
  },
};

/** Another preset, other weights, or both; now and then all at nothing. */
function chosen({ choice, dice: seed }: Step) {
  const roll = dice(seed);
  const weight = () => (choice === 7 ? 0 : roll.next().value % 60);
  const preset = ranking.PRESETS[choice % 2 === 0 ? 'simple' : 'balanced'];
  const names = Object.keys(preset).filter(() => choice === 7 || roll.next().value % 2 === 0);
  return {
    ...(choice < 6 ? { preset: choice % 2 === 0 ? 'simple' : 'balanced' } : {}),
    ...(choice > 3 ? { weights: Object.fromEntries(names.map((name) => [name, weight()])) } : {}),
    ...(choice === 2 ? { order: seed % 2 === 0 ? 'ranked' : 'latest' } : {}),
  };
}

const choose: Deed = {
  weight: 3,
  async act(world, at, step) {
    const who = whoOf(world, step);
    const body = chosen(step);
    const came = await ask(world, at, [ranking.changeRanking, who, { body }]);
    return `${world.nameOf(who)} chooses ${JSON.stringify(body)}: ${came}`;
  },
};

const beginAnew: Deed = {
  weight: 1,
  async act(world, at, step) {
    const who = whoOf(world, step);
    const came = await ask(world, at, [ranking.resetRanking, who, {}]);
    return `${world.nameOf(who)} begins anew with the ranking: ${came}`;
  },
};

export const TASTE_DEEDS: Readonly<Record<string, Deed>> = {
  comment,
  uncomment,
  share,
  visit,
  see,
  wantLess,
  wantAgain,
  choose,
  beginAnew,
};
