// A mean with its interval in one line's space.

import type { MeanInterval } from '../training/clustered-mean.ts';

/** @example intervalText({ value: 1, low: 0.5, high: 1.5 }, 1) // '1.0 (0.5 to 1.5)' */
export function intervalText(interval: MeanInterval | null, digits: number): string {
  if (interval === null) return '-';
  const { value, low, high } = interval;
  return `${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
