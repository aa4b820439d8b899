import type { ScrubRound } from '../../../api/storage.ts';
import { count, locale, t } from '../../strings/strings.ts';
import { bytesText } from '../../ui/bytes.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { percentOf } from './storage-roots.tsx';

/** The last rounds that read every file, newest first. */
export function StorageRounds({ rounds }: { readonly rounds: readonly ScrubRound[] }) {
  return (
    <>
      <h3 class="storage__heading">{t('storage.rounds')}</h3>
      {rounds.length === 0 ? (
        <p class="quiet">{t('storage.no-rounds')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard, too.
        <section class="admin__scroll" tabIndex={0} aria-label={t('storage.rounds')}>
          <table class="admin__table">
            <thead>
              <tr>
                <th scope="col">{t('storage.round')}</th>
                <th scope="col">{t('storage.begun')}</th>
                <th scope="col">{t('storage.state')}</th>
                <th scope="col">{t('storage.read')}</th>
                <th scope="col">{t('storage.repaired')}</th>
                <th scope="col">{t('storage.lost')}</th>
              </tr>
            </thead>
            <tbody>
              {rounds.map((round) => (
                <Round key={round.round} round={round} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function Round({ round }: { readonly round: ScrubRound }) {
  const { files, bytes, repaired, lost, done } = round;
  return (
    <tr>
      <th scope="row" class="figures">
        {round.round}
      </th>
      <td>
        <RelativeTime at={round.started_at} />
      </td>
      <td class="figures storage__nowrap">{stateOf(round.ended_at, done)}</td>
      <td class="figures storage__nowrap">
        {t('storage.objects', { count: files })}, {bytesText(bytes, locale.value)}
      </td>
      <td class="figures">{count(repaired)}</td>
      <td class={lost > 0 ? 'figures storage__lost' : 'figures'}>{count(lost)}</td>
    </tr>
  );
}

function stateOf(endedAt: string | null, done: number): string {
  if (endedAt === null) return t('storage.round-running', { percent: percentOf(done) });
  return t(done >= 1 ? 'storage.round-done' : 'storage.round-cut');
}
