// Numbers, times and hashes as text of stable width.

const MINUS = '\u2212';
export const NONE = '\u2013';

const grouped = new Map<number, Intl.NumberFormat>();

/**
 * A number with grouped thousands.
 *
 * @example formatNumber(-1234.5, 1) // '−1,234.5'
 */
export function formatNumber(value: number, digits = 0): string {
  if (!Number.isFinite(value)) return NONE;
  let format = grouped.get(digits);
  if (!format) {
    format = new Intl.NumberFormat('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    grouped.set(digits, format);
  }
  return format.format(value).replace('-', MINUS);
}

/** A number with its sign always shown. */
export function formatSigned(value: number, digits = 2): string {
  return value > 0 ? `+${formatNumber(value, digits)}` : formatNumber(value, digits);
}

/** A share 0..1 in percent. */
export function formatPercent(share: number | null, digits = 1): string {
  return share === null || !Number.isFinite(share) ? NONE : `${formatNumber(share * 100, digits)} %`;
}

/** Units of an instrument, as many digits as they need up to 6. */
export function formatUnits(units: number): string {
  if (!Number.isFinite(units)) return NONE;
  return String(Number(units.toFixed(6))).replace('-', MINUS);
}

/** UTC minute: 2024-01-05 13:35. */
export function formatTime(tsMs: number): string {
  return tsMs > 0 ? new Date(tsMs).toISOString().slice(0, 16).replace('T', ' ') : NONE;
}

/** UTC day and minute without the year: 01-05 13:35. */
export function formatShortTime(tsMs: number): string {
  return formatTime(tsMs).slice(5);
}

/** Bytes in the largest fitting unit. */
export function formatBytes(count: number): string {
  if (count < 1024) return `${count} B`;
  const [size, unit] = count < 1024 * 1024 ? [count / 1024, 'KiB'] : [count / (1024 * 1024), 'MiB'];
  return `${formatNumber(size, 1)} ${unit}`;
}

/** The first characters of a hash. */
export function shortHash(hash: string): string {
  return hash === '' ? NONE : hash.slice(0, 12);
}
