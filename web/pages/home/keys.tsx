import { useEffect, useState } from 'preact/hooks';
import { post } from '../../data/posts.ts';
import { t } from '../../strings/strings.ts';
import { go } from '../../ui/router.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { like } from '../post/acts.ts';

/** Pixels below the top of the window at which a post counts as the one being looked at. */
const LINE = 120;

function items(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('.home [data-item]')];
}

/** The post that is being looked at: the one under the line. */
function current(): HTMLElement | undefined {
  return items().findLast((item) => item.getBoundingClientRect().top <= LINE) ?? items()[0];
}

function move(step: 1 | -1): void {
  const all = items();
  const now = current();
  const index = now ? all.indexOf(now) : 0;
  const top = now?.getBoundingClientRect().top ?? 0;
  // Before the first post is at its place or has been chosen, "next" means the first; in a post,
  // "back" means its top.
  const before = top > LINE || (index === 0 && !now?.contains(document.activeElement));
  const stay = (step === 1 && before) || (step === -1 && top < -LINE);
  const next = all[stay ? index : index + step];
  const card = next?.querySelector<HTMLElement>('article[tabindex]');
  if (!card) return;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: 'start', behavior: 'instant' });
}

function isTyping(event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector('dialog[open]')) return true;
  return (
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  );
}

/** The feed by keyboard: j and k move, l likes, o opens, ? shows the keys. */
export function FeedKeys() {
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      const id = current()?.dataset.item;
      if (event.key === 'j') move(1);
      else if (event.key === 'k') move(-1);
      else if (event.key === 'l' && id) like(id, !post(id).peek()?.viewer.liked);
      else if (event.key === 'o' && id) go(`/p/${id}`, { over: true });
      else if (event.key === '?') setHelp(true);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  if (!help) return null;
  const keys = [
    ['j', t('keys.next')],
    ['k', t('keys.previous')],
    ['l', t('keys.like')],
    ['o', t('keys.open')],
    ['?', t('keys.help')],
    ['Esc', t('keys.close')],
  ] as const;
  return (
    <Sheet title={t('home.keys')} onClose={() => setHelp(false)}>
      <dl class="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
