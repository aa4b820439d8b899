import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** One's own posts that are still on their way, at the place where they will be. */
export function Uploads() {
  const [Shown, setShown] = useState<{ of: ComponentType } | null>(null);
  useEffect(() => {
    import('../../data/uploads/in-feed.tsx').then(
      (module) => setShown({ of: module.UploadsInFeed }),
      (error: unknown) => console.error('The uploads could not be shown:', error),
    );
  }, []);
  return Shown && <Shown.of />;
}
