import type { PlaceId } from '../../../api/ids.ts';

/** What posts are gathered under: a folded hashtag or a place. */
export type Topic =
  | { readonly kind: 'hashtag'; readonly tag: string }
  | { readonly kind: 'place'; readonly placeId: PlaceId };

/** The name of a topic among all: `#tag` or `@place_id`. */
export function topicName(topic: Topic): string {
  return topic.kind === 'hashtag' ? `#${topic.tag}` : `@${topic.placeId}`;
}

/** The topic of a name that `topicName` gave. */
export function topicNamed(name: string): Topic {
  return name.startsWith('#')
    ? { kind: 'hashtag', tag: name.slice(1) }
    : { kind: 'place', placeId: name.slice(1) as PlaceId };
}
