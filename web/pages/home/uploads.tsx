import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const found = import.meta.glob<{ UploadsInFeed: ComponentType }>('../../data/uploads/in-feed.tsx');
const load = Object.values(found)[0];

/** One's own posts that are still on their way, at the place where they will be. */
export function Uploads() {
  const [Shown, setShown] = useState<{ of: ComponentType } | null>(null);
  useEffect(() => {
    load?.().then(
      (module) => setShown({ of: module.UploadsInFeed }),
      (error: unknown) => console.error('The uploads could not be shown:', error),
    );
  }, []);
  return Shown && <Shown.of />;
}
