import './skeleton.css';

export interface SkeletonProps {
  /** Any CSS length. */
  readonly width?: string | undefined;
  readonly height?: string | undefined;
  readonly round?: boolean | undefined;
  /** Width by height, instead of a height. */
  readonly ratio?: number | undefined;
}

/** A quiet box where something will be. Put `aria-busy` on what it stands in. */
export function Skeleton({ width, height, round, ratio }: SkeletonProps) {
  return (
    <span
      class={`skeleton${round ? ' skeleton--round' : ''}`}
      style={{
        inlineSize: width ?? '100%',
        blockSize: ratio === undefined ? (height ?? '1em') : undefined,
        aspectRatio: ratio === undefined ? undefined : String(ratio),
      }}
      aria-hidden="true"
    />
  );
}

/** Rows of a face and two lines, as in a list of people or of comments. */
export function SkeletonRows({ count = 6 }: { readonly count?: number | undefined }) {
  return (
    <div class="skeleton-rows" aria-busy="true">
      {Array.from({ length: count }, (_, index) => (
        <div class="skeleton-row" key={index}>
          <Skeleton width="2.75rem" height="2.75rem" round />
          <div class="skeleton-row__lines">
            <Skeleton width={`${52 - ((index * 7) % 20)}%`} height="0.75rem" />
            <Skeleton width={`${34 - ((index * 5) % 14)}%`} height="0.75rem" />
          </div>
        </div>
      ))}
    </div>
  );
}
