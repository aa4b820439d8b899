import { t } from '../strings/strings.ts';
import { toast } from '../ui/toast.tsx';
import { scriptUrl } from './script-url.ts';
import { onSignedOut } from './session.ts';

/** Caches of this beginning are filled by service-worker.ts. */
const PHOTOS = 'aperto-photos-';
/** Milliseconds between questions for a new build, for pages that stay open for days. */
const ASK_EVERY = 60 * 60 * 1000;

/**
 * Brings the service worker in, once the page itself has been served, and says when a new build is
 * ready. Call once. Needs https or localhost; elsewhere the app works without.
 */
export function startOffline(): void {
  onSignedOut(() => void forgetPhotos().catch(reportError));
  // A build that takes the worker away: browsers that have one look for a newer by themselves.
  if (import.meta.env.MODE === 'no-service-worker') return;
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const begin = () => void register();
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}

/** What one person saw is not for the next one at this device. */
async function forgetPhotos(): Promise<void> {
  // Undefined on plain http, where nothing is kept either.
  if (!globalThis.caches) return;
  const names = (await caches.keys()).filter((name) => name.startsWith(PHOTOS));
  await Promise.all(names.map((name) => caches.delete(name)));
}

async function register(): Promise<void> {
  let registration: ServiceWorkerRegistration;
  try {
    registration = await navigator.serviceWorker.register(scriptUrl('/service-worker.js'), {
      updateViaCache: 'none',
    });
  } catch (error) {
    // Forbidden by the browser's settings, or no connection just now: the app works without.
    console.info('No service worker:', error);
    return;
  }
  tellWhenReady(registration);
  let asked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || Date.now() - asked < ASK_EVERY) return;
    asked = Date.now();
    registration.update().catch((error: unknown) => console.info('No new build:', error));
  });
}

/** A build that waits while an older one serves this page is offered, never forced. */
function tellWhenReady(registration: ServiceWorkerRegistration): void {
  const offer = () => {
    const { waiting } = registration;
    if (waiting && navigator.serviceWorker.controller) tell(waiting);
  };
  offer();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer);
  });
}

function tell(waiting: ServiceWorker): void {
  const reload = () => {
    // It went on already: another tab asked for it, or it waits for nobody.
    if (waiting.state !== 'installed') {
      location.reload();
      return;
    }
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
      once: true,
    });
    waiting.postMessage('take-over');
  };
  toast({
    text: t('update.ready'),
    action: { label: t('update.reload'), run: reload },
    stays: true,
  });
}
