import { Telescope } from 'lucide';
import { t } from '../../strings/strings.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useTitle } from '../../ui/title.ts';

/** What stands at an address where nothing is. */
export default function NotFoundPage() {
  useTitle(t('not-found.title'));
  return (
    <EmptyState icon={Telescope} title={t('not-found.title')} text={t('not-found.text')} whole>
      <ButtonLink kind="primary" href="/">
        {t('not-found.go')}
      </ButtonLink>
    </EmptyState>
  );
}
