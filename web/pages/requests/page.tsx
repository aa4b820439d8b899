import './requests.css';
import { UserPlus } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { listFollowRequests } from '../../../api/graph.ts';
import { call } from '../../data/client.ts';
import { type List, listNamed } from '../../data/lists.ts';
import { changePerson, keepPerson, type Person, person } from '../../data/people.ts';
import { answerRequest } from '../../data/relations.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { tellFailure } from '../people/acts.ts';
import { FollowButton } from '../people/follow-button.tsx';
import { PersonRow } from '../post/person-row.tsx';
import { undoable } from '../post/undo.ts';

/** Rows asked for at once. */
const PAGE = 50;

/** Who asks to follow. */
export default function RequestsPage() {
  useTitle(t('requests.title'));
  return (
    <div class="requests">
      <PageHeader title={t('requests.title')} backTo={`/${me.value?.username ?? ''}`} />
      <Requests />
    </div>
  );
}

function requestsList(): List<string> {
  return listNamed('requests', {
    load: async (cursor) => {
      const page = await call<typeof listFollowRequests>('GET /follow-requests', {
        query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
      });
      return { items: page.items.map(keepPerson), next: page.next };
    },
    idOf: (id) => id,
  });
}

function Requests() {
  const list = requestsList();
  const [accepted, setAccepted] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => list.start(!place.peek().returned), [list]);
  const ids = list.items.value;
  const state = list.state.value;
  useScrollMemory(ids.length > 0 || state === 'ready');
  if (ids.length === 0 && (state === 'idle' || state === 'loading')) return <SkeletonRows />;
  if (ids.length === 0 && state === 'failed') {
    return (
      <EmptyState title={t('follows.failed')} text={list.error.value?.message}>
        <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
      </EmptyState>
    );
  }
  if (ids.length === 0) {
    return (
      <EmptyState icon={UserPlus} title={t('requests.none')} text={t('requests.none-text')}>
        <ButtonLink href="/settings/privacy">{t('requests.privacy')}</ButtonLink>
      </EmptyState>
    );
  }

  const show = (id: string, yes: boolean) => {
    setAccepted((now) => {
      const next = new Set(now);
      if (yes) next.add(id);
      else next.delete(id);
      return next;
    });
    countAnswered(yes ? 1 : -1, yes ? 1 : -1);
  };
  const accept = (who: Person) => {
    show(who.user_id, true);
    answerRequest(who.username, true).catch((error: unknown) => {
      show(who.user_id, false);
      tellFailure(error, () => accept(who));
    });
  };
  return (
    <>
      <ul class="requests__list">
        {ids.map((id) => (
          <Row
            key={id}
            id={id}
            accepted={accepted.has(id)}
            onAccept={accept}
            onDecline={(who) => decline(list, who)}
          />
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

/** Gone at once; sent when nobody asked for the way back, as only they could ask again. */
function decline(list: List<string>, who: Person): void {
  const id = who.user_id;
  const index = list.items.peek().indexOf(id);
  const putBack = () => {
    list.insert(id, Math.max(0, index));
    countAnswered(-1, 0);
  };
  list.remove(id);
  countAnswered(1, 0);
  undoable(t('requests.declined', { name: who.username }), putBack, () => {
    answerRequest(who.username, false).catch((error: unknown) => {
      putBack();
      tellFailure(error, () => decline(list, who));
    });
  });
}

/** In what one's own profile says, if it is known here. */
function countAnswered(answered: number, letIn: number): void {
  const myId = me.peek()?.user_id;
  if (myId === undefined) return;
  changePerson(myId, ({ follow_requests_count, followers_count }) => ({
    ...(typeof follow_requests_count === 'number'
      ? { follow_requests_count: Math.max(0, follow_requests_count - answered) }
      : {}),
    ...(followers_count === undefined ? {} : { followers_count: followers_count + letIn }),
  }));
}

interface RowProps {
  readonly id: string;
  readonly accepted: boolean;
  readonly onAccept: (who: Person) => void;
  readonly onDecline: (who: Person) => void;
}

function Row({ id, accepted, onAccept, onDecline }: RowProps) {
  const who = person(id).value;
  if (!who) return null;
  if (accepted) {
    return (
      <PersonRow person={who} words={t('requests.accepted')}>
        <FollowButton person={who} small />
      </PersonRow>
    );
  }
  return (
    <PersonRow person={who}>
      <Button
        small
        kind="primary"
        aria-label={t('requests.accept-name', { name: who.username })}
        onClick={() => onAccept(who)}
      >
        {t('requests.accept')}
      </Button>
      <Button
        small
        aria-label={t('requests.decline-name', { name: who.username })}
        onClick={() => onDecline(who)}
      >
        {t('requests.decline')}
      </Button>
    </PersonRow>
  );
}
