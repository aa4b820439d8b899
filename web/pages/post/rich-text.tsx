import { Link } from '../../ui/link.tsx';
import { pieces } from './pieces.ts';

/** What a person wrote, with its links and mentions made live. */
export function RichText({ text }: { readonly text: string }) {
  return (
    <>
      {pieces(text).map((piece, index) => {
        if (piece.kind === 'mention') {
          return (
            <Link key={index} class="rich-link" href={`/${piece.username}`}>
              {piece.text}
            </Link>
          );
        }
        if (piece.kind === 'link') {
          return (
            <a
              key={index}
              class="rich-link"
              href={piece.text}
              target="_blank"
              rel="noopener noreferrer nofollow ugc"
            >
              {piece.text.replace(/^https?:\/\//, '')}
            </a>
          );
        }
        return piece.text;
      })}
    </>
  );
}
