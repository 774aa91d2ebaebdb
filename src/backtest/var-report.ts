// Value at risk of the next thirty-minute bar by four methods over a whole file, and whether each kept its
// promise.

import type { Session } from '../market/session.ts';
import { createTailRisk, pushTailRisk, tailRisk } from '../risk/var.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { Bars } from './experiment.ts';
import { rowsOf } from './rows.ts';
import { quantileOf } from './statistics.ts';
import { acerbiSzekely, christoffersen, kupiec, transitionsOf, varEvidence } from './var-backtests.ts';

export const VAR_METHODS = ['filtered history', 'history', 'normal', 'Cornish-Fisher'] as const;
export type VarMethod = (typeof VAR_METHODS)[number];

/**
 * `kept`: the right number of breaches, and they do not follow each other; `clustered`: the right number, but
 * they do;
 * `refused`: the wrong number, or an e-value of 100; `untested`: no forecast.
 */
export type VarVerdict = 'kept' | 'clustered' | 'refused' | 'untested';

/** How one method did at one level. */
export interface VarScore {
  readonly method: VarMethod;
  readonly alpha: number;
  /** Bars with a forecast; Cornish-Fisher has none outside its domain. */
  readonly periods: number;
  readonly breaches: number;
  readonly expected: number;
  /** p-values of Kupiec and Christoffersen; null where nothing could be tested. */
  readonly coverage: number | null;
  readonly independence: number | null;
  /** Acerbi and Székely's Z2; null where the method gives no shortfall. */
  readonly z2: number | null;
  /** Largest e-value on the way; 100 or more refutes the method at any time. */
  readonly evidence: number;
  readonly verdict: VarVerdict;
}

const ALPHAS = [0.01, 0.025] as const;
/** Returns before the first forecast: filtered history needs 96 standardised ones after 20. */
const WARM_UP = 250;
const WINDOW = 500;
const STAKE = 0.01;
const REFUTED = 100;

/** Backtests of all methods and levels on the 30m closes of a file; empty when it is too short. */
export function varReport(kernel: Kernel, bars: Bars, session: Session): VarScore[] {
  const returns = rowReturns(kernel, bars, session);
  if (returns.length < 2 * WARM_UP) return [];
  const series = createTailRisk(kernel);
  const history = new SortedWindow(WINDOW);
  const forecasts = VAR_METHODS.flatMap((method) =>
    ALPHAS.map((alpha) => ({
      method,
      alpha,
      profit: [] as number[],
      var: [] as number[],
      es: [] as number[],
    })),
  );
  returns.forEach((value, row) => {
    if (row >= WARM_UP) {
      for (const alpha of ALPHAS) {
        const risk = tailRisk(kernel, series, alpha);
        const tail: Readonly<Record<VarMethod, readonly [number, number]>> = {
          'filtered history': [risk.var, risk.es],
          history: history.tail(alpha),
          normal: [risk.normalVar, risk.normalEs],
          'Cornish-Fisher': [risk.cornishFisherVar, Number.NaN],
        };
        for (const forecast of forecasts) {
          const [valueAtRisk, shortfall] = tail[forecast.method];
          if (forecast.alpha !== alpha || !(valueAtRisk > 0)) continue;
          forecast.profit.push(value);
          forecast.var.push(valueAtRisk);
          forecast.es.push(shortfall);
        }
      }
    }
    pushTailRisk(kernel, series, value);
    history.push(value);
  });
  return forecasts.map((forecast) => score(kernel, forecast));
}

function score(
  kernel: Kernel,
  forecast: { method: VarMethod; alpha: number; profit: number[]; var: number[]; es: number[] },
): VarScore {
  const { method, alpha, profit } = forecast;
  const hits = profit.map((value, t) => value < -(forecast.var[t] as number));
  const breaches = hits.filter(Boolean).length;
  const periods = profit.length;
  const tested = periods > 0;
  const coverage = tested ? kupiec(kernel.raw, breaches, periods, alpha).probability : null;
  const independence =
    tested && breaches > 1 ? christoffersen(kernel.raw, transitionsOf(hits)).probability : null;
  const { z2 } = acerbiSzekely({ profit, valueAtRisk: forecast.var, shortfall: forecast.es, alpha });
  const evidence = varEvidence(hits, alpha, STAKE).largest;
  return {
    method,
    alpha,
    periods,
    breaches,
    expected: periods * alpha,
    coverage,
    independence,
    z2: Number.isFinite(z2) ? z2 : null,
    evidence,
    verdict: verdictOf(coverage, independence, evidence),
  };
}

function verdictOf(coverage: number | null, independence: number | null, evidence: number): VarVerdict {
  if (coverage === null) return 'untested';
  if (coverage < 0.05 || evidence >= REFUTED) return 'refused';
  return independence !== null && independence < 0.05 ? 'clustered' : 'kept';
}

/** Log returns between the closes of neighbouring 30m rows; a night counts as a move of its next bar. */
function rowReturns(kernel: Kernel, bars: Bars, session: Session): number[] {
  const { close } = rowsOf(bars, session);
  return Array.from(close.subarray(1), (value, i) => kernel.raw.log(value / (close[i] as number)));
}

/** The last values in order of size. */
class SortedWindow {
  private readonly size: number;
  private readonly sorted: number[] = [];
  private readonly arrived: number[] = [];

  constructor(size: number) {
    this.size = size;
  }

  push(value: number): void {
    this.sorted.splice(this.place(value), 0, value);
    this.arrived.push(value);
    if (this.arrived.length <= this.size) return;
    const oldest = this.arrived.shift() as number;
    this.sorted.splice(this.place(oldest), 1);
  }

  /** VaR and ES as positive numbers. */
  tail(alpha: number): readonly [number, number] {
    const limit = quantileOf(this.sorted, alpha);
    const worst = this.sorted.slice(0, Math.max(1, this.place(limit)));
    return [-limit, -worst.reduce((sum, value) => sum + value, 0) / worst.length];
  }

  /** First place whose value is not below. */
  private place(value: number): number {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
