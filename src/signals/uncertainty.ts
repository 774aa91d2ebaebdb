// Reads the uncertainty state out of kernel memory, and the words for its levels.

import type { Kernel } from '../wasm/kernel.ts';

/** Levels by number; LOW is good. */
export const UNCERTAINTY_LEVELS = ['LOW', 'MEDIUM', 'HIGH'] as const;
export type UncertaintyLevel = (typeof UNCERTAINTY_LEVELS)[number];

/** What forces HIGH; warm-up is set by the kernel, the others by the caller of `uncertaintyPush`. */
export const UNCERTAINTY_FLAGS = { warmUp: 1, gap: 2, imputed: 4, ensemble: 8 } as const;

/** Classes of the conformal set as bits of `setMask`. */
export const CLASS_BITS = { down: 1, flat: 2, up: 4 } as const;

/** Uncertainty of the size of the next 30-minute move; it says nothing about direction. */
export interface UncertaintyReport {
  /** 0 LOW, 1 MEDIUM, 2 HIGH. */
  readonly level: 0 | 1 | 2;
  /** Bits of UNCERTAINTY_FLAGS that forced HIGH; 0 when the rank decided. */
  readonly forced: number;
  /** Half-width of the interval for the next log return; NaN before 48 scores. */
  readonly halfWidth: number;
  /** α_t of adaptive conformal inference, unclipped. */
  readonly alphaT: number;
  /** Share of the last 500 intervals that held; NaN before 48. */
  readonly coverage500: number;
  /** Rank of the half-width among its previous 500, in [0, 1]; NaN before 48. */
  readonly rank: number;
  /** Forecast scale of the next log return. */
  readonly sigmaForecast: number;
  /** Class probabilities of the next move against ±.25 σ; NaN in warm-up. */
  readonly pDown: number;
  readonly pFlat: number;
  readonly pUp: number;
  /** Conformal set at α = .10, bits of CLASS_BITS; a reported field, it does not drive the level. */
  readonly setMask: number;
}

/** Reads the uncertainty state at `at`. */
export function readUncertainty(kernel: Kernel, at: number): UncertaintyReport {
  const head = new Int32Array(kernel.raw.memory.buffer, at, 2);
  const f = kernel.f64(at + 8, 8);
  const level = head[0]!;
  return {
    level: level === 0 ? 0 : level === 1 ? 1 : 2,
    forced: head[1]!,
    halfWidth: f[0]!,
    alphaT: f[1]!,
    coverage500: f[2]!,
    rank: f[3]!,
    sigmaForecast: f[4]!,
    pDown: f[5]!,
    pFlat: f[6]!,
    pUp: f[7]!,
    setMask: new Int32Array(kernel.raw.memory.buffer, at + 72, 1)[0]!,
  };
}
