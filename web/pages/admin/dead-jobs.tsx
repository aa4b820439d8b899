import { CircleCheck, RotateCw } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { DeadJob, listDeadJobs, retryDeadJob } from '../../../api/admin.ts';
import { ApiError, call } from '../../data/client.ts';
import { createList } from '../../data/lists.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';

function deadJobsList() {
  return createList<DeadJob>(
    {
      load: (cursor) =>
        call<typeof listDeadJobs>('GET /admin/dead-jobs', {
          query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) },
        }),
      idOf: (job) => job.job_id,
    },
    null,
  );
}

/** Jobs that were given up after their last try, newest first. */
export function DeadJobs() {
  const [list] = useState(deadJobsList);
  useEffect(() => list.start(), [list]);
  const jobs = list.items.value;
  const state = list.state.value;

  const retry = async (job: DeadJob) => {
    try {
      await call<typeof retryDeadJob>('POST /admin/dead-jobs/{job_id}/retry', {
        params: { job_id: job.job_id },
      });
      list.remove(job.job_id);
      toast({ text: t('admin.retried', { task: job.task }) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'job_not_found') list.remove(job.job_id);
      toast({ text: t('admin.retry-failed', { task: job.task, reason: error.message }) });
    }
  };

  return (
    <section class="admin__part" aria-labelledby="dead-jobs">
      <header class="admin__head">
        <h2 id="dead-jobs">{t('admin.jobs')}</h2>
        <Button small icon={RotateCw} onClick={() => list.reload().catch(reportError)}>
          {t('admin.refresh')}
        </Button>
      </header>
      <p class="quiet">{t('admin.jobs-text')}</p>
      {jobs.length === 0 && (state === 'idle' || state === 'loading') && <SkeletonRows count={3} />}
      {jobs.length === 0 && state === 'failed' && (
        <EmptyState title={t('admin.jobs-failed')} text={list.error.value?.message} />
      )}
      {jobs.length === 0 && state === 'ready' && (
        <EmptyState
          icon={CircleCheck}
          title={t('admin.jobs-none')}
          text={t('admin.jobs-none-text')}
        />
      )}
      {jobs.length > 0 && (
        <>
          <Table jobs={jobs} onRetry={retry} />
          <More
            state={state}
            ended={list.ended.value}
            error={list.error.value?.message}
            onMore={() => list.more().catch(reportError)}
          />
        </>
      )}
    </section>
  );
}

interface TableProps {
  readonly jobs: readonly DeadJob[];
  readonly onRetry: (job: DeadJob) => Promise<void>;
}

function Table({ jobs, onRetry }: TableProps) {
  return (
    <div class="admin__scroll">
      <table class="admin__table">
        <thead>
          <tr>
            <th scope="col">{t('admin.task')}</th>
            <th scope="col">{t('admin.error')}</th>
            <th scope="col">{t('admin.attempts')}</th>
            <th scope="col">{t('admin.failed-at')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.job_id}>
              <th scope="row">
                <code>{job.task}</code>
              </th>
              <td class="admin__error">
                <details>
                  <summary dir="ltr">{job.error.split('\n')[0]}</summary>
                  <pre dir="ltr">{job.error}</pre>
                  <p class="quiet">{t('admin.payload')}</p>
                  <pre dir="ltr">{job.payload}</pre>
                </details>
              </td>
              <td class="figures">{job.attempts}</td>
              <td>
                <RelativeTime at={job.failed_at} />
              </td>
              <td>
                <RetryButton job={job} onRetry={onRetry} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RetryButton({ job, onRetry }: { job: DeadJob; onRetry: TableProps['onRetry'] }) {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      small
      busy={busy}
      aria-label={t('admin.retry-name', { task: job.task })}
      onClick={() => {
        setBusy(true);
        onRetry(job)
          .finally(() => setBusy(false))
          .catch(reportError);
      }}
    >
      {t('admin.retry')}
    </Button>
  );
}
