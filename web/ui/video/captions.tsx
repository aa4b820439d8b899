import { signal } from '@preact/signals';
import { Captions, Check } from 'lucide';
import { useEffect } from 'preact/hooks';
import { t } from '../../strings/strings.ts';
import { languageName } from '../language-name.ts';
import { Menu } from '../menu.tsx';
import type { ClipCaptions } from './clip.ts';

const KEY = 'aperto.captions';
const OFF = 'off';

/** A language, `off`, or null while nobody has said: then it is the reader's own, where there is one. */
const wanted = signal<string | null>(globalThis.sessionStorage?.getItem(KEY) ?? null);

function want(language: string): void {
  wanted.value = language;
  sessionStorage.setItem(KEY, language);
}

const base = (language: string) => language.split('-')[0]?.toLowerCase();

/** The captions that are shown of these; null: none. */
function chosenOf(captions: readonly ClipCaptions[]): string | null {
  if (wanted.value === OFF) return null;
  const languages = wanted.value === null ? navigator.languages : [wanted.value];
  for (const language of languages) {
    const exact = captions.find((one) => one.language.toLowerCase() === language.toLowerCase());
    const near = exact ?? captions.find((one) => base(one.language) === base(language));
    if (near) return near.language;
  }
  return null;
}

interface CaptionTracksProps {
  readonly captions: readonly ClipCaptions[];
  readonly video: { readonly current: HTMLVideoElement | null };
  readonly onFail: (() => Promise<unknown>) | undefined;
}

/** Goes into a video element. */
export function CaptionTracks({ captions, video, onFail }: CaptionTracksProps) {
  const chosen = chosenOf(captions);
  const addresses = captions.map(({ url }) => url).join(' ');
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    const show = () => {
      // There the menu is the phone's own.
      if (Reflect.get(element, 'webkitDisplayingFullscreen') === true) return;
      for (const { track, srclang } of element.querySelectorAll('track')) {
        const mode = srclang === chosen ? 'showing' : 'disabled';
        if (track.mode !== mode) track.mode = mode;
      }
    };
    show();
    // Browsers choose among new tracks by themselves, some time after they are there.
    element.textTracks.addEventListener('change', show);
    return () => element.textTracks.removeEventListener('change', show);
  }, [chosen, addresses]);
  return (
    <>
      {captions.map(({ language, url }) => (
        <track
          key={language}
          kind="captions"
          srcLang={language}
          label={languageName(language)}
          src={url}
          onError={() => onFail?.().catch(reportError)}
        />
      ))}
    </>
  );
}

/** The languages to choose from, and none. */
export function CaptionsMenu({ captions }: Pick<CaptionTracksProps, 'captions'>) {
  const chosen = chosenOf(captions);
  const choices = [OFF, ...captions.map(({ language }) => language)];
  return (
    <span class={chosen === null ? undefined : 'player__on'}>
      <Menu
        label={t('video.captions')}
        icon={Captions}
        items={choices.map((choice) => {
          const on = choice === (chosen ?? OFF);
          return {
            label: choice === OFF ? t('video.captions-off') : languageName(choice),
            checked: on,
            icon: on ? Check : undefined,
            run: () => want(choice),
          };
        })}
      />
    </span>
  );
}
