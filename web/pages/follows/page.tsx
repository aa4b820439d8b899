import './follows.css';
import { Lock, UsersRound } from 'lucide';
import { useEffect } from 'preact/hooks';
import type { listFollowers } from '../../../api/graph.ts';
import { call } from '../../data/client.ts';
import { type List, listNamed } from '../../data/lists.ts';
import { keepPerson, person, personNamed } from '../../data/people.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import type { PageProps } from '../../ui/page.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { go, place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useTitle } from '../../ui/title.ts';
import { PersonRow } from '../post/person-row.tsx';

type Side = 'followers' | 'following' | 'mutuals';

/** Rows asked for at once. */
const PAGE = 50;

/** Of somebody else, those whom the reader follows too are a list of their own. */
function sidesFor(username: string): readonly Side[] {
  const isOther = me.value && me.value.username !== username.toLowerCase();
  return isOther ? ['followers', 'following', 'mutuals'] : ['followers', 'following'];
}

/** Who follows a person, and whom they follow. */
export default function FollowsPage({ params }: PageProps) {
  const username = params.username ?? '';
  const sides = sidesFor(username);
  const side = sides.find((id) => place.value.path.endsWith(`/${id}`)) ?? 'followers';
  useTitle(`${t(`follows.${side}`)} · ${username}`);
  return (
    <div class="follows">
      <PageHeader title={<bdi>{username}</bdi>} backTo={`/${username}`} />
      <Tabs
        label={t('follows.tabs')}
        tabs={sides.map((id) => ({ id, label: t(`follows.${id}`) }))}
        chosen={side}
        panel="follows-panel"
        onChoose={(id) => go(`/${username}/${id}`, { replace: true })}
      />
      <div id="follows-panel" role="tabpanel" aria-label={t(`follows.${side}`)}>
        <People key={side} username={username} side={side} />
      </div>
    </div>
  );
}

function peopleList(username: string, side: Side): List<string> {
  return listNamed(`${side} ${username.toLowerCase()}`, {
    load: async (cursor) => {
      const page = await call<typeof listFollowers>(
        // The lists are alike; the type of one stands for the other.
        `GET /users/{username}/${side}` as typeof listFollowers.name,
        {
          params: { username },
          query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
        },
      );
      return { items: page.items.map(keepPerson), next: page.next };
    },
    idOf: (id) => id,
  });
}

function People({ username, side }: { readonly username: string; readonly side: Side }) {
  const list = peopleList(username, side);
  useEffect(() => list.start(!place.peek().returned), [list]);
  const ids = list.items.value;
  const state = list.state.value;
  useScrollMemory(ids.length > 0 || state === 'ready');
  if (ids.length === 0 && (state === 'idle' || state === 'loading')) return <SkeletonRows />;
  if (list.error.value?.code === 'account_private') {
    return <EmptyState icon={Lock} title={t('profile.private')} text={list.error.value.message} />;
  }
  if (ids.length === 0 && state === 'failed') {
    return (
      <EmptyState title={t('follows.failed')} text={list.error.value?.message}>
        <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
      </EmptyState>
    );
  }
  if (ids.length === 0) {
    const name = personNamed(username).value?.full_name || username;
    return (
      <EmptyState
        icon={UsersRound}
        title={t(`follows.none-${side}`)}
        text={t(`follows.none-${side}-text`, { name })}
      />
    );
  }
  return (
    <>
      <ul class="follows__list">
        {ids.map((id) => (
          <Row key={id} id={id} />
        ))}
      </ul>
      <More
        state={state}
        ended={list.ended.value}
        error={list.error.value?.message}
        onMore={() => list.more().catch(reportError)}
      />
    </>
  );
}

function Row({ id }: { readonly id: string }) {
  const shown = person(id)?.value;
  return shown ? <PersonRow person={shown} /> : null;
}
