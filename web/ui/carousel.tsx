import './carousel.css';
import { ChevronLeft, ChevronRight } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { Icon } from './icon.tsx';

export interface CarouselProps {
  readonly slides: readonly ComponentChildren[];
  /** The slide to begin with; the first unless told. */
  readonly start?: number | undefined;
  readonly onSlide?: ((index: number) => void) | undefined;
}

/** Milliseconds that slides take to move, about. */
const MOVING_MS = 400;

/** Slides side by side: swipe, arrows, dots, the arrow keys, Home and End. One slide is just itself. */
export function Carousel({ slides, start = 0, onSlide }: CarouselProps) {
  const track = useRef<HTMLDivElement>(null);
  const [now, setNow] = useState(start);
  const aim = useRef({ index: start, until: 0 });
  const total = slides.length;

  useEffect(() => {
    if (start > 0) show(start, 'instant');
    // Only where it begins; afterwards the reader leads.
  }, []);

  /** While the slides still move, a press goes on from where the last one leads. */
  const next = (step: number) =>
    (performance.now() < aim.current.until ? aim.current.index : now) + step;

  function show(to: number, behavior: ScrollBehavior = 'smooth'): void {
    const element = track.current;
    const index = Math.min(Math.max(to, 0), total - 1);
    aim.current = { index, until: performance.now() + MOVING_MS };
    const slide = element?.children[index];
    if (!element || !(slide instanceof HTMLElement)) return;
    // Not scrollIntoView, which would move the page as well.
    element.scrollTo({ left: slide.offsetLeft - element.offsetLeft, behavior });
  }

  function onScroll(): void {
    const element = track.current;
    if (!element) return;
    const index = Math.round(Math.abs(element.scrollLeft) / element.clientWidth);
    if (index === now || index >= total) return;
    setNow(index);
    onSlide?.(index);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const forward = document.documentElement.dir === 'rtl' ? -1 : 1;
    const target = {
      ArrowRight: next(forward),
      ArrowLeft: next(-forward),
      Home: 0,
      End: total - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    show(target);
  }

  if (total === 1) return <>{slides[0]}</>;
  return (
    // A group and no landmark: a feed has many of them, all of one name.
    // biome-ignore lint/a11y/useSemanticElements: a carousel is a group, not a set of fields.
    <div
      class="carousel"
      role="group"
      aria-roledescription="carousel"
      aria-label={t('carousel.label')}
      onKeyDown={onKeyDown}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard. */}
      <div ref={track} class="carousel__track" tabIndex={0} onScroll={onScroll}>
        {slides.map((slide, index) => (
          // biome-ignore lint/a11y/useSemanticElements: a slide is a group, not a set of fields.
          <div
            class="carousel__slide"
            key={index}
            role="group"
            aria-roledescription="slide"
            aria-label={t('carousel.slide', { index: index + 1, total })}
            aria-hidden={index === now ? undefined : 'true'}
          >
            {Math.abs(index - now) <= 1 ? slide : null}
          </div>
        ))}
      </div>
      {now > 0 && <Arrow previous onPress={() => show(next(-1))} />}
      {now < total - 1 && <Arrow onPress={() => show(next(1))} />}
      <div class="carousel__dots" aria-hidden="true">
        {slides.map((_, index) => (
          <span key={index} class={`carousel__dot${index === now ? ' carousel__dot--on' : ''}`} />
        ))}
      </div>
    </div>
  );
}

function Arrow({
  previous,
  onPress,
}: {
  readonly previous?: boolean;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      class={`carousel__arrow carousel__arrow--${previous ? 'previous' : 'next'}`}
      aria-label={previous ? t('carousel.previous') : t('carousel.next')}
      onClick={onPress}
      onDblClick={(event) => event.stopPropagation()}
    >
      <span>
        <Icon of={previous ? ChevronLeft : ChevronRight} size={20} directed />
      </span>
    </button>
  );
}
