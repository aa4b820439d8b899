import { useMemo } from 'preact/hooks';
import { locale, t } from '../../strings/strings.ts';
import { newElementId } from '../../ui/ids.ts';
import { languageName } from '../../ui/language-name.ts';

/** BCP 47. Those that are written most on the web, and some more; the person's own come first. */
const LANGUAGES =
  'af am ar az be bg bn bs ca cs cy da de el en en-GB en-US es es-419 et eu fa fi fil fr fr-CA ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl pa pl pt pt-BR pt-PT ro ru si sk sl sq sr sv sw ta te th tr uk ur uz vi zh zh-Hans zh-Hant zu'.split(
    ' ',
  );

/** What the server takes; systems have names of their own beside, such as `C` and `en-US@posix`. */
const FORM = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

/** The person's languages, the best first. */
export function ownLanguages(): readonly string[] {
  return navigator.languages.filter((language) => FORM.test(language));
}

interface LanguageFieldProps {
  readonly chosen: string;
  readonly onChosen: (language: string) => void;
}

export function LanguageField({ chosen, onChosen }: LanguageFieldProps) {
  const id = useMemo(() => newElementId('language'), []);
  const all = useMemo(() => {
    const named = LANGUAGES.map((language) => ({ language, name: languageName(language) }));
    return named.sort((one, other) => one.name.localeCompare(other.name, locale.value));
  }, []);
  const own = [...new Set([chosen, ...ownLanguages()])];
  const option = (language: string, name: string) => (
    <option key={language} value={language}>
      {name}
    </option>
  );
  return (
    <div class="field language-field">
      <label class="field__label" for={id}>
        {t('captions.language')}
      </label>
      <span class="field__box">
        <select
          id={id}
          class="field__input"
          value={chosen}
          onChange={(event) => onChosen(event.currentTarget.value)}
        >
          {own.map((language) => option(language, languageName(language)))}
          <hr />
          {all
            .filter(({ language }) => !own.includes(language))
            .map(({ language, name }) => option(language, name))}
        </select>
      </span>
    </div>
  );
}
