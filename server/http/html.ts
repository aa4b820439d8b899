const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as it may stand between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** A tag with its attributes escaped; those that are undefined are left out. */
export function tag(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeHtml(String(value))}"`],
  );
  return `<${name}${written.join('')}>`;
}

const words = new Intl.Segmenter('en', { granularity: 'word' });

/** One line of at most about `max` UTF-16 units, cut between words; what is cut is shown by an ellipsis. */
export function excerpt(text: string, max: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  if (line.length <= max) return line;
  let end = 0;
  // Only the beginning is looked at, however long the text is.
  for (const { index } of words.segment(line.slice(0, max + 1))) {
    if (index <= max) end = index;
  }
  return `${line.slice(0, end === 0 ? max : end).trimEnd()}…`;
}
