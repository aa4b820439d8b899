import { useState } from 'preact/hooks';
import type { Details } from '../../data/uploads/details.ts';
import { t } from '../../strings/strings.ts';

type Switches = Pick<Details, 'likesHidden' | 'commentsOff'>;

interface AdvancedFieldProps extends Switches {
  readonly onChange: (change: Partial<Switches>) => void;
}

/** What most posts do without. */
export function AdvancedField({ likesHidden, commentsOff, onChange }: AdvancedFieldProps) {
  // Open from the start where something is on; afterwards as the person leaves it.
  const [open] = useState(likesHidden || commentsOff);
  return (
    <details class="advanced" open={open}>
      <summary>{t('advanced.title')}</summary>
      <label class="switch-line">
        <input
          type="checkbox"
          checked={likesHidden}
          onChange={(event) => onChange({ likesHidden: event.currentTarget.checked })}
        />
        <span>
          {t('advanced.likes')}
          <span class="quiet switch-line__said">{t('advanced.likes-text')}</span>
        </span>
      </label>
      <label class="switch-line">
        <input
          type="checkbox"
          checked={commentsOff}
          onChange={(event) => onChange({ commentsOff: event.currentTarget.checked })}
        />
        <span>
          {t('advanced.comments')}
          <span class="quiet switch-line__said">{t('advanced.comments-text')}</span>
        </span>
      </label>
    </details>
  );
}
