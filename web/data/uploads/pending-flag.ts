/** Set in localStorage while there is something to find, so that others need not open the store. */
export const PENDING_FLAG = 'aperto.pending';

/** In localStorage: what was written in a draft in the last moment before its page went away. */
export const DRAFT_EDITS = 'aperto.draft-edits';
