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

/** Everything the analysis module exports. */
export interface AnalysisExports
  extends
    KernelExports,
    MathAbi,
    ScanAbi,
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
