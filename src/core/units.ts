// Units and fixed scales used everywhere. Money is integer micro-quote, quantity integer lots, price integer
// ticks.

import { GrandModelError } from './errors.ts';

/** Milliseconds in one five-minute bar. */
export const BAR_5M_MS = 300_000;
/** Milliseconds in one thirty-minute bar. */
export const BAR_30M_MS = 1_800_000;
/** Milliseconds in one day. */
export const DAY_MS = 86_400_000;
/** Money scale: micro-quote units in one quote unit. */
export const MICRO = 1_000_000;
/** Weight and fraction scale: parts per million. */
export const PPM = 1_000_000;

/** Direction codes, the same in every table, model output and journal record. */
export const SHORT = 0;
export const HOLD = 1;
export const LONG = 2;
/** SHORT 0, HOLD 1, LONG 2. */
export type Direction = 0 | 1 | 2;
/** Names of the direction codes, by code. */
export const DIRECTION_NAMES = ['SHORT', 'HOLD', 'LONG'] as const;

/**
 * Checks that a number is an exactly representable integer and returns it.
 *
 * @param value  any number
 * @param name   what it is, for the message
 * @throws       GrandModelError OVERFLOW when it is not a safe integer
 * @example      exactInteger(3, 'lots') // 3
 */
export function exactInteger(value: number, name: string): number {
  if (!Number.isSafeInteger(value)) {
    throw new GrandModelError('OVERFLOW', `Cannot keep ${name} exact: ${value} is not a safe integer`, {
      name,
      value,
    });
  }
  return value;
}

/**
 * a · b / c on integers without losing digits, rounded half away from zero.
 *
 * @param a  safe integer
 * @param b  safe integer
 * @param c  safe integer, not 0
 * @throws   GrandModelError OVERFLOW when the result is not a safe integer
 * @example  mulDiv(7, 10, 4) // 18
 */
export function mulDiv(a: number, b: number, c: number): number {
  const product = a * b;
  if (Number.isSafeInteger(product) && Number.isSafeInteger(2 * product)) {
    const magnitude = Math.abs(product);
    const divisor = Math.abs(c);
    const quotient = Math.floor(magnitude / divisor);
    const rounded = 2 * (magnitude - quotient * divisor) >= divisor ? quotient + 1 : quotient;
    return product < 0 !== c < 0 && rounded !== 0 ? -rounded : rounded;
  }
  const wide = BigInt(a) * BigInt(b);
  const negative = wide < 0n !== c < 0;
  const magnitude = wide < 0n ? -wide : wide;
  const divisor = BigInt(Math.abs(c));
  const rounded = Number((2n * magnitude + divisor) / (2n * divisor));
  return exactInteger(negative ? -rounded : rounded, 'product');
}
