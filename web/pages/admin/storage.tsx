import './storage.css';
import { CircleAlert, ScanSearch } from 'lucide';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { checkStorage, getStorage, Storage as StorageState } from '../../../api/storage.ts';
import { ApiError, call, isAbort } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';
import { StorageFaults } from './storage-faults.tsx';
import { StorageRoots } from './storage-roots.tsx';
import { StorageRounds } from './storage-rounds.tsx';

/** How often it is looked at anew while a check is under way, in milliseconds. */
const LOOK_EVERY = 2000;

/** Where files lie and how well: the places, the rounds that check every file, and what they found. */
export function Storage() {
  const { storage, problem, look, show } = useStorage();
  const [busy, setBusy] = useState(false);
  const hurried = storage?.rounds.some((one) => !one.ended_at && one.pace === 'at_once') ?? false;

  const check = async () => {
    setBusy(true);
    try {
      show(await call<typeof checkStorage>('POST /admin/storage/check', {}));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: t('storage.check-failed', { reason: error.message }) });
    } finally {
      setBusy(false);
    }
  };

  return (
    <section class="admin__part" aria-labelledby="storage">
      <header class="admin__head">
        <h2 id="storage">{t('storage.title')}</h2>
        {storage && (
          <Button
            small
            icon={ScanSearch}
            busy={busy || hurried}
            onClick={() => check().catch(reportError)}
          >
            {t('storage.check')}
          </Button>
        )}
      </header>
      {problem !== null && (
        <div class="admin__problem" role="alert">
          {t('storage.failed', { reason: problem })}
          <Button small onClick={look}>
            {t('try-again')}
          </Button>
        </div>
      )}
      {problem === null && !storage && <SkeletonRows count={3} />}
      {storage && <Report storage={storage} hurried={hurried} />}
    </section>
  );
}

/** What the server says, asked again while something moves. */
function useStorage() {
  const [storage, show] = useState<StorageState | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const moving =
    storage !== null &&
    (storage.rounds.some((one) => !one.ended_at && one.pace === 'at_once') ||
      storage.roots.some((root) => root.state === 'filling'));

  // `attempt` asks again.
  useEffect(() => {
    const leaving = new AbortController();
    setProblem(null);
    call<typeof getStorage>('GET /admin/storage', { signal: leaving.signal }).then(
      show,
      (error: unknown) => {
        if (leaving.signal.aborted || isAbort(error)) return;
        if (!(error instanceof ApiError)) throw error;
        setProblem(error.message);
      },
    );
    return () => leaving.abort();
  }, [attempt]);

  // Each answer that shows something moving sets the next look.
  useEffect(() => {
    if (!moving) return;
    const timer = setTimeout(() => setAttempt(attempt + 1), LOOK_EVERY);
    return () => clearTimeout(timer);
  }, [storage, moving]);

  const look = useCallback(() => setAttempt((now) => now + 1), []);
  return { storage, problem, look, show };
}

function Report({ storage, hurried }: { storage: StorageState; hurried: boolean }) {
  const { roots, rounds, copies_wanted, round_days, unclaimed } = storage;
  return (
    <>
      <p class="quiet">{t('storage.text', { count: copies_wanted, days: String(round_days) })}</p>
      <StorageRoots roots={roots} />
      {roots.length === 1 && <p class="quiet">{t('storage.one-place')}</p>}
      {unclaimed?.held_back && (
        <p class="storage__warning" role="status">
          <Icon of={CircleAlert} size={20} />
          {t('storage.held-back', { count: unclaimed.unknown })}
        </p>
      )}
      {unclaimed && !unclaimed.held_back && unclaimed.unknown > unclaimed.removed && (
        <p class="quiet">
          {t('storage.unclaimed', { count: unclaimed.unknown - unclaimed.removed })}
        </p>
      )}
      <p class="visually-hidden" role="status">
        {hurried ? t('storage.checking') : ''}
      </p>
      <StorageRounds rounds={rounds} />
      {/* A round that went on may have found more. */}
      <StorageFaults found={rounds.reduce((sum, one) => sum + one.repaired + one.lost, 0)} />
    </>
  );
}
