import type { PersonId, SessionId } from '../../api/ids.ts';

/** Who is asking: the person behind a valid access token. */
export interface Viewer {
  readonly personId: PersonId;
  readonly sessionId: SessionId;
  readonly role: 'member' | 'moderator' | 'admin';
}
