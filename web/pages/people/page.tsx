import './people.css';
import { CloudOff, UsersRound } from 'lucide';
import { useEffect } from 'preact/hooks';
import { loadSuggestions, suggestions, suggestionsFailed } from '../../data/suggestions.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { SuggestedRows } from './suggestions.tsx';

/** People whom one may want to know, each with the reason. */
export default function PeoplePage() {
  useTitle(t('suggested.title'));
  useEffect(() => {
    loadSuggestions().catch(reportError);
  }, []);
  useScrollMemory(suggestions.value !== null);
  return (
    <div class="people">
      <PageHeader title={t('suggested.title')} backTo="/" />
      <Content />
    </div>
  );
}

function Content() {
  const found = suggestions.value;
  const failed = suggestionsFailed.value;
  if (found?.length) return <SuggestedRows />;
  if (failed) {
    return (
      <EmptyState icon={CloudOff} title={t('suggested.failed')} text={failed.message}>
        <Button onClick={() => loadSuggestions().catch(reportError)}>{t('try-again')}</Button>
      </EmptyState>
    );
  }
  if (!found) return <SkeletonRows />;
  return (
    <EmptyState icon={UsersRound} title={t('suggested.none')} text={t('suggested.none-text')} />
  );
}
