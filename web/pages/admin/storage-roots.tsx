import { CircleAlert, CircleCheck, HardDriveDownload } from 'lucide';
import type { StorageRoot } from '../../../api/storage.ts';
import { locale, t } from '../../strings/strings.ts';
import { bytesText } from '../../ui/bytes.ts';
import { Icon } from '../../ui/icon.tsx';

const ICONS = { ok: CircleCheck, away: CircleAlert, filling: HardDriveDownload } as const;

/** From here on the place should have company soon. */
const NEARLY_FULL = 0.9;

/** Every place where files lie, with what it has left. */
export function StorageRoots({ roots }: { readonly roots: readonly StorageRoot[] }) {
  return (
    <ul class="storage__roots" aria-label={t('storage.places')}>
      {roots.map((root) => (
        <Root key={root.path} root={root} />
      ))}
    </ul>
  );
}

function Root({ root }: { readonly root: StorageRoot }) {
  const { state, path, free, total, objects, filled } = root;
  const used = total > 0 ? (total - free) / total : 0;
  return (
    <li class={`storage__root storage__root--${state}`}>
      <div class="storage__line">
        <h3 class="storage__path" dir="ltr">
          {path}
        </h3>
        <span class="storage__state">
          <Icon of={ICONS[state]} size={20} />
          {t(`storage.state-${state}`)}
        </span>
      </div>
      {state === 'away' ? (
        <p class="quiet">{t('storage.away-text')}</p>
      ) : (
        <>
          <meter
            class="visually-hidden"
            min={0}
            max={1}
            value={used}
            aria-label={t('storage.free-of', { place: path })}
          />
          <Bar share={used} look={used > NEARLY_FULL ? 'full' : null} />
          <p class="storage__line quiet figures">
            <span>
              {t('storage.free', {
                free: bytesText(free, locale.value),
                total: bytesText(total, locale.value),
              })}
            </span>
            <span>{t('storage.objects', { count: objects })}</span>
          </p>
        </>
      )}
      {state === 'filling' && (
        <div class="storage__filling">
          <p class="figures">{t('storage.filled', { percent: percentOf(filled) })}</p>
          <progress
            class="visually-hidden"
            max={1}
            value={filled}
            aria-label={t('storage.filling-of', { place: path })}
          />
          <Bar share={filled} look="filling" />
        </div>
      )}
    </li>
  );
}

/** What the meter before it says, to be seen. */
function Bar({ share, look }: { readonly share: number; readonly look: string | null }) {
  return (
    <div class={`storage__bar${look ? ` storage__bar--${look}` : ''}`} aria-hidden="true">
      <span style={{ inlineSize: `${share * 100}%` }} />
    </div>
  );
}

/** A share as people read it, never 100 % before it is whole. */
export function percentOf(share: number): string {
  const shown = share >= 1 ? 1 : Math.floor(share * 100) / 100;
  return new Intl.NumberFormat(locale.value, { style: 'percent' }).format(shown);
}
