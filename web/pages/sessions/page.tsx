import './sessions.css';
import { Monitor, Smartphone } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { endOtherSessions } from '../../../api/accounts.ts';
import type { endSession, listSessions } from '../../../api/people.ts';
import type { DataOf } from '../../../api/route.ts';
import { ApiError, call } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { Ask } from '../../ui/ask.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { deviceOf } from './device.ts';

type SessionInList = DataOf<typeof listSessions>[number];

/** Every place where the person is logged in; each but this one can be ended, and all of them at once. */
export default function SessionsPage() {
  useTitle(t('sessions.title'));
  const [sessions, setSessions] = useState<readonly SessionInList[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [asking, setAsking] = useState(false);
  useScrollMemory(sessions !== null);

  // `attempt` asks again.
  useEffect(() => {
    setError(null);
    call<typeof listSessions>('GET /auth/sessions', {}).then(setSessions, (caught: unknown) => {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    });
  }, [attempt]);

  /** Shows the list without those that are to go, and brings them back when that fails. */
  async function end(stays: (one: SessionInList) => boolean, work: () => Promise<void>) {
    const before = sessions;
    setSessions((now) => now?.filter(stays) ?? null);
    try {
      await work();
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      // Ended already is what was wanted.
      if (caught.code === 'not_found') return;
      setSessions(before);
      toast({ text: t('sessions.failed-to-end', { reason: caught.message }) });
    }
  }

  const endOne = (session: SessionInList, device: string) =>
    end(
      (one) => one.session_id !== session.session_id,
      async () => {
        const params = { session_id: session.session_id };
        await call<typeof endSession>('DELETE /auth/sessions/{session_id}', { params });
        toast({ text: t('sessions.ended', { device }) });
      },
    );
  const endOthers = () => {
    setAsking(false);
    return end(
      (one) => one.is_current,
      async () => {
        const { ended } = await call<typeof endOtherSessions>('DELETE /auth/sessions', {});
        toast({ text: t('sessions.ended-others', { count: ended }) });
      },
    );
  };

  const list = [...(sessions ?? [])].sort(
    (one, other) => Number(other.is_current) - Number(one.is_current),
  );
  return (
    <div class="sessions">
      <PageHeader title={t('sessions.title')} backTo="/settings" />
      <p class="sessions__text quiet">{t('sessions.text')}</p>
      {error && !sessions && (
        <div class="sessions__text" role="alert">
          <p>{t('sessions.failed', { reason: error.message })}</p>
          <Button onClick={() => setAttempt(attempt + 1)}>{t('try-again')}</Button>
        </div>
      )}
      {!error && !sessions && <SkeletonRows count={3} />}
      <ul class="sessions__list">
        {list.map((session) => (
          <Row key={session.session_id} session={session} onEnd={endOne} />
        ))}
      </ul>
      {list.length > 1 && (
        <div class="sessions__text">
          <Button kind="danger" onClick={() => setAsking(true)}>
            {t('sessions.end-others')}
          </Button>
        </div>
      )}
      {asking && (
        <Ask
          title={t('sessions.end-others-title')}
          text={t('sessions.end-others-text')}
          yes={t('sessions.end-others')}
          onYes={() => endOthers().catch(reportError)}
          onNo={() => setAsking(false)}
        />
      )}
    </div>
  );
}

interface RowProps {
  readonly session: SessionInList;
  readonly onEnd: (session: SessionInList, device: string) => Promise<void>;
}

function Row({ session, onEnd }: RowProps) {
  const { name, isPhone } = deviceOf(session.device);
  const device = name || t('sessions.unknown');
  return (
    <li class="sessions__row">
      <Icon of={isPhone ? Smartphone : Monitor} />
      <div class="sessions__device">
        <strong title={session.device}>{device}</strong>
        {session.is_current ? (
          <span class="sessions__here">{t('sessions.current')}</span>
        ) : (
          <span class="quiet">
            {t('sessions.used')} <RelativeTime at={session.last_used_at} />
          </span>
        )}
      </div>
      {!session.is_current && (
        <Button
          small
          aria-label={t('sessions.end-name', { device })}
          onClick={() => onEnd(session, device).catch(reportError)}
        >
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}
