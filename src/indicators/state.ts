// What every public streaming indicator is: bytes in kernel memory, checked periods, checked inputs.

import { GrandModelError } from '../core/errors.ts';
import type { CatalogueAbi } from '../wasm/abi-catalogue.ts';
import type { IndicatorAbi } from '../wasm/abi-indicators.ts';

/** Longest period an indicator takes, in values. */
export const PERIOD_MAX = 4096;

/** What the states of streaming indicators live in: the module of `loadIndicators`. */
export interface IndicatorHost {
  readonly raw: IndicatorAbi & CatalogueAbi;
  f64(address: number, count: number): Float64Array;
  u8(address: number, count: number): Uint8Array;
  alloc(byteSize: number): number;
}

/** One indicator's state in kernel memory. It lives as long as its kernel. */
export abstract class IndicatorState {
  protected readonly kernel: IndicatorHost;
  protected readonly address: number;
  private readonly byteSize: number;

  protected constructor(kernel: IndicatorHost, byteSize: number) {
    this.kernel = kernel;
    this.byteSize = byteSize;
    this.address = kernel.alloc(byteSize);
  }

  /** The first output after the last push; NaN in warm-up. */
  get value(): number {
    return this.output(0);
  }

  /** A copy of the state; it means the same in every kernel of this build. */
  snapshot(): Uint8Array {
    return this.kernel.u8(this.address, this.byteSize).slice();
  }

  /**
   * Puts a state back.
   * @throws GrandModelError BAD_ARGUMENT when the size is another indicator's; the state is unchanged
   */
  restore(bytes: Uint8Array): void {
    if (bytes.length !== this.byteSize) {
      throw new GrandModelError(
        'BAD_ARGUMENT',
        `Cannot restore an indicator: ${bytes.length} bytes are not ${this.byteSize}`,
        { byteSize: bytes.length },
      );
    }
    this.kernel.u8(this.address, this.byteSize).set(bytes);
  }

  protected output(index: number): number {
    return this.kernel.f64(this.address, index + 1)[index] ?? NaN;
  }
}

/** An indicator of one series. */
export abstract class SeriesIndicator extends IndicatorState {
  /**
   * Takes the next value of the series.
   * @throws GrandModelError BAD_ARGUMENT when it is not finite; the state is unchanged
   */
  abstract push(x: number): number;

  /** Pushes a whole series, oldest first, and returns one value each. */
  pushAll(series: ArrayLike<number>): Float64Array {
    const out = new Float64Array(series.length);
    for (let i = 0; i < series.length; i++) out[i] = this.push(series[i] ?? NaN);
    return out;
  }
}

/**
 * A checked period.
 * @throws  GrandModelError BAD_ARGUMENT when it is not a whole number in minimum..most
 * @example checkPeriod('period', 14) // 14
 * @example checkPeriod('period', 0) // throws BAD_ARGUMENT
 */
export function checkPeriod(name: string, period: number, minimum = 1, most = PERIOD_MAX): number {
  if (Number.isInteger(period) && period >= minimum && period <= most) return period;
  throw new GrandModelError(
    'BAD_ARGUMENT',
    `Cannot create an indicator: ${name} ${period} is not a whole number in ${minimum}..${most}`,
    { name, period: String(period) },
  );
}

/**
 * A finite input.
 * @throws  GrandModelError BAD_ARGUMENT when it is not finite
 * @example checkFinite('close', 1.5) // 1.5
 */
export function checkFinite(name: string, x: number): number {
  if (Number.isFinite(x)) return x;
  throw new GrandModelError('BAD_ARGUMENT', `Cannot push to an indicator: ${name} ${x} is not finite`, {
    name,
    value: String(x),
  });
}
