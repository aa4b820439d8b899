/** Set in localStorage while there is something to find, so that others need not open the store. */
export const PENDING_FLAG = 'aperto.pending';
