import './topics.css';
import type { ComponentChildren } from 'preact';
import type { List } from '../../data/lists.ts';
import type { PageOrder } from '../../data/topic-posts.ts';
import { t } from '../../strings/strings.ts';
import { go, place } from '../../ui/router.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { PostGrid } from '../profile/grid.tsx';

const ORDERS: readonly PageOrder[] = ['top', 'recent'];

interface TopicPostsProps {
  /** The address of the page. */
  readonly href: string;
  readonly listOf: (order: PageOrder) => List<string>;
  /** What stands there instead when there are no posts. */
  readonly none: ComponentChildren;
}

/** The posts under a hashtag or at a place, in the order that the address says. */
export function TopicPosts({ href, listOf, none }: TopicPostsProps) {
  const order = orderOfAddress();
  return (
    <>
      <Tabs
        label={t('topic.order')}
        tabs={ORDERS.map((id) => ({ id, label: t(`topic.${id}`) }))}
        chosen={order}
        panel="topic-posts"
        onChoose={(id) => go(id === 'recent' ? `${href}?order=recent` : href, { replace: true })}
      />
      <div id="topic-posts" role="tabpanel" aria-label={t(`topic.${order}`)}>
        <h2 class="visually-hidden">{t(`topic.${order}`)}</h2>
        <PostGrid key={order} list={listOf(order)} none={none} />
      </div>
    </>
  );
}

/** Also while a post is open over the page. */
function orderOfAddress(): PageOrder {
  const { over, query } = place.value;
  const asked = new URLSearchParams(over === null ? query : (over.split('?')[1] ?? ''));
  return asked.get('order') === 'recent' ? 'recent' : 'top';
}
