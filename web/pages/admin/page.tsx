import './admin.css';
import { LockKeyhole } from 'lucide';
import { isAdmin, isStaff } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useTitle } from '../../ui/title.ts';
import { DeadJobs } from './dead-jobs.tsx';
import { Health } from './health.tsx';
import { People } from './people.tsx';
import { Storage } from './storage.tsx';

/** For whoever runs the server: how it is, who is here, and what it has given up. */
export default function AdminPage() {
  useTitle(t('admin.title'));
  return (
    <div class="admin">
      <PageHeader title={t('admin.title')} backTo="/settings" />
      {isStaff.value ? (
        <>
          {isAdmin.value && <Health />}
          {isAdmin.value && <Storage />}
          <People />
          {isAdmin.value && <DeadJobs />}
        </>
      ) : (
        <EmptyState icon={LockKeyhole} title={t('admin.refused')} text={t('admin.refused-text')} />
      )}
    </div>
  );
}
