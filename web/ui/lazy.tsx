import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { toast } from './toast.tsx';

interface LazyProps<Props> {
  readonly load: () => Promise<ComponentType<Props>>;
  readonly props: Props;
}

/** A component whose code is fetched when it is shown first; nothing until then. */
export function Lazy<Props extends object>({ load, props }: LazyProps<Props>) {
  // In an object: a function in a state would be called.
  const [code, setCode] = useState<{ readonly Shown: ComponentType<Props> } | null>(null);
  useEffect(() => {
    let wanted = true;
    load().then(
      (Shown) => wanted && setCode({ Shown }),
      (error: unknown) => {
        console.error('The code of a part could not be loaded:', error);
        toast({ text: t('page.failed') });
      },
    );
    return () => {
      wanted = false;
    };
  }, []);
  return code && <code.Shown {...props} />;
}
