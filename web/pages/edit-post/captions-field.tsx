import { Captions, X } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { CAPTIONS_BYTES_MAX, CAPTIONS_PER_VIDEO_MAX } from '../../../api/limits.ts';
import type { Media, Video } from '../../../api/media.ts';
import type { Post } from '../../../api/posts.ts';
import { removeCaptions, setCaptions } from '../../data/captions.ts';
import { ApiError } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { languageName } from '../../ui/language-name.ts';
import { toast } from '../../ui/toast.tsx';
import { toWebVtt } from './captions-file.ts';
import { LanguageField, ownLanguages } from './language-field.tsx';

interface CaptionsFieldProps {
  readonly postId: Post['post_id'];
  readonly media: Media & { readonly video: Video };
  /** Of several; null of a post with only one. */
  readonly number: number | null;
}

/** The captions of a video by language. Unlike the rest of the page, each is kept at once. */
export function CaptionsField({ postId, media, number }: CaptionsFieldProps) {
  const [captions, setAll] = useState(media.video.captions);
  const [language, setLanguage] = useState(ownLanguages()[0] ?? 'en');
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);

  /** Shows what the server has made of it, or why it has not. */
  const act = async (work: () => Promise<Media>, said: string) => {
    setBusy(true);
    setWrong(null);
    try {
      setAll((await work()).video?.captions ?? []);
      toast({ text: said });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(t('captions.failed', { reason: error.message }));
    } finally {
      setBusy(false);
    }
  };
  const add = async (file: File) => {
    const { name } = file;
    if (file.size > CAPTIONS_BYTES_MAX) return setWrong(t('captions.too-large', { name }));
    const webvtt = toWebVtt(await file.text());
    if (webvtt === null) return setWrong(t('captions.unreadable', { name }));
    const place = { postId, mediaId: media.media_id, language };
    const said = t('captions.added', { language: languageName(language) });
    await act(() => setCaptions(place, webvtt), said);
  };
  const remove = (gone: string) => {
    const place = { postId, mediaId: media.media_id, language: gone };
    const said = t('captions.removed', { language: languageName(gone) });
    act(() => removeCaptions(place), said).catch(reportError);
  };
  return (
    <fieldset class="captions-field">
      <legend>{number === null ? t('captions.title') : t('captions.title-of', { number })}</legend>
      <p class="quiet">
        {captions.length === 0 ? t('captions.none') : ''} {t('captions.hint')}
      </p>
      {captions.length > 0 && (
        <ul class="captions-field__list">
          {captions.map((one) => {
            const name = languageName(one.language);
            return (
              <li key={one.language}>
                <Icon of={Captions} size={20} />
                <span class="ellipsis">{name}</span>
                <IconButton
                  icon={X}
                  iconSize={20}
                  label={t('captions.remove', { language: name })}
                  disabled={busy}
                  onClick={() => remove(one.language)}
                />
              </li>
            );
          })}
        </ul>
      )}
      {captions.length < CAPTIONS_PER_VIDEO_MAX ? (
        <div class="captions-field__add">
          <LanguageField chosen={language} onChosen={setLanguage} />
          <input
            ref={input}
            type="file"
            hidden
            accept=".vtt,.srt,text/vtt,application/x-subrip"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              event.currentTarget.value = '';
              if (file) add(file).catch(reportError);
            }}
          />
          <Button busy={busy} onClick={() => input.current?.click()}>
            {t(busy ? 'captions.adding' : 'captions.choose')}
          </Button>
        </div>
      ) : (
        <p class="quiet">{t('captions.full', { count: CAPTIONS_PER_VIDEO_MAX })}</p>
      )}
      <p class="edit-post__wrong" role="alert">
        {wrong}
      </p>
    </fieldset>
  );
}
