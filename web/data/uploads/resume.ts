import { effect } from '@preact/signals';
import { endedByServer, me, onSignedOut } from '../session.ts';
import { PENDING_FLAG } from './pending-flag.ts';

/**
 * Goes on with what was on its way when the app was left, and forgets it all when the person logs
 * out. The code for it comes only when there is something. Call once.
 */
export function resumeUploads(): void {
  effect(() => {
    const personId = me.value?.user_id;
    if (!personId || !localStorage.getItem(PENDING_FLAG)) return;
    import('./queue.ts').then(({ startUploads }) => startUploads(personId), reportError);
  });
  onSignedOut(() => {
    if (!localStorage.getItem(PENDING_FLAG)) return;
    // A session that the server ended may be taken up again: then what was written is still wanted.
    const asked = !endedByServer.peek();
    import('./queue.ts').then(({ stopUploads }) => stopUploads(asked)).catch(reportError);
  });
}
