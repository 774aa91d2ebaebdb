// Numbers of the page in words that fit a column.

/** From here on three digits round up to the next unit's 1. */
const ROUNDS_UP = 0.9995;

/** Three digits and a unit: "0.47 ns", "12.9 µs", "4.31 ms". */
export function formatTime(ns: number): string {
  if (!Number.isFinite(ns)) return '—';
  const units: readonly (readonly [number, string])[] = [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [0, 'ns'],
  ];
  const [scale, unit] = units.find(([least]) => ns >= least * ROUNDS_UP) ?? [1, 'ns'];
  return `${digits(ns / (scale || 1))} ${unit}`;
}

/** How many a second: "2.13 G", "412 k", "21". */
export function formatRate(ns: number): string {
  if (!(ns > 0)) return '—';
  const rate = 1e9 / ns;
  const units: readonly (readonly [number, string])[] = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
    [0, ''],
  ];
  const [scale, unit] = units.find(([least]) => rate >= least * ROUNDS_UP) ?? [1, ''];
  return `${digits(rate / (scale || 1))}${unit}`;
}

/** "12.9×", "0.85×". */
export function formatRatio(ratio: number): string {
  return Number.isFinite(ratio) ? `${digits(ratio)}×` : '—';
}

/** Whole numbers in groups of three. */
export function formatCount(n: number): string {
  return n.toLocaleString('en-US');
}

function digits(x: number): string {
  return x >= 100 ? formatCount(Math.round(x)) : x.toPrecision(3);
}
