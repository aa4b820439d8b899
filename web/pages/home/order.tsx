import './order.css';
import { SlidersHorizontal } from 'lucide';
import type { FeedOrder } from '../../../api/ranking.ts';
import { changeRanking, feedOrder } from '../../data/ranking.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { forgetPosition } from '../../ui/scroll-memory.ts';

const ORDERS: readonly FeedOrder[] = ['ranked', 'latest'];

/** Orders the feed otherwise, from its top; the server remembers it. */
function chooseOrder(order: FeedOrder): void {
  forgetPosition();
  changeRanking({ order });
}

/** The switch between the orders: in reach of a thumb on a phone, above the posts elsewhere. */
export function OrderSwitch() {
  const now = feedOrder.value;
  return (
    <fieldset class="order-switch" disabled={now === null}>
      <legend class="visually-hidden">{t('order.label')}</legend>
      {ORDERS.map((order) => (
        <label key={order} class="order-switch__one">
          <input
            type="radio"
            name="feed-order"
            value={order}
            checked={now === order}
            onChange={() => chooseOrder(order)}
          />
          <span>{t(`order.${order}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Says how the feed is ordered, and leads to where that can be changed. */
export function OrderWords() {
  const now = feedOrder.value;
  if (now === null) return null;
  const words = t(`order.is-${now}`);
  return (
    <Link
      class="order-words"
      href="/settings/feed"
      aria-label={t('order.open', { order: words })}
      title={t('why.settings')}
    >
      <span>{words}</span>
      <Icon of={SlidersHorizontal} size={20} />
    </Link>
  );
}
