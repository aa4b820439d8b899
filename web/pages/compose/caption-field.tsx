import type { TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Hashtag } from '../../../api/hashtags.ts';
import { CAPTION_MAX } from '../../../api/limits.ts';
import type { UserSummary } from '../../../api/people.ts';
import { hashtagsLike, peopleLike } from '../../data/completion.ts';
import { t } from '../../strings/strings.ts';
import { newElementId } from '../../ui/ids.ts';
import { Options, optionAfterKey, optionId } from '../../ui/options.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { useOffers } from './offers.ts';
import { PersonOption } from './person-option.tsx';
import { type Token, tokenAt, written } from './token.ts';

interface CaptionFieldProps {
  readonly label: string;
  readonly placeholder?: string | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

type Offer =
  | { readonly kind: 'person'; readonly person: UserSummary }
  | { readonly kind: 'hashtag'; readonly hashtag: Hashtag };

const wordOf = (offer: Offer) =>
  offer.kind === 'person' ? offer.person.username : offer.hashtag.tag;

async function offersFor(token: Token, signal: AbortSignal): Promise<readonly Offer[]> {
  if (token.kind === 'person') {
    return (await peopleLike(token.beginning)).map((person) => ({ kind: 'person', person }));
  }
  const found = await hashtagsLike(token.beginning, signal);
  return found.map((hashtag) => ({ kind: 'hashtag', hashtag }));
}

/** Where a caption is written; offers people after `@` and hashtags after `#`. */
export function CaptionField({ label, placeholder, value, onValue }: CaptionFieldProps) {
  const [list] = useState(() => newElementId('offers'));
  const area = useRef<HTMLTextAreaElement>(null);
  const [token, setToken] = useState<Token | null>(null);
  const [active, setActive] = useState(-1);
  const cursor = useRef<number | null>(null);
  const question = token && `${token.kind} ${token.beginning}`;
  const { offers } = useOffers(question, (signal) =>
    token ? offersFor(token, signal) : Promise.resolve([]),
  );
  // The token itself, written out already, is no news.
  const open = token !== null && offers.length > 0;
  const at = Math.min(active, offers.length - 1);

  useLayoutEffect(() => {
    if (cursor.current === null) return;
    area.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  }, [value]);

  const look = (text: string) => {
    const element = area.current;
    const found =
      element && element.selectionStart === element.selectionEnd
        ? tokenAt(text, element.selectionEnd)
        : null;
    setToken(found);
    if (found?.start !== token?.start || found?.beginning !== token?.beginning) setActive(-1);
  };
  const take = (index: number) => {
    const offer = offers[index];
    if (!token || !offer) return;
    const next = written(value, token, wordOf(offer));
    cursor.current = next.cursor;
    setToken(null);
    onValue(next.text);
    area.current?.focus();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    if (!open || event.isComposing) return;
    const next = optionAfterKey(event.key, at, offers.length);
    if (next !== null) setActive(next);
    else if ((event.key === 'Enter' || event.key === 'Tab') && at >= 0) take(at);
    else if (event.key === 'Escape') setToken(null);
    else return;
    event.preventDefault();
  };

  return (
    <div class="offering">
      <TextArea
        label={label}
        placeholder={placeholder}
        rows={3}
        value={value}
        limit={CAPTION_MAX}
        error={value.length > CAPTION_MAX ? t('compose.too-long') : null}
        areaRef={area}
        autocomplete="off"
        aria-autocomplete="list"
        aria-controls={open ? list : undefined}
        aria-activedescendant={open && at >= 0 ? optionId(list, at) : undefined}
        onValue={(text) => {
          onValue(text);
          look(text);
        }}
        onSelect={() => look(value)}
        onBlur={() => setToken(null)}
        onKeyDown={onKeyDown}
      />
      {open && (
        <Options
          id={list}
          label={t(token.kind === 'person' ? 'complete.people' : 'complete.hashtags')}
          options={offers.map((offer) => ({
            key: wordOf(offer),
            content: <OfferRow of={offer} />,
          }))}
          active={at}
          onTake={take}
        />
      )}
      <p class="visually-hidden" role="status">
        {open ? t('complete.found', { count: offers.length }) : ''}
      </p>
    </div>
  );
}

function OfferRow({ of }: { readonly of: Offer }) {
  if (of.kind === 'person') return <PersonOption person={of.person} />;
  return (
    <span class="options__names">
      <strong class="ellipsis" dir="auto">
        #{of.hashtag.tag}
      </strong>
      <span class="quiet figures">{t('complete.posts', { count: of.hashtag.posts_count })}</span>
    </span>
  );
}
