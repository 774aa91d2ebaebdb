// Runs the regime over a market and records what it said, on real closes or on the reference generator.

import { REGIME_OFFSET } from '../signals/regime.ts';
import type { Kernel } from '../wasm/kernel.ts';

const HALF_HOUR_MS = 1_800_000;
const TWO_TO_32 = 4294967296;
const STATES = 4;
const OUTPUT_F64S = 5;
const OUTPUT_I32S = 14;

/** Half-hour bars, oldest first: open stamps in ms UTC and closing prices. */
export interface Closes {
  readonly tsMs: readonly number[];
  readonly closes: readonly number[];
}

/** A hidden Markov market: mean and deviation of the log return in each state, probability of staying. */
export interface RegimeGenerator {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly stay: number;
}

/** The reference generator, on which the best causal classifier reaches .915 balanced accuracy. */
export const REFERENCE_GENERATOR: RegimeGenerator = {
  mean: [0.0008, -0.0012, 0, 0],
  sd: [0.004, 0.006, 0.002, 0.014],
  stay: 0.99,
};

/**
 * Draws a market whose states are known. Uses the host's logarithm and cosine: for judging, never for
 * deciding.
 *
 * @param seed  u32
 * @param bars  count
 * @returns     the state code 0..3 behind each bar, and each bar's log return
 */
export function simulateRegimes(
  seed: number,
  bars: number,
  generator: RegimeGenerator = REFERENCE_GENERATOR,
): { truth: number[]; returns: number[] } {
  const { mean, sd, stay } = generator;
  const uniform = mulberry32(seed);
  const truth: number[] = [];
  const returns: number[] = [];
  let state = 0;
  for (let t = 0; t < bars; t++) {
    const draw = t > 0 ? uniform() : 0;
    if (draw > stay) {
      const others = [0, 1, 2, 3].filter((k) => k !== state);
      state = others[Math.min(2, Math.floor((draw - stay) / ((1 - stay) / 3)))] ?? 0;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    truth.push(state);
    returns.push((mean[state] ?? 0) + (sd[state] ?? 0) * radius * Math.cos(2 * Math.PI * uniform()));
  }
  return { truth, returns };
}

/** Uniform numbers in [0, 1) (mulberry32, T. Ettinger 2017). */
function mulberry32(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / TWO_TO_32;
  };
}

/** The price path of log returns from 1, one bar each half hour; the first return is not used. */
export function closesOf(returns: readonly number[]): Closes {
  let logPrice = 0;
  const closes = returns.map((r, i) => Math.exp((logPrice += i === 0 ? 0 : r)));
  return { tsMs: closes.map((_, i) => i * HALF_HOUR_MS), closes };
}

/** What the regime said after each bar. */
export interface RegimeTrace {
  readonly labels: Int32Array;
  /** Most probable state of each bar; 0 while the filter warms up. */
  readonly likeliest: Int32Array;
  readonly indicators: Float64Array;
  readonly models: Int32Array;
}

/** Pushes inputs one by one through `push` and records the outputs of the regime at `address`. */
export function traceRegime(
  kernel: Kernel,
  address: number,
  bars: number,
  push: (i: number) => void,
): RegimeTrace {
  const trace = {
    labels: new Int32Array(bars),
    likeliest: new Int32Array(bars),
    indicators: new Float64Array(bars),
    models: new Int32Array(bars),
  };
  const probabilities = kernel.f64(address, OUTPUT_F64S);
  const codes = new Int32Array(kernel.raw.memory.buffer, address, OUTPUT_I32S);
  for (let i = 0; i < bars; i++) {
    push(i);
    let best = 0;
    for (let k = 1; k < STATES; k++) if ((probabilities[k] ?? 0) > (probabilities[best] ?? 0)) best = k;
    trace.likeliest[i] = best;
    trace.indicators[i] = probabilities[4] ?? NaN;
    trace.labels[i] = codes[REGIME_OFFSET.label / 4] ?? -1;
    trace.models[i] = codes[REGIME_OFFSET.model / 4] ?? -1;
  }
  return trace;
}

/** Runs scale and regime over closes; both start fresh at the given addresses. */
export function traceCloses(kernel: Kernel, regime: number, scale: number, market: Closes): RegimeTrace {
  kernel.raw.regimeInit(regime);
  kernel.raw.scaleInit(scale);
  return traceRegime(kernel, regime, market.closes.length, (i) => {
    kernel.raw.scalePush(scale, market.tsMs[i] ?? NaN, market.closes[i] ?? NaN);
    kernel.raw.regimePush(regime, scale);
  });
}
