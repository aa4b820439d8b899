import { ShieldAlert } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type * as api from '../../../api/admin.ts';
import type { RoleName } from '../../../api/people.ts';
import { ApiError, call } from '../../data/client.ts';
import { createList, type List } from '../../data/lists.ts';
import { isAdmin, me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Link } from '../../ui/link.tsx';
import { More } from '../../ui/more.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toast } from '../../ui/toast.tsx';
import { SuspendSheet } from './suspend-sheet.tsx';

type Row = api.PersonInAdmin;
type Filter = 'all' | 'staff' | 'suspended';
const FILTERS: readonly Filter[] = ['all', 'staff', 'suspended'];
const ROLES: readonly RoleName[] = ['member', 'moderator', 'admin'];

function peopleList(filter: Filter, q: string): List<Row> {
  const wanted = {
    ...(filter === 'staff' ? { role: 'moderator' as const } : {}),
    ...(filter === 'suspended' ? { state: 'suspended' as const } : {}),
    ...(q === '' ? {} : { q }),
  };
  return createList<Row>(
    {
      load: (cursor) =>
        call<typeof api.listPeople>('GET /admin/people', {
          query: { limit: 50, ...wanted, ...(cursor === undefined ? {} : { cursor }) },
        }),
      idOf: (person) => person.user_id,
    },
    null,
  );
}

/** Everyone on this server, to look for, to give roles to, to suspend. */
export function People() {
  const [filter, setFilter] = useState<Filter>('all');
  const [q, setQ] = useState('');
  const [list, setList] = useState(() => peopleList('all', ''));
  useEffect(() => {
    const next = peopleList(filter, q.trim().toLowerCase());
    next.start();
    setList(next);
  }, [filter, q]);
  const people = list.items.value;
  const state = list.state.value;

  return (
    <section class="admin__part" aria-labelledby="people">
      <header class="admin__head">
        <h2 id="people">{t('admin.people')}</h2>
      </header>
      <search class="admin__filters">
        <TextField
          type="search"
          label={t('admin.people-search')}
          value={q}
          onValue={setQ}
          maxLength={30}
          autocapitalize="none"
          autocomplete="off"
        />
        <label class="field">
          <span class="field__label">{t('admin.people-show')}</span>
          <select
            class="admin__select"
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value as Filter)}
          >
            {FILTERS.map((one) => (
              <option key={one} value={one}>
                {t(`admin.filter-${one}`)}
              </option>
            ))}
          </select>
        </label>
      </search>
      {people.length === 0 && (state === 'idle' || state === 'loading') && (
        <SkeletonRows count={4} />
      )}
      {people.length === 0 && state === 'failed' && (
        <EmptyState title={t('admin.people-failed')} text={list.error.value?.message} />
      )}
      {people.length === 0 && state === 'ready' && <EmptyState title={t('admin.people-none')} />}
      {people.length > 0 && (
        <>
          <Table people={people} list={list} />
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

function Table({ people, list }: { readonly people: readonly Row[]; readonly list: List<Row> }) {
  return (
    <div class="admin__scroll">
      <table class="admin__table">
        <thead>
          <tr>
            <th scope="col">{t('admin.person')}</th>
            <th scope="col">{t('admin.role')}</th>
            <th scope="col">{t('admin.posts')}</th>
            <th scope="col">{t('admin.followers')}</th>
            <th scope="col">{t('admin.joined')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <PersonRow key={person.user_id} person={person} list={list} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PersonRow({ person, list }: { readonly person: Row; readonly list: List<Row> }) {
  const [asking, setAsking] = useState(false);
  const params = { username: person.username };

  /** Shows the change at once; what the server says stands, and a refusal takes it back. */
  const change = async (shown: Partial<Row>, send: () => Promise<Row>) => {
    list.replace(person.user_id, { ...person, ...shown });
    try {
      list.replace(person.user_id, await send());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      list.replace(person.user_id, person);
      toast({ text: error.message });
    }
  };
  const giveRole = (role: RoleName) =>
    change({ role }, () =>
      call<typeof api.changeRole>('PUT /admin/people/{username}/role', { params, body: { role } }),
    );
  const reinstate = () =>
    change({ state: 'active' }, () =>
      call<typeof api.reinstatePerson>('DELETE /admin/people/{username}/suspend', { params }),
    );
  const suspend = async (reason: string) => {
    setAsking(false);
    await change({ state: 'suspended' }, () =>
      call<typeof api.suspendPerson>('POST /admin/people/{username}/suspend', {
        params,
        body: { reason },
      }),
    );
    toast({
      text: t('admin.suspended-toast', { name: person.username }),
      action: { label: t('undo'), run: () => reinstate().catch(reportError) },
    });
  };

  const suspended = person.state === 'suspended';
  return (
    <tr>
      <th scope="row">
        <span class="admin__person">
          <Avatar src={person.profile_picture} name={person.full_name} />
          {suspended ? (
            <span class="ellipsis">{person.username}</span>
          ) : (
            <Link href={`/${person.username}`} class="ellipsis">
              {person.username}
            </Link>
          )}
          {suspended && <strong class="admin__problem">{t('admin.suspended')}</strong>}
        </span>
      </th>
      <td>
        {isAdmin.value ? (
          <select
            class="admin__select"
            aria-label={t('admin.role-of', { name: person.username })}
            value={person.role}
            onChange={(event) => giveRole(event.currentTarget.value as RoleName).catch(reportError)}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t(`admin.role-${role}`)}
              </option>
            ))}
          </select>
        ) : (
          t(`admin.role-${person.role}`)
        )}
      </td>
      <td class="figures">{person.posts_count}</td>
      <td class="figures">{person.followers_count}</td>
      <td>
        <RelativeTime at={person.created_at} />
      </td>
      <td>
        {suspended && (
          <Button small onClick={() => reinstate().catch(reportError)}>
            {t('admin.reinstate')}
          </Button>
        )}
        {!suspended && person.role === 'member' && person.user_id !== me.value?.user_id && (
          <Button small icon={ShieldAlert} onClick={() => setAsking(true)}>
            {t('admin.suspend')}
          </Button>
        )}
        {asking && (
          <SuspendSheet
            name={person.username}
            onSuspend={(reason) => suspend(reason).catch(reportError)}
            onClose={() => setAsking(false)}
          />
        )}
      </td>
    </tr>
  );
}
