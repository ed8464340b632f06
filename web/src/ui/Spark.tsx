import { line } from '../core/series.ts';

/** Drawn beside its value in words, so it says nothing to a screen reader. */
export function Spark({ values, ceiling }: { values: readonly number[]; ceiling?: number }) {
  const path = line(values, 120, 28, ceiling);
  return (
    <svg class="spark" viewBox="0 0 120 28" preserveAspectRatio="none" aria-hidden="true">
      {path && <path class="area" d={`${path}L120 28L${120 - ((values.length - 1) * 120) / 119} 28Z`} />}
      <path class="stroke" d={path} />
    </svg>
  );
}
