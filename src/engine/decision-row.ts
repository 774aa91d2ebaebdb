// The row that the risk and the execution policy see: what is known when a verdict executes, each value in
// −1..1, signed values seen from the verdict's side.

import { choosePolicies, unguidedChoice } from '../agents/policies.ts';
import type { PolicyChoice } from '../agents/policies.ts';
import type { Verdict } from '../consensus/quorum.ts';
import { SIZE_CONFIDENCE_MIN, QUORUM_PPM } from '../consensus/quorum.ts';
import { PPM } from '../core/units.ts';
import { drawdownOf } from '../risk/context.ts';
import type { RiskContext } from '../risk/context.ts';
import { TACTICAL_VALUES, STRATEGIC_VALUES } from '../signals/arena.ts';
import { STRATEGIC_COLUMNS } from '../signals/matrix.ts';
import { SYNERGY_TYPES } from '../signals/synergy.ts';
import type { Synergy } from '../signals/synergy.ts';
import { TACTICAL_COLUMNS } from '../wasm/abi-signals.ts';
import type { EngineCore } from './engine.ts';
import type { AskedRound } from './risk-context.ts';

/** Past rows looked up for a decision. */
export const NEIGHBOURS = 32;
const BP = 10_000;
/** Bounds of the columns that are scaled to ±1: ATR14 of the low-volume node, σ of the pattern outcomes. */
const NODE_ATR = 5;
const OUTCOME_SIGMA = 3;
/** Bounds of the strategic columns read here (system.md §3). */
const STRATEGIC_BOUNDS = { momentum: [3, 5], rsi: [4, 1], macd: [5, 3], bollinger: [6, 3] } as const;

/**
 * What the policies make of a verdict that executes; all of the size at the next open where the configuration
 * names none.
 *
 * @param synergy  the synergy in force, or null
 * @param context  what risk knows of the decision
 */
export function askPolicies(
  core: EngineCore,
  round: AskedRound,
  verdict: Verdict,
  synergy: Synergy | null,
  context: RiskContext,
): PolicyChoice {
  const row = decisionRow(core, round, verdict, synergy, context);
  if (core.policies.length === 0) return unguidedChoice(row);
  return choosePolicies(core.kernel, core.policies, row, round.knownAtMs);
}

/** Columns as in DECISION_COLUMNS; what is not known is 0. */
function decisionRow(
  core: EngineCore,
  round: AskedRound,
  verdict: Verdict,
  synergy: Synergy | null,
  context: RiskContext,
): number[] {
  const arena = core.arenas[round.symbol]!;
  const side = verdict.direction === 0 ? -1 : 1;
  const [bull = 0, bear = 0, sideways = 0, volatile = 0] = arena.regime().probabilities;
  const { kernel } = core;
  const newest = kernel.f32(arena.tacticalMatrix, TACTICAL_VALUES).subarray(-TACTICAL_COLUMNS.length);
  const strategic = kernel.f32(arena.strategicMatrix, STRATEGIC_VALUES).subarray(-STRATEGIC_COLUMNS);
  const scaled = (name: keyof typeof STRATEGIC_BOUNDS): number => {
    const [column, bound] = STRATEGIC_BOUNDS[name];
    return (side * strategic[column]!) / bound;
  };
  const patterns = arena.patterns(NEIGHBOURS);
  const node = arena.nearestLowNode(round.close);
  const stopBp = (context.stopTicks / context.priceTicks) * BP;
  const row = [
    (verdict.sizeConfidence - SIZE_CONFIDENCE_MIN) / (1 - SIZE_CONFIDENCE_MIN),
    (verdict.winnerPpm - QUORUM_PPM) / (PPM - QUORUM_PPM),
    synergy ? 2 * synergy.confidence - 1 : 0,
    synergy ? (synergy.direction === verdict.direction ? 1 : -1) : 0,
    ...SYNERGY_TYPES.map((type) => (synergy?.type === type ? 1 : 0)),
    side * (bull - bear),
    sideways,
    volatile,
    2 * arena.uncertainty().rank - 1,
    context.halfSpreadBp / stopBp,
    (2 * context.feeBps) / stopBp,
    side * newest[5]!,
    side * newest[2]!,
    newest[6]!,
    scaled('momentum'),
    scaled('rsi'),
    scaled('macd'),
    scaled('bollinger'),
    (side * (patterns.outcomeMean ?? 0)) / OUTCOME_SIGMA,
    patterns.hitRate === null ? 0 : 2 * patterns.hitRate - 1,
    node === null ? 0 : (side * (node - round.close)) / (NODE_ATR * round.atr),
    (drawdownOf(context) * PPM) / core.config.limits.drawdownHaltPpm,
  ];
  return row.map(unit);
}

/** As f32 in −1..1; what is not a number is 0. */
function unit(value: number): number {
  return Number.isNaN(value) ? 0 : Math.fround(Math.min(1, Math.max(-1, value)));
}
