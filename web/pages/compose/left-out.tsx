import { X } from 'lucide';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { refused } from './drafting.ts';

/** Says which of the chosen files could not be taken, and why; the others have come. */
export function LeftOut() {
  const files = refused.value;
  return (
    <div role="status">
      {files.length > 0 && (
        <div class="left-out">
          <div class="left-out__words">
            <strong>{t('refused.title', { count: files.length })}</strong>
            <ul>
              {files.map(({ name, why }, index) => (
                <li key={`${index} ${name}`}>{t(`refused.${why}`, { name })}</li>
              ))}
            </ul>
          </div>
          <IconButton
            icon={X}
            iconSize={20}
            label={t('close')}
            onClick={() => {
              refused.value = [];
            }}
          />
        </div>
      )}
    </div>
  );
}
