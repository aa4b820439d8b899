import type { editProfile } from '../../api/people.ts';
import type { BodyOf } from '../../api/route.ts';
import { t } from '../strings/strings.ts';
import { toast } from '../ui/toast.tsx';
import { call } from './client.ts';
import { changePerson, keepPerson, loadProfile } from './people.ts';
import { me, updateMe } from './session.ts';
import { hear } from './socket.ts';

export type ProfileChanges = BodyOf<typeof editProfile>;

/**
 * Saves changes of one's own profile and shows them everywhere. `picture` is the new picture as it
 * lies on this device (a blob address): shown until the server has made its own. Throws `ApiError`.
 */
export async function saveProfile(changes: ProfileChanges, picture: string | null): Promise<void> {
  const person = me.peek();
  if (!person) throw new Error('Nobody is signed in');
  followOwnPicture();
  const username = person.username;
  const profile = await call<typeof editProfile>('PUT /users/{username}', {
    params: { username },
    body: changes,
  });
  keepPerson(profile);
  // The blob's address stays out of what is kept over a reload.
  updateMe({ full_name: profile.full_name, profile_picture: profile.profile_picture });
  if (changes.profile_picture_upload_id && picture) {
    changePerson(profile.user_id, () => ({
      profile_picture: picture,
      profile_picture_large: picture,
    }));
  }
}

let following = false;

/** Hears when the server has made a new profile picture, for as long as the app is open. */
function followOwnPicture(): void {
  if (following) return;
  following = true;
  hear('profile.updated', (news) => {
    const person = me.peek();
    if (news.user_id !== person?.user_id) return;
    if (news.failure) {
      toast({ text: t('edit-profile.picture-failed', { reason: news.failure }) });
    }
    updateMe({ profile_picture: news.profile_picture });
    loadProfile(person.username).catch((error: unknown) => {
      // The next visit to the profile asks again.
      console.info('The new picture could not be asked for:', error);
    });
  });
}
