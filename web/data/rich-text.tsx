import './rich-text.css';
import type { ComponentChildren } from 'preact';
import { type Entity, findEntities } from '../../api/text.ts';
import { Link } from '../ui/link.tsx';

export interface RichTextProps {
  readonly text: string;
  /** Usernames that lead somewhere; other mentions stay text. Left out, every mention is a link. */
  readonly mentions?: readonly string[] | undefined;
  /**
   * Without an element of its own, for a paragraph that begins with something else: the paragraph has
   * `dir="auto"`, and what stands before the text is in `<bdi>`, so that the text gives the direction.
   */
  readonly bare?: boolean | undefined;
}

/** What a person wrote, with its hashtags, mentions and links made live. */
export function RichText({ text, mentions, bare = false }: RichTextProps) {
  const parts = partsOf(text, mentions && new Set(mentions));
  return bare ? parts : <span dir="auto">{parts}</span>;
}

function partsOf(text: string, mentions: ReadonlySet<string> | undefined): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const entity of findEntities(text)) {
    if (entity.kind === 'mention' && mentions && !mentions.has(entity.value)) continue;
    if (entity.start > end) parts.push(text.slice(end, entity.start));
    parts.push(
      <Live key={entity.start} entity={entity} words={text.slice(entity.start, entity.end)} />,
    );
    end = entity.end;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/** In `<bdi>` each, so that the sign stays with its word in a text of the other direction. */
function Live({ entity, words }: { readonly entity: Entity; readonly words: string }) {
  switch (entity.kind) {
    case 'hashtag':
      return (
        <Link class="rich-link" href={`/tags/${encodeURIComponent(entity.value)}`}>
          <bdi>{words}</bdi>
        </Link>
      );
    case 'mention':
      return (
        <Link class="rich-link" href={`/${entity.value}`}>
          <bdi>{words}</bdi>
        </Link>
      );
    case 'link':
      return (
        <a
          class="rich-link"
          href={entity.value}
          target="_blank"
          rel="nofollow noopener noreferrer ugc"
        >
          <bdi>{words.replace(/^https?:\/\//i, '')}</bdi>
        </a>
      );
  }
}
