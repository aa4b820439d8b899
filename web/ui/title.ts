import { useEffect } from 'preact/hooks';

/** Titles of what is on the screen: a page, and a sheet over it. The last one counts. */
const titles: { text: string }[] = [];

function show(): void {
  const text = titles.at(-1)?.text ?? '';
  document.title = text === '' ? 'Aperto' : `${text} · Aperto`;
}

/** Names the page in the window's title, followed by the app's name. */
export function useTitle(title: string): void {
  useEffect(() => {
    const mine = { text: title };
    titles.push(mine);
    show();
    return () => {
      titles.splice(titles.indexOf(mine), 1);
      show();
    };
  }, [title]);
}
