import './audience-mark.css';
import { Lock, Star } from 'lucide';
import type { Audience } from '../../../api/posts.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';

/** Whom a post is for, where that is not everyone: a star for close friends, a lock for followers. */
export function AudienceMark(props: {
  readonly audience: Audience;
  readonly size?: number | undefined;
}) {
  const { audience, size = 16 } = props;
  if (audience === 'everyone') return null;
  const close = audience === 'close_friends';
  return (
    <span
      class={`audience-mark${close ? ' audience-mark--close' : ''}`}
      title={t(`audience.mark-${audience}`)}
    >
      <Icon
        of={close ? Star : Lock}
        size={size}
        filled={close}
        label={t(`audience.mark-${audience}`)}
      />
    </span>
  );
}
