// The kernel's ABI: what a decision takes; assembly/index.ts exports exactly these. The topics whose other
// functions only the analysis module exports (abi-analysis.ts) are taken in part. Addresses are byte offsets
// in kernel memory.

import type { PatternsAbi } from './abi-patterns.ts';
import type { RegimeAbi, ScaleAbi } from './abi-regime.ts';
import type { RiskAbi } from './abi-risk.ts';
import type { TacticalAbi } from './abi-signals.ts';
import type { CorrelationAbi, SizingAbi } from './abi-sizing.ts';
import type { StrategicAbi } from './abi-strategic.ts';

/** Memory and hashing. */
export interface MemoryAbi {
  readonly memory: WebAssembly.Memory;
  /** Reserves zeroed, 16-byte-aligned bytes; 0 when the memory limit is reached. */
  alloc(byteSize: number): number;
  /** Lets this kernel grow to `count` pages of 64 KiB (2,048 by default), at most 16,384. */
  allowPages(count: number): void;
  /** SHA-256 of `byteSize` bytes at `address`, 32 bytes written at `out`. */
  sha256(address: number, byteSize: number, out: number): void;
}

/**
 * Elementary functions with the same bits on every host; errors in units of the last place are with the
 * kernel's source.
 */
export interface MathAbi {
  exp(x: number): number;
  log(x: number): number;
  log1p(x: number): number;
  tanh(x: number): number;
  atanh(x: number): number;
  /** x^y for x > 0. */
  pow(x: number, y: number): number;
  /** cos 2πt. */
  cosTurns(t: number): number;
  /** sin 2πt. */
  sinTurns(t: number): number;
  /** φ(x). */
  normalPdf(x: number): number;
  /** Φ(x). */
  normalCdf(x: number): number;
  /** Φ⁻¹(p); NaN outside 0..1. */
  normalQuantile(p: number): number;
  /** e^x in f32. */
  expf(x: number): number;
  /** tanh in f32. */
  tanhf(x: number): number;
  /** e^x of n f64 at `from` into `to`, with the bits of `exp`. */
  expMany(from: number, to: number, n: number): void;
  /** e^x of n f32. */
  expfMany(from: number, to: number, n: number): void;
  /** tanh of n f32. */
  tanhfMany(from: number, to: number, n: number): void;
}

/** mulberry32 with 4 bytes of state at `p`. */
export interface RandomAbi {
  rngInit(p: number, seed: number): void;
  /** [0, 1), a multiple of 2^-32. */
  rngUniform(p: number): number;
  /** Standard normal (Box-Muller, two uniforms). */
  rngNormal(p: number): number;
  /** Student t with 1.. whole degrees of freedom, variance degrees / (degrees − 2). */
  rngStudent(p: number, degrees: number): number;
}

/** Reference evaluator of models. */
export interface NnAbi {
  /** Runs `count` steps of the table at `plan` (src/agents/reference-plan.ts) on the f32 input at `input`. */
  nnRun(plan: number, count: number, input: number): void;
}

/** One symbol's numeric state (assembly/arena.ts). */
export interface ArenaAbi {
  arenaBytes(patterns: number): number;
  arenaPart(part: number): number;
  arenaInit(at: number, patterns: number): number;
  arenaUsedBytes(at: number): number;
  arenaPush5(
    at: number,
    tsMs: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    tick: number,
    noVolume: number,
  ): void;
  /**
   * Price of the low-volume node nearest to `close`; NaN in warm-up, without volume, or where none is low.
   */
  arenaLowNode(at: number, close: number): number;
  arenaPush30(
    at: number,
    tsMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    reference: number,
    noVolume: number,
    flags: number,
  ): number;
}

/** Everything the kernel exports. */
export interface KernelExports
  extends
    MemoryAbi,
    ArenaAbi,
    Omit<MathAbi, AnalysisMath>,
    RandomAbi,
    NnAbi,
    ScaleAbi,
    Pick<TacticalAbi, 'tacticalMatrix'>,
    Pick<StrategicAbi, 'strategicMatrix' | 'strategicMatrixOffset'>,
    Pick<RegimeAbi, 'fitRegime' | 'fitRegimeWorkBytes' | 'regimeDefault' | 'regimeInit' | 'regimePush'>,
    Omit<PatternsAbi, 'patternsAdvance' | 'patternsInsert' | 'patternsInserted'>,
    Pick<SizingAbi, 'riskFraction'>,
    CorrelationAbi,
    Omit<RiskAbi, AnalysisRisk> {}

type AnalysisMath = 'log1p' | 'atanh' | 'pow' | 'expf' | 'tanhf' | 'expMany' | 'expfMany' | 'tanhfMany';

type AnalysisRisk =
  | 'cornishFisherMonotone'
  | 'cornishFisherQuantile'
  | 'cornishFisherEs'
  | 'ewmaVariance'
  | 'garchVariance'
  | 'fhsPortfolio';
