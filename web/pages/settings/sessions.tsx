import { Monitor, Smartphone } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { endSession, listSessions } from '../../../api/people.ts';
import type { DataOf } from '../../../api/route.ts';
import { ApiError, call } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';
import { deviceOf } from './device.ts';

type SessionInList = DataOf<typeof listSessions>[number];

/** Every place where the person is logged in; each but this one can be ended. */
export function Sessions() {
  const [sessions, setSessions] = useState<readonly SessionInList[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);

  // `attempt` asks again.
  useEffect(() => {
    setError(null);
    call<typeof listSessions>('GET /auth/sessions', {}).then(setSessions, (caught: unknown) => {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    });
  }, [attempt]);

  const end = async (session: SessionInList, device: string) => {
    const before = sessions;
    setSessions((now) => now?.filter((one) => one.session_id !== session.session_id) ?? null);
    try {
      await call<typeof endSession>('DELETE /auth/sessions/{session_id}', {
        params: { session_id: session.session_id },
      });
      toast({ text: t('settings.session-ended', { device }) });
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      // Ended already is what was wanted.
      if (caught.code === 'not_found') return;
      setSessions(before);
      toast({ text: t('settings.session-failed', { device, reason: caught.message }) });
    }
  };

  return (
    <section class="settings__part" aria-labelledby="sessions">
      <h2 id="sessions">{t('settings.sessions')}</h2>
      <p class="quiet">{t('settings.sessions-text')}</p>
      {error && !sessions && (
        <div class="settings__do" role="alert">
          <p>{t('settings.sessions-failed', { reason: error.message })}</p>
          <Button onClick={() => setAttempt(attempt + 1)}>{t('try-again')}</Button>
        </div>
      )}
      {!error && !sessions && <SkeletonRows count={2} />}
      <ul class="settings__sessions">
        {[...(sessions ?? [])]
          .sort((one, other) => Number(other.is_current) - Number(one.is_current))
          .map((session) => (
            <Row key={session.session_id} session={session} onEnd={end} />
          ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly session: SessionInList;
  readonly onEnd: (session: SessionInList, device: string) => Promise<void>;
}

function Row({ session, onEnd }: RowProps) {
  const { name, isPhone } = deviceOf(session.device);
  const device = name || t('settings.session-unknown');
  return (
    <li class="settings__session">
      <Icon of={isPhone ? Smartphone : Monitor} />
      <div class="settings__device">
        <strong title={session.device}>{device}</strong>
        <span class={session.is_current ? 'settings__here' : 'quiet'}>
          {session.is_current ? (
            t('settings.session-current')
          ) : (
            <>
              {t('settings.session-used')} <RelativeTime at={session.last_used_at} />
            </>
          )}
        </span>
      </div>
      {!session.is_current && (
        <Button
          small
          aria-label={t('settings.session-end-name', { device })}
          onClick={() => onEnd(session, device).catch(reportError)}
        >
          {t('settings.session-end')}
        </Button>
      )}
    </li>
  );
}
