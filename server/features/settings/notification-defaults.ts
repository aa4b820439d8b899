import type { NotificationPreferences } from '../../../api/settings.ts';

const loud = { in_app: true, push: true, email: false };

/** Messages and requests reach a person everywhere; nothing goes by mail that they did not ask for. */
export const DEFAULT_NOTIFICATIONS: NotificationPreferences = {
  types: {
    likes: { in_app: true, push: false, email: false },
    comments: loud,
    replies: loud,
    mentions: loud,
    tags: loud,
    follows: loud,
    follow_requests: loud,
    messages: loud,
  },
  quiet_hours: null,
};
