import { ASPECTS, type Aspect } from '../../data/uploads/crop.ts';
import { t } from '../../strings/strings.ts';
import { edit } from './drafting.ts';

/** Width and height of the little frame in each button, in pixels at the default text size. */
const FRAMES: Record<Aspect, readonly [number, number]> = {
  original: [16, 16],
  '4:5': [13, 16],
  '1:1': [15, 15],
  '16:9': [18, 10],
};

/** One shape for the whole post. */
export function Shapes({ chosen }: { readonly chosen: Aspect }) {
  return (
    <fieldset class="shapes">
      <legend class="visually-hidden">{t('compose.shape')}</legend>
      {ASPECTS.map((aspect) => {
        const [width, height] = FRAMES[aspect];
        return (
          <label key={aspect} class="shapes__shape">
            <input
              type="radio"
              class="shapes__input"
              name="shape"
              checked={aspect === chosen}
              onChange={() => edit('shape', (post) => ({ ...post, aspect }))}
            />
            <span
              class={`shapes__frame${aspect === 'original' ? ' shapes__frame--whole' : ''}`}
              style={{ inlineSize: `${width / 16}rem`, blockSize: `${height / 16}rem` }}
              aria-hidden="true"
            />
            {t(`compose.shape-${aspect}`)}
          </label>
        );
      })}
    </fieldset>
  );
}
