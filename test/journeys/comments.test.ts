import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Comment, createComment, listComments, listReplies } from '../../api/comments.ts';
import { COMMENT_MAX } from '../../api/limits.ts';
import type { Post } from '../../api/posts.ts';
import { changeSettings, type FromWhom } from '../../api/settings.ts';
import { ofPost } from '../../server/kernel/touch-keys.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { ask } from '../client.ts';
import {
  allComments,
  allReplies,
  approve,
  block,
  demandExactCounts,
  ids,
  like,
  pin,
  read,
  remove,
  reply,
  restrict,
  setState,
  switchComments,
  texts,
  unblock,
  unlike,
  unpin,
  unrestrict,
} from '../comments.ts';
import { holdClock, openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let olga: Person;
let bob: Person;
let carol: Person;
let dan: Person;
let post: Post;

before(async () => {
  server = await openTestServer();
  ({ olga, bob, carol, dan } = await cast(server.url, 'olga', 'bob', 'carol', 'dan'));
});
after(async () => {
  olga.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** A fresh post, and at the end every count of it against its rows. */
const onPost = (name: string, work: () => Promise<void>) =>
  test(name, async () => {
    post = await olga.published(olga.post());
    await work();
    await demandExactCounts(server.ctx, post);
  });

const count = async () => (await olga.see(post)).comments_count;
const code = async (work: Promise<unknown>) => (await refusal(work)).code;

describe('threads', () => {
  onPost(
    'replies of any depth stand in one thread, oldest first, with whom they answer',
    async () => {
      const root = await bob.comment(post, 'root');
      assert.deepEqual(
        [root.parent_comment_id, root.root_comment_id, root.reply_to],
        [null, null, null],
      );
      const first = await reply(carol, root, 'to root');
      const second = await reply(dan, first, 'to carol');
      const third = await reply(olga, second, 'to dan');
      assert.deepEqual(
        [first, second, third].map((one) => [
          one.parent_comment_id,
          one.root_comment_id,
          one.reply_to,
        ]),
        [
          [root.comment_id, root.comment_id, null],
          [first.comment_id, root.comment_id, 'carol'],
          [second.comment_id, root.comment_id, 'dan'],
        ],
      );
      assert.deepEqual(texts(await allReplies(bob, root)), ['to root', 'to carol', 'to dan']);
      assert.deepEqual(texts(await allComments(bob, post)), ['root']);
      assert.deepEqual([await count(), (await read(bob, root)).replies_count], [4, 3]);
      assert.equal((await read(bob, second)).replies_count, 0);
      assert.deepEqual(await allReplies(bob, second), [], 'a reply is not a thread');
    },
  );

  onPost(
    'a reply goes alone and what answered it stays; a first comment takes its thread',
    async () => {
      const root = await bob.comment(post, 'root');
      const first = await reply(carol, root, 'one');
      const second = await reply(dan, first, 'two');
      await like(bob, first);
      await like(bob, second);
      await remove(carol, first);
      assert.equal(await count(), 2);
      const [left] = await allReplies(bob, root);
      assert.deepEqual(
        [left?.text, left?.parent_comment_id, left?.reply_to],
        ['two', first.comment_id, null],
      );
      await demandExactCounts(server.ctx, post);
      const other = await carol.comment(post, 'another');
      await remove(olga, root);
      assert.deepEqual(texts(await allComments(bob, post)), ['another']);
      assert.equal(await count(), 1);
      for (const gone of [root, first, second]) {
        assert.equal(await code(read(bob, gone)), 'comment_not_found');
        assert.equal(await code(reply(bob, gone, 'late')), 'comment_not_found');
        assert.equal(await code(like(bob, gone)), 'comment_not_found');
        assert.equal(await code(remove(olga, gone)), 'comment_not_found');
      }
      assert.equal(await code(remove(bob, other)), 'forbidden');
      const params = { post_id: post.post_id, comment_id: root.comment_id };
      assert.equal(await code(bob.api(listReplies, { params })), 'comment_not_found');
    },
  );

  onPost('a parent on another post is no parent', async () => {
    const elsewhere = await olga.published(olga.post());
    const comment = await bob.comment(elsewhere, 'there');
    const body = { text: 'here', parent_comment_id: comment.comment_id };
    const params = { post_id: post.post_id };
    assert.equal(await code(bob.api(createComment, { params, body })), 'comment_not_found');
  });

  onPost('a reply with a key is written once, also five times at once', async () => {
    const root = await bob.comment(post, 'root');
    const params = { post_id: post.post_id };
    const body = { text: 'once', parent_comment_id: root.comment_id };
    const send = () => carol.api(createComment, { params, body, key: `key-${post.post_id}` });
    const all = await Promise.all([1, 2, 3, 4, 5].map(send));
    assert.equal(new Set(ids(all)).size, 1);
    assert.equal(await count(), 2);
    await send();
    assert.equal((await read(bob, root)).replies_count, 1);
  });

  onPost('2,200 characters of any script come back as they were sent', async () => {
    const written = ['🦦'.repeat(COMMENT_MAX / 2), 'שלום @bob עולם', 'a\n\n\nb', '<b>&amp;</b>'];
    for (const text of written) assert.equal((await bob.comment(post, text)).text, text);
    const refused = await refusal(bob.comment(post, 'x'.repeat(COMMENT_MAX + 1)));
    assert.deepEqual(refused.fields, ['body.text']);
    assert.deepEqual((await refusal(bob.comment(post, ' \n '))).fields, ['body.text']);
  });
});

describe('paging', () => {
  onPost('both levels, page by page, while others write, delete, pin and unpin', async () => {
    const roots: Comment[] = [];
    for (let n = 0; n < 12; n += 1) roots.push(await bob.comment(post, `c${n}`));
    const [oldest, second, third] = roots as [Comment, Comment, Comment];
    for (const one of [oldest, second, third]) await pin(olga, one);
    const leaver = roots[4] as Comment;
    const list = await allComments(carol, post, 4, async (page) => {
      await dan.comment(post, `late ${page}`);
      if (page === 0) {
        await remove(bob, leaver);
        // What stood on top and is unpinned stays where the reader saw it; what is pinned is not lost.
        await unpin(olga, oldest);
        await pin(olga, roots[7] as Comment);
      }
    });
    const expected = [third, second, oldest, ...roots.slice(3).reverse()].filter(
      (one) => one !== leaver,
    );
    assert.deepEqual(texts(list), texts(expected));
    const now = await allComments(carol, post, 4);
    assert.deepEqual(texts(now.slice(0, 3)), ['c7', 'c2', 'c1'], 'the last pinned on top');
    assert.equal(new Set(ids(now)).size, now.length);

    const replies: Comment[] = [];
    for (let n = 0; n < 9; n += 1)
      replies.push(await reply(dan, replies.at(-1) ?? oldest, `r${n}`));
    const gone = replies[6] as Comment;
    const thread = await allReplies(carol, oldest, 2, async (page) => {
      if (page < 3) await reply(bob, oldest, `late ${page}`);
      if (page === 1) await remove(dan, gone);
    });
    const stayed = texts(replies).filter((text) => text !== gone.text);
    assert.deepEqual(texts(thread), [...stayed, 'late 0', 'late 1', 'late 2']);
  });

  onPost('pages smaller than the number of pinned ones lose and double nothing', async () => {
    const all: Comment[] = [];
    for (let n = 0; n < 5; n += 1) all.push(await bob.comment(post, `c${n}`));
    for (const one of all.slice(0, 3)) await pin(olga, one);
    assert.deepEqual(texts(await allComments(carol, post, 1)), ['c2', 'c4', 'c3', 'c1', 'c0']);
    assert.deepEqual(texts(await allComments(carol, post, 2)), ['c2', 'c1', 'c4', 'c3', 'c0']);
    assert.deepEqual(texts(await allComments(carol, post, 3)), ['c2', 'c1', 'c0', 'c4', 'c3']);
    await remove(bob, all[3] as Comment);
    await remove(bob, all[4] as Comment);
    assert.deepEqual(texts(await allComments(carol, post, 3)), ['c2', 'c1', 'c0']);
  });

  onPost('a cursor with more than a cursor of ours in it is refused', async () => {
    const forge = (text: string) => Buffer.from(text).toString('base64url');
    const params = { post_id: post.post_id };
    for (const text of ['1:5,', '1:5,x', '1:5,6,7,8,9', '1:,5', '1:5 ,6', '2:5,6']) {
      const query = { cursor: forge(text) };
      assert.equal(await code(bob.api(listComments, { params, query })), 'invalid_cursor', text);
    }
    await bob.api(listComments, { params, query: { cursor: forge('1:5,6,7,8') } });
  });

  onPost('pages are full where many may not be shown, and end where nothing is left', async () => {
    const shown: Comment[] = [];
    for (let n = 0; n < 30; n += 1) {
      const one = await (n % 5 === 0 ? bob : dan).comment(post, `c${n}`);
      if (n % 5 === 0) shown.push(one);
    }
    await block(server.ctx, carol, dan);
    const params = { post_id: post.post_id };
    const { data, pagination } = await carol.ask(listComments, { params, query: { limit: 3 } });
    assert.deepEqual(ids(data), ids(shown).reverse().slice(0, 3));
    assert.equal(pagination?.has_more, true);
    assert.deepEqual(ids(await allComments(carol, post, 3)), ids(shown).reverse());
    assert.deepEqual(ids(await allComments(carol, post, 1)), ids(shown).reverse());
    assert.equal((await allComments(dan, post)).length, 24 + 6);
    await unblock(server.ctx, carol, dan);
  });
});

describe('likes, pins', () => {
  onPost('a like counts once and shows to whoever gave it', async () => {
    const comment = await bob.comment(post, 'like me');
    assert.deepEqual(await like(carol, comment), { liked: true, likes_count: 1 });
    assert.deepEqual(await like(carol, comment), { liked: true, likes_count: 1 });
    assert.deepEqual(await like(bob, comment), { liked: true, likes_count: 2 });
    const [forCarol, forDan] = [await read(carol, comment), await read(dan, comment)];
    assert.deepEqual([forCarol.viewer.liked, forCarol.likes_count], [true, 2]);
    assert.deepEqual([forDan.viewer.liked, forDan.likes_count], [false, 2]);
    assert.deepEqual(await unlike(carol, comment), { liked: false, likes_count: 1 });
    assert.deepEqual(await unlike(carol, comment), { liked: false, likes_count: 1 });
  });

  onPost('only the author of the post pins, only what begins a thread, three at most', async () => {
    const all: Comment[] = [];
    for (let n = 0; n < 4; n += 1) all.push(await bob.comment(post, `c${n}`));
    const [one, two, three, four] = all as [Comment, Comment, Comment, Comment];
    assert.equal(await code(pin(bob, one)), 'forbidden');
    assert.equal(await code(pin(olga, await reply(carol, one, 'r'))), 'forbidden');
    for (const each of [one, two, three]) assert.equal((await pin(olga, each)).pinned, true);
    assert.equal((await pin(olga, two)).pinned, true, 'again');
    assert.equal(await code(pin(olga, four)), 'too_many_pinned');
    assert.equal((await unpin(olga, one)).pinned, false);
    assert.equal((await unpin(olga, one)).pinned, false, 'again');
    await pin(olga, four);
    assert.deepEqual(texts(await allComments(bob, post)), ['c3', 'c2', 'c1', 'c0']);
    assert.deepEqual(
      (await allComments(olga, post)).map((each) => [each.pinned, each.viewer.can_pin]),
      [
        [true, true],
        [true, true],
        [true, true],
        [false, true],
      ],
    );
    assert.ok((await allComments(bob, post)).every((each) => !each.viewer.can_pin));
    // A pin that its giver cannot see any more does not stand in the way of another.
    await setState(server.ctx, bob, 'suspended');
    const fresh = await carol.comment(post, 'fresh');
    await pin(olga, fresh);
    await setState(server.ctx, bob, 'active');
    assert.equal((await allComments(carol, post)).filter((each) => each.pinned).length, 1);
  });
});

describe('who sees what', () => {
  onPost('blocked either way and suspended: left out, and what answered them stays', async () => {
    const root = await bob.comment(post, 'root');
    const hers = await reply(carol, root, 'carol, @dan and @olga and @nobody.here');
    await reply(dan, hers, 'to carol');
    assert.deepEqual(hers.mentions, ['dan', 'olga']);
    const seenBy = async (who: Person) =>
      (await allReplies(who, root)).map((one) => [one.user.username, one.reply_to]);
    const whole = [
      ['carol', null],
      ['dan', 'carol'],
    ];
    assert.deepEqual(await seenBy(bob), whole);
    for (const [blocker, blocked] of [
      [bob, carol],
      [carol, bob],
    ] as const) {
      await block(server.ctx, blocker, blocked);
      assert.deepEqual(await seenBy(bob), [['dan', null]]);
      for (const work of [read, like, remove]) {
        assert.equal(await code(work(bob, hers)), 'comment_not_found');
      }
      assert.equal(await code(reply(bob, hers, 'x')), 'comment_not_found');
      assert.deepEqual(await seenBy(dan), whole, 'nobody else is in it');
      await unblock(server.ctx, blocker, blocked);
    }
    await block(server.ctx, dan, bob);
    assert.deepEqual((await read(bob, hers)).mentions, ['olga'], 'nobody is named who is not met');
    assert.deepEqual((await read(olga, hers)).mentions, ['dan', 'olga']);
    await unblock(server.ctx, dan, bob);
    await setState(server.ctx, carol, 'suspended');
    assert.deepEqual(await seenBy(bob), [['dan', null]]);
    const params = { post_id: post.post_id, comment_id: root.comment_id };
    const visitor = await ask(server.url, null, listReplies, { params });
    assert.deepEqual(texts(visitor.data), ['to carol']);
    await setState(server.ctx, carol, 'active');
    assert.deepEqual(await seenBy(bob), whole);
  });

  onPost('nobody mentions who has blocked them', async () => {
    await block(server.ctx, dan, bob);
    assert.deepEqual((await bob.comment(post, '@dan @carol')).mentions, ['carol']);
    await unblock(server.ctx, dan, bob);
  });

  onPost(
    'what waits for approval is there for its author and the post’s author alone',
    async () => {
      const root = await carol.comment(post, 'root');
      await restrict(server.ctx, olga, bob);
      const held = await bob.comment(post, 'held');
      const heldReply = await reply(bob, root, 'held reply');
      assert.deepEqual([held.held, heldReply.held, await count()], [true, true, 1]);
      assert.equal((await read(olga, root)).replies_count, 0);
      for (const who of [bob, olga]) {
        assert.deepEqual(texts(await allComments(who, post)), ['held', 'root']);
        assert.deepEqual(texts(await allReplies(who, root)), ['held reply']);
      }
      assert.deepEqual(texts(await allComments(carol, post)), ['root']);
      assert.deepEqual(await allReplies(carol, root), []);
      for (const one of [held, heldReply]) {
        for (const work of [read, like, remove, approve, pin]) {
          assert.equal(await code(work(carol, one)), 'comment_not_found', work.name);
        }
        assert.equal(await code(reply(carol, one, 'x')), 'comment_not_found');
        assert.equal(await code(reply(olga, one, 'x')), 'forbidden', 'nobody could read it');
        assert.equal(await code(pin(olga, one)), 'forbidden');
        assert.equal(await code(approve(bob, one)), 'forbidden');
      }
      const flags = ({ viewer }: Comment) => [
        viewer.can_delete,
        viewer.can_pin,
        viewer.can_approve,
      ];
      assert.deepEqual(flags(await read(olga, held)), [true, false, true]);
      assert.deepEqual(flags(await read(bob, held)), [true, false, false]);

      await unrestrict(server.ctx, olga, bob);
      assert.equal((await read(bob, held)).held, true, 'what waits goes on waiting');
      for (let n = 0; n < 2; n += 1) {
        assert.equal((await approve(olga, held)).held, false);
        assert.equal((await approve(olga, heldReply)).held, false);
        assert.deepEqual([await count(), (await read(dan, root)).replies_count], [3, 1]);
      }
      assert.deepEqual(texts(await allReplies(carol, root)), ['held reply']);
      await reply(dan, held, 'now');
      await restrict(server.ctx, olga, bob);
      const late = await reply(bob, root, 'late');
      await remove(bob, late);
      assert.equal(await count(), 4);
      await reply(bob, held, 'again');
      await remove(olga, held);
      assert.equal(await count(), 2);
      await unrestrict(server.ctx, olga, bob);
      const own = await olga.comment(post, 'mine');
      assert.equal(own.held, false);
    },
  );

  onPost('turned off: nobody writes, nothing is shown, everything comes back', async () => {
    const root = await bob.comment(post, 'root');
    await reply(carol, root, 'reply');
    await switchComments(server.ctx, post, true);
    for (const who of [olga, bob]) {
      assert.equal(await code(who.comment(post, 'x')), 'comments_off');
      assert.equal(await code(reply(who, root, 'x')), 'comments_off');
      assert.deepEqual(await allComments(who, post), []);
      assert.equal((await who.see(post)).comments_count, 0);
      for (const work of [read, like, remove]) {
        assert.equal(await code(work(who, root)), 'comment_not_found');
      }
    }
    await switchComments(server.ctx, post, false);
    assert.deepEqual(texts(await allReplies(bob, root)), ['reply']);
    assert.equal(await count(), 2);
  });

  onPost(
    'whoever takes comments from few takes none from others, and their own always',
    async () => {
      const choose = (comments_from: FromWhom) =>
        olga.api(changeSettings, { body: { comments_from } });
      const root = await bob.comment(post, 'before');
      await olga.follow(carol);
      const tried = async () => {
        const codes: (string | null)[] = [];
        for (const who of [olga, carol, bob]) {
          const work = reply(who, root, 'x').then(
            () => null,
            (error) => error.code,
          );
          codes.push(await work);
          const { can_comment } = (await who.see(post)).viewer;
          assert.equal(can_comment, codes.at(-1) === null);
        }
        return codes;
      };
      assert.deepEqual(await tried(), [null, null, null]);
      await choose('followed');
      assert.deepEqual(await tried(), [null, null, 'comments_off']);
      await choose('nobody');
      assert.deepEqual(await tried(), [null, 'comments_off', 'comments_off']);
      assert.deepEqual(texts(await allComments(bob, post)), ['before'], 'what was said stays');
      await like(bob, root);
      await choose('everyone');
      assert.deepEqual(await tried(), [null, null, null]);
      await olga.unfollow(carol);
    },
  );

  onPost('under a post that is not there for somebody there is no talk either', async () => {
    const root = await bob.comment(post, 'root');
    await block(server.ctx, olga, bob);
    for (const work of [read, like, remove, unlike]) {
      assert.equal(await code(work(bob, root)), 'post_not_found');
    }
    assert.equal(await code(bob.comment(post, 'x')), 'post_not_found');
    assert.equal(await code(allComments(bob, post)), 'post_not_found');
    assert.equal(await code(allReplies(bob, root)), 'post_not_found');
    await unblock(server.ctx, olga, bob);
    await server.ctx.db.query("update posts set audience = 'followers' where post_id = $1", [
      post.post_id,
    ]);
    server.ctx.db.touchLoosely(ofPost(post.post_id));
    await bob.follow(olga);
    await bob.comment(post, 'as a follower');
    await bob.unfollow(olga);
    assert.equal(await code(bob.comment(post, 'x')), 'post_not_found');
    assert.equal(await code(read(bob, root)), 'post_not_found');
    await server.ctx.db.query('update posts set archived_at = created_at where post_id = $1', [
      post.post_id,
    ]);
    server.ctx.db.touchLoosely(ofPost(post.post_id));
    assert.equal(await code(olga.comment(post, 'x')), 'post_not_found', 'put away');
    assert.equal((await read(olga, root)).text, 'root');
  });
});

test('thirty days after a post was deleted, nothing of its talk is left', async () => {
  const clock = holdClock();
  const house = await openTestServer({ clock });
  const { ann, ben } = await cast(house.url, 'ann', 'ben');
  const mine = await ann.published(ann.post());
  const root = await ben.comment(mine, 'root');
  await like(ann, root);
  await like(ben, await reply(ann, root, 'reply'));
  await ann.delete(mine);
  clock.advance(31 * 24 * 3600 * 1000);
  const { purgePost } = await import('../../server/features/privacy/purge-post.ts');
  await purgePost(house.ctx, mine.post_id);
  for (const table of ['comments', 'comment_likes', 'post_counts']) {
    const rows = await house.ctx.db.query(`select from ${table} where post_id = $1`, [
      mine.post_id,
    ]);
    assert.equal(rows.length, 0, table);
  }
  ann.leave();
  await house.stop();
});
