import '../settings/settings.css';
import '../ranking/ranking.css';
import { ranking } from '../../data/ranking.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Choices } from '../../ui/choices.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { useTitle } from '../../ui/title.ts';
import { change, reset } from '../ranking/acts.ts';
import { LessOfList } from '../ranking/less-of.tsx';
import { PresetChoice, Weights } from '../ranking/weights.tsx';
import { isOwn } from '../ranking/words.ts';
import { WhenLoaded } from '../settings/when-loaded.tsx';

/** How one's home feed is ordered: all of it in one place. */
export default function FeedSettingsPage() {
  useTitle(t('ranking.title'));
  useScrollMemory(ranking.value.value !== null);
  return (
    <div class="settings">
      <PageHeader title={t('ranking.title')} backTo="/settings" />
      <WhenLoaded of={ranking}>
        {(now) => (
          <>
            <section class="settings__part">
              <Choices
                label={t('ranking.order')}
                hint={t('ranking.order-hint')}
                value={now.order}
                options={[
                  { value: 'latest', label: t('order.latest') },
                  { value: 'ranked', label: t('order.ranked') },
                ]}
                onChange={(order) => change({ order })}
              />
            </section>
            <section class="settings__part">
              <PresetChoice ranking={now} />
              <h2 class="visually-hidden">{t('ranking.weights')}</h2>
              <Weights ranking={now} />
              {now.order === 'latest' && <p class="quiet">{t('ranking.weights-unused')}</p>}
            </section>
            <section class="settings__part" aria-labelledby="less-of">
              <h2 id="less-of">{t('ranking.less')}</h2>
              <LessOfList ranking={now} />
            </section>
            <section class="settings__part">
              <p class="quiet">{t('ranking.reset-hint')}</p>
              <div class="settings__do">
                <Button disabled={!isOwn(now)} onClick={reset}>
                  {t('ranking.reset')}
                </Button>
              </div>
            </section>
          </>
        )}
      </WhenLoaded>
    </div>
  );
}
