import type { FromWhom } from '../../../api/settings.ts';

/** Whether the author of a post takes comments from somebody: themselves, always. The one place that is asked. */
export function takesComments(from: FromWhom, isOwner: boolean, following: boolean): boolean {
  return isOwner || from === 'everyone' || (from === 'followed' && following);
}
