import { type Static, Type } from 'typebox';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;

export const FromWhom = Type.Union([
  Type.Literal('everyone'),
  Type.Literal('followed'),
  Type.Literal('nobody'),
]);
export type FromWhom = Static<typeof FromWhom>;

/** What a person has chosen. */
export const Settings = Type.Object(
  {
    language: Type.Union([Type.Literal('auto'), Type.Literal('en')], {
      description: 'auto: as the device says',
    }),
    tags_from: Type.Unsafe<FromWhom>({
      ...FromWhom,
      description: 'Who may tag you: everyone, only people you follow, nobody',
    }),
    mentions_from: Type.Unsafe<FromWhom>({
      ...FromWhom,
      description: 'Whose mentions of you become links',
    }),
    comments_from: Type.Unsafe<FromWhom>({
      ...FromWhom,
      description: 'Who may comment on your posts',
    }),
    show_like_counts: Type.Boolean({ description: 'On the posts of others' }),
    suggest_me: Type.Boolean({ description: 'Suggest you to friends of friends' }),
    default_audience: Type.Union(
      [Type.Literal('everyone'), Type.Literal('followers'), Type.Literal('close_friends')],
      { description: 'What compose begins with' },
    ),
  },
  closed,
);
export type Settings = Static<typeof Settings>;

export const getSettings = defineRoute({
  name: 'GET /account/settings',
  summary: 'What you have chosen',
  access: 'signed_in',
  returns: Settings,
});

export const changeSettings = defineRoute({
  name: 'PUT /account/settings',
  summary: 'Choose; fields that are left out stay as they are',
  access: 'signed_in',
  body: Type.Partial(Settings, { ...closed, minProperties: 1 }),
  returns: Settings,
});

const Channels = Type.Object(
  { in_app: Type.Boolean(), push: Type.Boolean(), email: Type.Boolean() },
  closed,
);

export const NOTIFICATION_TYPES = [
  'likes',
  'comments',
  'replies',
  'mentions',
  'tags',
  'follows',
  'follow_requests',
  'messages',
] as const;

export const NotificationPreferences = Type.Object(
  {
    types: Type.Object(
      {
        likes: Channels,
        comments: Channels,
        replies: Channels,
        mentions: Channels,
        tags: Channels,
        follows: Channels,
        follow_requests: Channels,
        messages: Channels,
      },
      closed,
    ),
    quiet_hours: Type.Union([
      Type.Object(
        {
          from: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
          to: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
          time_zone: Type.String({ maxLength: 64, description: 'IANA name: Europe/Berlin' }),
        },
        closed,
      ),
      Type.Null(),
    ]),
  },
  closed,
);
export type NotificationPreferences = Static<typeof NotificationPreferences>;

export const getNotificationPreferences = defineRoute({
  name: 'GET /notifications/preferences',
  summary: 'What you want to be told, and where',
  access: 'signed_in',
  returns: NotificationPreferences,
});

export const changeNotificationPreferences = defineRoute({
  name: 'PUT /notifications/preferences',
  summary: 'Choose what you want to be told, and where',
  access: 'signed_in',
  body: NotificationPreferences,
  returns: NotificationPreferences,
});
