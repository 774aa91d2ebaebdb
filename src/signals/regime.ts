// Reads a regime's outputs from kernel memory.

import type { Kernel } from '../wasm/kernel.ts';

/** The four regimes in the order of their probabilities. */
export const REGIMES = ['BULL', 'BEAR', 'SIDEWAYS', 'VOLATILE'] as const;

/** One regime. BULL and BEAR describe the drift so far; they do not forecast. */
export type Regime = (typeof REGIMES)[number];

/** Which parameters the filter runs with: shipped defaults, tied Student-t₅, free Gaussian. */
export const REGIME_MODELS = ['default', 'tied', 'free'] as const;

/** One of the model names. */
export type RegimeModel = (typeof REGIME_MODELS)[number];

/** Byte offsets of the outputs inside a regime's state (assembly/statistics/regime.ts). */
export const REGIME_OFFSET = {
  /** f64[4] filtered probabilities */
  probabilities: 0,
  /** f64 P(BULL) − P(BEAR) */
  indicator: 32,
  /** i32 code of the last confident regime */
  label: 40,
  /** i32 1 when no state reached .65 at this bar */
  stale: 44,
  /** i32 code of the model */
  model: 48,
  /** i32 changes of label so far */
  switches: 52,
} as const;

const OUTPUT_F64S = 5;
const OUTPUT_BYTES = 56;

/** What the filter knows after its last bar. */
export interface RegimeReading {
  /** Last regime whose probability reached .65; SIDEWAYS until there was one. */
  readonly regime: Regime;
  /** True when no state reached .65 at this bar, so that `regime` is an older one. */
  readonly stale: boolean;
  readonly model: RegimeModel;
  /** f64[4] in the order of REGIMES; NaN during the first 48 bars. */
  readonly probabilities: readonly [number, number, number, number];
  /** P(BULL) − P(BEAR), −1..1; NaN during the first 48 bars. */
  readonly indicator: number;
  readonly switches: number;
}

/**
 * Reads the outputs of the regime at an address.
 *
 * @param kernel   the kernel that owns the state
 * @param address  byte offset given to `regimeInit`
 */
export function readRegime(kernel: Kernel, address: number): RegimeReading {
  const [bull = NaN, bear = NaN, sideways = NaN, volatile = NaN, indicator = NaN] = kernel.f64(
    address,
    OUTPUT_F64S,
  );
  const codes = new DataView(kernel.raw.memory.buffer, address, OUTPUT_BYTES);
  return {
    regime: REGIMES[codes.getInt32(REGIME_OFFSET.label, true)] ?? 'SIDEWAYS',
    stale: codes.getInt32(REGIME_OFFSET.stale, true) !== 0,
    model: REGIME_MODELS[codes.getInt32(REGIME_OFFSET.model, true)] ?? 'default',
    probabilities: [bull, bear, sideways, volatile],
    indicator,
    switches: codes.getInt32(REGIME_OFFSET.switches, true),
  };
}
