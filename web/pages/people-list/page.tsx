import './people-list.css';
import { useEffect } from 'preact/hooks';
import type { listBlocked } from '../../../api/graph.ts';
import { call } from '../../data/client.ts';
import { type List, listNamed } from '../../data/lists.ts';
import { keepPerson, type Person, person } from '../../data/people.ts';
import { type Mark, sendMark } from '../../data/relations.ts';
import { type Key, t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { tellFailure } from '../people/acts.ts';
import { PersonRow } from '../post/person-row.tsx';
import { AddByName } from './add-by-name.tsx';
import { LISTS, type OwnList } from './own-lists.ts';

/** Rows asked for at once. */
const PAGE = 50;

/** One of the own lists of people, to read, add to and take out of. */
export default function PeopleListPage() {
  const own = LISTS[place.value.path.split('/').filter(Boolean).at(-1) ?? ''] ?? LISTS.blocked;
  return own ? <Shown key={own.mark} own={own} /> : null;
}

function Shown({ own }: { readonly own: OwnList }) {
  useTitle(t(own.title));
  const list = peopleIn(own);
  return (
    <div class="people-list">
      <PageHeader title={t(own.title)} backTo="/settings" />
      <div class="people-list__top">
        <p class="quiet">{t(`people-list.${own.words}-hint`)}</p>
        <AddByName own={own} list={list} />
      </div>
      <People own={own} list={list} />
    </div>
  );
}

function peopleIn({ mark, route }: OwnList): List<string> {
  return listNamed(`own ${mark}`, {
    load: async (cursor) => {
      const page = await call<typeof listBlocked>(route, {
        query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
      });
      return { items: page.items.map(keepPerson), next: page.next };
    },
    idOf: (id) => id,
  });
}

interface PeopleProps {
  readonly own: OwnList;
  readonly list: List<string>;
}

function People({ own, list }: PeopleProps) {
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
      <EmptyState
        icon={own.icon}
        title={t(`people-list.${own.words}-none`)}
        text={t('people-list.none-text')}
      />
    );
  }
  return (
    <>
      <ul class="people-list__rows">
        {ids.map((id) => (
          <Row key={id} id={id} own={own} onRemove={(who) => takeOut(own, list, who)} />
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

interface RowProps {
  readonly id: string;
  readonly own: OwnList;
  readonly onRemove: (who: Person) => void;
}

function Row({ id, own, onRemove }: RowProps) {
  const who = person(id).value;
  if (!who) return null;
  const act = t(`people-list.${own.words}-undo`);
  return (
    <PersonRow person={who}>
      <Button
        small
        aria-label={t('people-list.act-name', { act, name: who.username })}
        onClick={() => onRemove(who)}
      >
        {act}
      </Button>
    </PersonRow>
  );
}

const TAKEN_OUT: Readonly<Record<Mark, Key>> = {
  blocking: 'relation.unblocked',
  muting: 'relation.unmuted',
  restricting: 'relation.unrestricted',
  close_friend: 'relation.unclosed',
};

/** Out of the list at once, with the way back; there again when the server refuses. */
function takeOut({ mark, ...own }: OwnList, list: List<string>, who: Person): void {
  const index = Math.max(0, list.items.peek().indexOf(who.user_id));
  const putIn = () => list.insert(who.user_id, index);
  const again = () => takeOut({ mark, ...own }, list, who);
  const undo = () => {
    putIn();
    sendMark(who.username, mark, true).catch((error: unknown) => {
      list.remove(who.user_id);
      tellFailure(error, undo);
    });
  };
  list.remove(who.user_id);
  sendMark(who.username, mark, false).then(
    () =>
      toast({
        text: t(TAKEN_OUT[mark], { name: who.username }),
        action: { label: t('undo'), run: undo },
      }),
    (error: unknown) => {
      putIn();
      tellFailure(error, again);
    },
  );
}
