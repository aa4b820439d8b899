import { useEffect, useState } from 'preact/hooks';
import type { listStorageFaults, StorageFault } from '../../../api/storage.ts';
import { call } from '../../data/client.ts';
import { createList } from '../../data/lists.ts';
import { t } from '../../strings/strings.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

function faultsList() {
  return createList<StorageFault>(
    {
      load: (cursor) =>
        call<typeof listStorageFaults>('GET /admin/storage/faults', {
          query: { limit: 20, ...(cursor === undefined ? {} : { cursor }) },
        }),
      idOf: (fault) => fault.fault_id,
    },
    null,
  );
}

/** What the rounds came upon; `found` is how much that is, and asks anew when it grows. */
export function StorageFaults({ found }: { readonly found: number }) {
  const [list] = useState(faultsList);
  useEffect(() => {
    if (list.state.peek() === 'idle') list.start();
    else list.reload().catch(reportError);
  }, [list, found]);
  const faults = list.items.value;
  const state = list.state.value;
  return (
    <>
      <h3 class="storage__heading">{t('storage.faults')}</h3>
      {faults.length === 0 && state === 'failed' && (
        <EmptyState title={t('admin.jobs-failed')} text={list.error.value?.message} />
      )}
      {faults.length === 0 && state === 'ready' && <p class="quiet">{t('storage.no-faults')}</p>}
      {faults.length > 0 && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard, too. */}
          <section class="admin__scroll" tabIndex={0} aria-label={t('storage.faults')}>
            <table class="admin__table">
              <thead>
                <tr>
                  <th scope="col">{t('storage.what')}</th>
                  <th scope="col">{t('storage.outcome')}</th>
                  <th scope="col">{t('storage.round')}</th>
                  <th scope="col">{t('storage.found-at')}</th>
                </tr>
              </thead>
              <tbody>
                {faults.map((fault) => (
                  <Fault key={fault.fault_id} fault={fault} />
                ))}
              </tbody>
            </table>
          </section>
          <More
            state={state}
            ended={list.ended.value}
            error={list.error.value?.message}
            onMore={() => list.more().catch(reportError)}
            ahead={0}
          />
        </>
      )}
    </>
  );
}

function Fault({ fault }: { readonly fault: StorageFault }) {
  const { outcome, what, copies, round, found_at } = fault;
  const lost = outcome === 'lost';
  return (
    <tr>
      <th scope="row" class="storage__what">
        {lost ? <code dir="ltr">{what}</code> : t('storage.part', { part: what })}
      </th>
      <td class={lost ? 'storage__lost' : undefined}>
        {lost ? t('storage.outcome-lost') : t('storage.outcome-repaired', { count: copies })}
      </td>
      <td class="figures">{round}</td>
      <td>
        <RelativeTime at={found_at} />
      </td>
    </tr>
  );
}
