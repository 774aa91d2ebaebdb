// One-bar value at risk and expected shortfall of a return series, on the kernel.

import { GrandModelError } from '../core/errors.ts';
import type { Kernel } from '../wasm/kernel.ts';

/**
 * Losses of the next bar as positive fractions of price; NaN while the history is too short for that method.
 */
export interface TailRisk {
  /** EWMA(.94) volatility; NaN before 20 returns. */
  readonly sigma: number;
  /** Filtered historical simulation; NaN before 96 standardised returns. */
  readonly var: number;
  readonly es: number;
  /** Normal distribution with the same volatility. */
  readonly normalVar: number;
  readonly normalEs: number;
  /** Cornish-Fisher; NaN where its expansion is not monotone. */
  readonly cornishFisherVar: number;
}

/** Reserves the state of one series in kernel memory and returns its address. */
export function createTailRisk(kernel: Kernel): number {
  const address = kernel.alloc(kernel.raw.fhsBytes());
  kernel.raw.fhsInit(address);
  return address;
}

/**
 * Takes the log return of one closed bar.
 *
 * @param address    from `createTailRisk`
 * @param logReturn  finite
 * @returns          volatility of the next bar; NaN before 20 returns
 * @throws           GrandModelError BAD_ARGUMENT when the return is not finite; the state is unchanged
 */
export function pushTailRisk(kernel: Kernel, address: number, logReturn: number): number {
  if (!Number.isFinite(logReturn)) {
    throw new GrandModelError('BAD_ARGUMENT', `Cannot push a return: logReturn ${logReturn} is not finite`, {
      logReturn: String(logReturn),
    });
  }
  return kernel.raw.fhsPush(address, logReturn);
}

/**
 * VaR and ES of the next bar by every method.
 *
 * @param alpha  tail probability inside 0..0.5, as 0.05 for VaR95
 * @throws       GrandModelError BAD_ARGUMENT when alpha is outside
 * @source       Barone-Adesi, Giannopoulos & Vosper 1999; Maillard 2012 for the Cornish-Fisher domain
 */
export function tailRisk(kernel: Kernel, address: number, alpha: number): TailRisk {
  if (!(alpha > 0 && alpha < 0.5)) {
    throw new GrandModelError('BAD_ARGUMENT', `Cannot take a tail: alpha ${alpha} is not inside 0..0.5`, {
      alpha: String(alpha),
    });
  }
  const { raw } = kernel;
  const sigma = kernel.f64(address, SIGMA + 1)[SIGMA] ?? NaN;
  return {
    sigma,
    var: raw.fhsVar(address, alpha),
    es: raw.fhsEs(address, alpha),
    normalVar: raw.normalVar(alpha) * sigma,
    normalEs: raw.normalEs(alpha) * sigma,
    cornishFisherVar: raw.fhsCornishFisherVar(address, alpha),
  };
}

/** Place of the volatility among the state's first f64. */
const SIGMA = 3;
