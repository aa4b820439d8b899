import { MapPin, MapPinPlus, X } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { PLACE_NAME_MAX } from '../../../api/limits.ts';
import type { Place } from '../../../api/places.ts';
import { ApiError } from '../../data/client.ts';
import { namePlace, type Position, placesLike } from '../../data/completion.ts';
import { t } from '../../strings/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ComboField } from '../../ui/combo-field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useOffers } from './offers.ts';

interface PlaceFieldProps {
  readonly place: Place | null;
  readonly onPlace: (place: Place | null) => void;
}

/** Where it was: one of the places that are known, or a new one. */
export function PlaceField({ place, onPlace }: PlaceFieldProps) {
  const [naming, setNaming] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const set = (next: Place | null) => {
    setNaming(null);
    onPlace(next);
    // What had the focus is gone; its successor takes it.
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('input, button')?.focus());
  };
  return (
    <div ref={box} class="place-field">
      {place ? (
        <div class="place-field__chosen">
          <Icon of={MapPin} size={20} />
          <span class="place-field__name">
            <span class="visually-hidden">{t('where.label')}: </span>
            <bdi>{place.name}</bdi>
          </span>
          <IconButton icon={X} iconSize={20} label={t('where.remove')} onClick={() => set(null)} />
        </div>
      ) : naming === null ? (
        <FindPlace onFound={set} onNew={setNaming} />
      ) : (
        <NewPlace name={naming} onNamed={set} onCancel={() => setNaming(null)} />
      )}
    </div>
  );
}

interface FindPlaceProps {
  readonly onFound: (place: Place) => void;
  readonly onNew: (name: string) => void;
}

function FindPlace({ onFound, onNew }: FindPlaceProps) {
  const [text, setText] = useState('');
  const name = text.trim();
  const { offers, error, settled } = useOffers(name || null, (signal) => placesLike(name, signal));
  const options = [
    ...offers.map((place) => ({
      key: place.place_id as string,
      content: (
        <>
          <Icon of={MapPin} size={20} />
          <bdi class="ellipsis">{place.name}</bdi>
        </>
      ),
    })),
    {
      key: 'new',
      content: (
        <>
          <Icon of={MapPinPlus} size={20} />
          <span class="place-field__name">{t('where.new', { name })}</span>
        </>
      ),
    },
  ];
  const take = (index: number) => {
    const place = offers[index];
    if (place) onFound(place);
    else onNew(name);
  };
  return (
    <ComboField
      label={t('where.label')}
      placeholder={t('where.hint')}
      maxLength={PLACE_NAME_MAX}
      value={text}
      onValue={setText}
      options={settled ? options : []}
      found={t('complete.found', { count: options.length })}
      onTake={take}
      onEnter={() => {
        if (name) take(offers.findIndex((one) => one.name.toLowerCase() === name.toLowerCase()));
      }}
      hint={error ? t('where.failed', { reason: error.message }) : undefined}
    />
  );
}

interface NewPlaceProps {
  readonly name: string;
  readonly onNamed: (place: Place) => void;
  readonly onCancel: () => void;
}

function NewPlace({ name: given, onNamed, onCancel }: NewPlaceProps) {
  const [name, setName] = useState(given);
  const [at, setAt] = useState<Position | 'asking' | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const ask = (wanted: boolean) => {
    setWrong(null);
    setAt(wanted ? 'asking' : null);
    if (!wanted) return;
    navigator.geolocation.getCurrentPosition(
      // Unless it was taken back meanwhile.
      ({ coords }) => setAt((now) => (now === 'asking' ? rounded(coords) : now)),
      () => {
        setAt(null);
        setWrong(t('where.position-failed'));
      },
      { timeout: 15_000, maximumAge: 60_000 },
    );
  };
  const add = async () => {
    if (name.trim() === '' || busy || at === 'asking') return;
    setBusy(true);
    setWrong(null);
    try {
      onNamed(await namePlace(name, at));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.message);
      setBusy(false);
    }
  };
  return (
    <fieldset class="place-field__new">
      <legend>{t('where.new-title')}</legend>
      <TextField
        label={t('where.name')}
        value={name}
        onValue={setName}
        maxLength={PLACE_NAME_MAX}
        inputRef={field}
        error={wrong}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add().catch(reportError);
        }}
      />
      <label class="switch-line">
        <input
          type="checkbox"
          checked={at !== null}
          onChange={(event) => ask(event.currentTarget.checked)}
        />
        <span>
          {t('where.position')}
          <span class="quiet switch-line__said">{t('where.position-hint')}</span>
        </span>
      </label>
      <div class="place-field__do">
        <Button
          kind="primary"
          small
          busy={busy || at === 'asking'}
          disabled={name.trim() === ''}
          onClick={() => add().catch(reportError)}
        >
          {t('where.add')}
        </Button>
        <Button small onClick={onCancel}>
          {t('cancel')}
        </Button>
      </div>
    </fieldset>
  );
}

/** To a thousandth of a degree, some 100 m: where it was, not in which house. */
function rounded({ latitude, longitude }: GeolocationCoordinates): Position {
  const round = (degrees: number) => Math.round(degrees * 1000) / 1000;
  return { latitude: round(latitude), longitude: round(longitude) };
}
