// ABI of the analysis module: the kernel's, and what assembly/analysis/index.ts adds to it.

import type { IndicatorAbi } from './abi-indicators.ts';
import type { MonteCarloAbi } from './abi-monte-carlo.ts';
import type { PatternIndexAbi, PatternsAbi } from './abi-patterns.ts';
import type { RegimeAbi } from './abi-regime.ts';
import type { RiskAbi } from './abi-risk.ts';
import type { ScanAbi } from './abi-scan.ts';
import type { AssertionsAbi, TacticalAbi } from './abi-signals.ts';
import type { CorrelationShockAbi, SizingAbi } from './abi-sizing.ts';
import type { StrategicSideAbi } from './abi-strategic.ts';
import type { KernelExports, MathAbi } from './abi.ts';

/** Policies in 8-bit weights (assembly/nn/int8.ts); src/backtest/int8-policy.ts writes the table. */
export interface Int8Abi {
  /** f32[k] at `input`, probabilities at `out`; `list` holds 8 bytes for each pair of inputs and 8 more. */
  int8Run(table: number, layers: number, input: number, list: number, out: number): void;
}

/** Everything the analysis module exports. */
export interface AnalysisExports
  extends
    KernelExports,
    MathAbi,
    ScanAbi,
    Int8Abi,
    IndicatorAbi,
    RiskAbi,
    MonteCarloAbi,
    TacticalAbi,
    AssertionsAbi,
    RegimeAbi,
    StrategicSideAbi,
    PatternsAbi,
    PatternIndexAbi,
    SizingAbi,
    CorrelationShockAbi {}
