import { USERNAME_PATTERN } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { meet } from '../graph/relations.ts';
import { mediaUrl } from '../media/view.ts';

/** Who someone is, as it is told to whoever asks; nothing of what they share. */
export interface PublicProfile {
  readonly username: string;
  readonly fullName: string;
  readonly bio: string;
  /** Path of a square picture of 640 px. */
  readonly picture: string | null;
}

const name = new RegExp(USERNAME_PATTERN);

/** A profile as a visitor sees it; null when nobody of this name is there for them. */
export async function publicProfile(ctx: Context, username: string): Promise<PublicProfile | null> {
  if (!name.test(username.toLowerCase())) return null;
  try {
    const { person } = await meet(ctx, username, null);
    return {
      username: person.username,
      fullName: person.full_name,
      bio: person.bio,
      picture: person.avatar && mediaUrl(person.avatar.large),
    };
  } catch (error) {
    if (error instanceof Problem && error.code === 'user_not_found') return null;
    throw error;
  }
}
