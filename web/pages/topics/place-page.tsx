import { ExternalLink, MapPin } from 'lucide';
import type { Place } from '../../../api/places.ts';
import { loadPlace, placeKnown } from '../../data/places.ts';
import { placePostsList } from '../../data/topic-posts.ts';
import { locale, t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { PageProps } from '../../ui/page.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { useTitle } from '../../ui/title.ts';
import { useLoad } from './load.ts';
import { TopicPosts } from './posts.tsx';

/** A place: where it is, and the posts from there. */
export default function PlacePage({ params }: PageProps) {
  const id = params.id ?? '';
  const { error, again } = useLoad(id, loadPlace);
  const place = placeKnown(id).value;
  useTitle(place?.name ?? '');
  if (error?.code === 'place_not_found' || error?.code === 'validation_failed') return <Gone />;
  return (
    <div class="topic">
      <PageHeader title={<bdi>{place?.name ?? ''}</bdi>} backTo="/" />
      {error && !place ? (
        <EmptyState icon={MapPin} title={t('place.failed')} text={error.message}>
          <Button kind="primary" onClick={again}>
            {t('try-again')}
          </Button>
        </EmptyState>
      ) : (
        <>
          {place && <Spot place={place} />}
          <TopicPosts
            href={`/places/${id}`}
            listOf={(order) => placePostsList(id, order)}
            none={<EmptyState icon={MapPin} title={t('place.none')} text={t('place.none-text')} />}
          />
        </>
      )}
    </div>
  );
}

/** Nothing of the map is loaded here: it is a link, and the reader decides. */
function Spot({ place: { latitude, longitude } }: { readonly place: Place }) {
  if (latitude === null || longitude === null) return null;
  const figures = new Intl.NumberFormat(locale.value, {
    minimumFractionDigits: 4,
    maximumFractionDigits: 4,
  });
  const degrees = (value: number) => ({ degrees: figures.format(Math.abs(value)) });
  const spot = t('place.spot', {
    latitude: t(latitude < 0 ? 'place.south' : 'place.north', degrees(latitude)),
    longitude: t(longitude < 0 ? 'place.west' : 'place.east', degrees(longitude)),
  });
  return (
    <div class="topic-head">
      <p class="topic-head__facts figures">{spot}</p>
      <a
        class="topic-head__link"
        href={mapAddress(latitude, longitude)}
        target="_blank"
        rel="noopener noreferrer"
      >
        <Icon of={ExternalLink} size={20} />
        {t('place.open')}
      </a>
    </div>
  );
}

function mapAddress(latitude: number, longitude: number): string {
  const pin = new URLSearchParams({ mlat: String(latitude), mlon: String(longitude) });
  return `https://www.openstreetmap.org/?${pin}#map=16/${latitude}/${longitude}`;
}

function Gone() {
  useTitle(t('place.gone'));
  return (
    <>
      <PageHeader title={t('place.gone')} backTo="/" />
      <EmptyState icon={MapPin} title={t('place.gone')} text={t('place.gone-text')}>
        <ButtonLink href="/">{t('not-found.go')}</ButtonLink>
      </EmptyState>
    </>
  );
}
