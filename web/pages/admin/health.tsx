import { CircleAlert, CircleCheck, RotateCw } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { locale, t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { type HealthReport, readHealth } from './read-health.ts';

/** How the server and each of its parts are, in words. */
export function Health() {
  const [report, setReport] = useState<HealthReport | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);

  // `attempt` asks again.
  useEffect(() => {
    const leaving = new AbortController();
    setProblem(null);
    readHealth(leaving.signal).then(setReport, (error: unknown) => {
      if (leaving.signal.aborted) return;
      setProblem(error instanceof Error ? error.message : String(error));
    });
    return () => leaving.abort();
  }, [attempt]);

  return (
    <section class="admin__part" aria-labelledby="health">
      <header class="admin__head">
        <h2 id="health">{t('admin.health')}</h2>
        <Button small icon={RotateCw} onClick={() => setAttempt(attempt + 1)}>
          {t('admin.refresh')}
        </Button>
      </header>
      {problem !== null && (
        <p class="admin__problem" role="alert">
          {t('admin.health-failed', { reason: problem })}
        </p>
      )}
      {problem === null && !report && <SkeletonRows count={2} />}
      {report && <Report report={report} />}
    </section>
  );
}

function Report({ report }: { readonly report: HealthReport }) {
  const well = report.ready && report.parts.every(({ warning }) => warning === null);
  const time = new Intl.DateTimeFormat(locale.value, { timeStyle: 'medium' }).format(report.at);
  return (
    <>
      <p class={well ? 'admin__well' : 'admin__problem'} role="status">
        <Icon of={well ? CircleCheck : CircleAlert} size={20} />
        {t(well ? 'admin.all-well' : 'admin.not-well')}
      </p>
      <dl class="admin__health">
        {report.parts.map(({ name, ok, ms, problem, warning }) => (
          <div key={name}>
            <dt>{nameOf(name)}</dt>
            <dd class={ok && !warning ? 'admin__ok' : 'admin__problem'}>
              {ok ? (warning ?? t('admin.part-ok')) : (problem ?? t('admin.part-failed'))}
              {ms !== null && (
                <span class="quiet figures"> {t('admin.part-ms', { ms: String(ms) })}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <p class="quiet">{t('admin.checked', { time })}</p>
    </>
  );
}

const NAMES = {
  database: 'admin.database',
  blobs: 'admin.blobs',
  disk: 'admin.disk',
  load: 'admin.load',
} as const;

function nameOf(part: string): string {
  return part in NAMES ? t(NAMES[part as keyof typeof NAMES]) : part;
}
