import '../compose/details.css';
import './edit-post.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ALT_MAX, CAPTION_MAX } from '../../../api/limits.ts';
import type { Post } from '../../../api/posts.ts';
import { ApiError } from '../../data/client.ts';
import { editPost, loadPost } from '../../data/posts.ts';
import { keepEdit, recallEdit } from '../../data/unsaved-edits.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { back } from '../../ui/router.ts';
import { TextArea } from '../../ui/text-area.tsx';
import { toast } from '../../ui/toast.tsx';
import { AdvancedField } from '../compose/advanced-field.tsx';
import { AudienceField } from '../compose/audience-field.tsx';
import { CaptionField } from '../compose/caption-field.tsx';
import { PlaceField } from '../compose/place-field.tsx';
import { Tagging } from '../compose/tagging.tsx';
import { PostPhoto } from '../post/post-photo.tsx';
import { CaptionsField } from './captions-field.tsx';
import { Conflict } from './conflict.tsx';
import { bodyOf, differences, type Field, type Fields, fieldsOf, merged, taken } from './fields.ts';

/** What is edited: the state that it began from, and what it has become. */
interface Editing {
  readonly base: Fields;
  /** The `edited_at` of the base. */
  readonly since: string | null;
  readonly mine: Fields;
}

/** Somebody was faster: what the post is now, and the fields that both have changed. */
interface Clash {
  readonly theirs: Fields;
  readonly fields: readonly Field[];
}

/** Everything that can be changed of a post. Only what was changed is sent. */
export function EditForm({ post }: { readonly post: Post }) {
  const id = post.post_id;
  const { now, set, forget } = useEditing(post);
  const [clash, setClash] = useState<Clash | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const { base, since, mine } = now;
  const changed = differences(base, mine).length > 0;
  const tooLong = mine.caption.length > CAPTION_MAX;
  const change = (part: Partial<Fields>) => set({ ...now, mine: { ...mine, ...part } });

  const leave = () => {
    if (changed) {
      const action = { label: t('leave.discard'), run: forget };
      toast({ text: t('edit-post.kept'), action });
    } else forget();
    back(`/p/${id}`);
  };
  /** Takes up what the post has become, without losing what was written here. */
  const meet = async () => {
    const latest = await loadPost(id);
    const theirs = fieldsOf(latest);
    const { fields, conflicts } = merged(base, theirs, mine);
    set({ base: theirs, since: latest.edited_at, mine: fields });
    setClash({ theirs, fields: conflicts });
  };
  const send = async () => {
    const body = bodyOf(base, mine, since);
    try {
      if (body) await editPost(id, body);
      forget();
      if (body) toast({ text: t('edit-post.saved') });
      back(`/p/${id}`);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'edit_conflict')) throw error;
      await meet();
    }
  };
  const save = async () => {
    setBusy(true);
    setWrong(null);
    try {
      await send();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(t('edit-post.failed', { reason: error.message }));
    } finally {
      setBusy(false);
    }
  };
  const onSave = () => save().catch(reportError);

  return (
    <div class="edit-post">
      <PageHeader title={t('edit-post.title')} onBack={leave}>
        <Button
          kind="primary"
          small
          class="edit-post__save-top"
          busy={busy}
          disabled={tooLong}
          onClick={onSave}
        >
          {t('save')}
        </Button>
      </PageHeader>
      <div class="edit-post__fields">
        {clash && (
          <Conflict
            theirs={clash.theirs}
            fields={clash.fields.filter((field) => differences(clash.theirs, mine).includes(field))}
            settled={clash.fields.length > 0}
            media={post.media}
            onTake={(field) => set({ ...now, mine: taken(mine, field, clash.theirs) })}
          />
        )}
        {wrong && (
          <p class="edit-post__wrong" role="alert">
            {wrong}
          </p>
        )}
        <CaptionField
          label={t('edit-post.caption')}
          value={mine.caption}
          onValue={(caption) => change({ caption })}
        />
        <Photos post={post} mine={mine} onAlts={(alts) => change({ alts })} />
        {post.media.map((media, index) => {
          const { video } = media;
          if (!video || video.loops) return null;
          const number = post.media.length > 1 ? index + 1 : null;
          const known = { ...media, video };
          return <CaptionsField key={media.media_id} postId={id} media={known} number={number} />;
        })}
        <div class="details">
          <Tagging
            pictures={post.media.map((media) => ({
              id: media.media_id,
              ratio: media.width / media.height,
              picture: <PostPhoto post={post} media={media} sizes="30rem" />,
              tagged: mine.tags[media.media_id] ?? [],
            }))}
            onTagged={(mediaId, spots) => change({ tags: { ...mine.tags, [mediaId]: spots } })}
          />
          <PlaceField place={mine.place} onPlace={(place) => change({ place })} />
          <AudienceField audience={mine.audience} onAudience={(audience) => change({ audience })} />
          <AdvancedField
            likesHidden={mine.likes}
            commentsOff={mine.comments}
            onChange={({ likesHidden, commentsOff }) =>
              change({
                ...(likesHidden === undefined ? {} : { likes: likesHidden }),
                ...(commentsOff === undefined ? {} : { comments: commentsOff }),
              })
            }
          />
        </div>
        <Button kind="primary" wide busy={busy} disabled={tooLong} onClick={onSave}>
          {t('save')}
        </Button>
      </div>
    </div>
  );
}

/** What is being edited; kept as long as the tab, so that going away loses nothing. */
function useEditing(post: Post) {
  const id = post.post_id;
  const [now, setNow] = useState<Editing>(() => {
    const base = fieldsOf(post);
    return recallEdit<Editing>(id) ?? { base, since: post.edited_at, mine: base };
  });
  const latest = useRef<Editing | null>(now);
  latest.current = latest.current && now;
  useEffect(() => {
    const keep = () => {
      const { current } = latest;
      keepEdit(id, current && differences(current.base, current.mine).length > 0 ? current : null);
    };
    addEventListener('pagehide', keep);
    return () => {
      removeEventListener('pagehide', keep);
      keep();
    };
  }, [id]);
  const forget = () => {
    latest.current = null;
    keepEdit(id, null);
  };
  return { now, set: setNow, forget };
}

interface PhotosProps {
  readonly post: Post;
  readonly mine: Fields;
  readonly onAlts: (alts: Fields['alts']) => void;
}

/** What each photo shows, in words. */
function Photos({ post, mine, onAlts }: PhotosProps) {
  const alone = post.media.length === 1;
  return (
    <section class="edit-post__photos" aria-labelledby="edit-photos">
      <h2 id="edit-photos">{t('edit-post.photos')}</h2>
      {post.media.map((media, index) => (
        <div key={media.media_id} class="edit-post__photo">
          <div class="edit-post__preview">
            <PostPhoto post={post} media={media} sizes="64px" ratio={1} fit="cover" />
          </div>
          <TextArea
            label={alone ? t('edit-post.alt') : t('edit-post.alt-of', { number: index + 1 })}
            hint={index === 0 ? t('edit-post.alt-hint') : undefined}
            value={mine.alts[media.media_id] ?? ''}
            onValue={(alt) => onAlts({ ...mine.alts, [media.media_id]: alt })}
            limit={ALT_MAX}
            maxLength={ALT_MAX}
          />
        </div>
      ))}
    </section>
  );
}
