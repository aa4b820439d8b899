import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ApiError } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';

interface WhenLoadedProps<Value> {
  readonly of: {
    readonly value: { readonly value: Value | null };
    readonly failed: { readonly value: ApiError | null };
    load(): Promise<void>;
  };
  readonly children: (value: Value) => ComponentChildren;
}

/** Asks for what was chosen, and shows it when it is here; a failure can be tried again. */
export function WhenLoaded<Value>({ of, children }: WhenLoadedProps<Value>) {
  useEffect(() => {
    of.load().catch(reportError);
  }, [of]);
  const value = of.value.value;
  if (value) return <>{children(value)}</>;
  if (!of.failed.value) return <SkeletonRows count={4} />;
  return (
    <EmptyState title={t('settings.failed')} text={of.failed.value.message}>
      <Button onClick={() => of.load().catch(reportError)}>{t('try-again')}</Button>
    </EmptyState>
  );
}
