// The gates between a backtest and the word "evidence": cheapest first, and the first that fails ends it.
// Works on any strategy that has returns, so a policy in a planted market is judged by the same code as the
// engine on a file.

import { overfittingProbability } from './overfitting.ts';
import { realityCheck, sharpeDifference } from './resampling.ts';
import type { BootstrapOptions } from './resampling.ts';
import {
  deflatedSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeError,
  sharpeRatio,
  sharpeSample,
} from './statistics.ts';
import type { StatisticsMath } from './statistics.ts';
import type { TrialCount } from './trials.ts';

/** A strategy and what it must beat. All returns are net, per period, over the same periods. */
export interface Case {
  readonly returns: ArrayLike<number>;
  readonly trades: number;
  readonly baselines: readonly { readonly name: string; readonly returns: ArrayLike<number> }[];
  readonly tried: TrialCount;
  /** The same trades at twice the costs. */
  readonly doubled: () => ArrayLike<number>;
  /** The same trades one bar late. */
  readonly delayed: () => ArrayLike<number>;
  /** Sharpe ratios of random traders with the same turnover. */
  readonly random: () => ArrayLike<number>;
  /** Sharpe ratios of the whole pipeline in null worlds. */
  readonly worlds: () => Promise<ArrayLike<number>>;
}

export const GATES = [
  'sample',
  'profit',
  'deflated',
  'baselines',
  'reality',
  'overfitting',
  'costs',
  'delay',
  'random',
  'worlds',
] as const;
export type GateName = (typeof GATES)[number];

/** What a gate found. */
export interface Gate {
  readonly name: GateName;
  /** What must hold, in words. */
  readonly asked: string;
  /** What was measured, in words. */
  readonly found: string;
  readonly held: boolean;
}

/** The outcome. */
export interface Verdict {
  readonly evidence: boolean;
  readonly line: string;
  /** Gates in order, as far as they were tried. */
  readonly gates: readonly Gate[];
  /** The gate that ended it, or null. */
  readonly failed: GateName | null;
}

/** Limits of the gates. */
export const GATE_LIMITS = {
  periodsMin: 60,
  tradesMin: 30,
  confidence: 0.95,
  overfittingMax: 0.2,
  blocks: 16,
  worldsMin: 10,
} as const;

/** How a case is judged. */
export interface JudgeOptions extends BootstrapOptions {
  /** True: later gates are measured and shown after one failed; the verdict stays with the first. */
  readonly thorough?: boolean;
}

/** Said when all gates hold, and when one does not. */
export const EVIDENCE = 'evidence';
export const NO_EVIDENCE = 'no evidence of skill';

/**
 * Judges a case.
 *
 * @param math  pass `kernel.raw`
 */
export async function judge(math: StatisticsMath, given: Case, options: JudgeOptions = {}): Promise<Verdict> {
  const gates: Gate[] = [];
  for (const name of GATES) {
    const { asked, found, held } = await tryGate(math, name, given, options);
    gates.push({ name, asked, found, held });
    // a sample too small to judge is too small to measure
    if (!held && (!options.thorough || name === 'sample')) break;
  }
  const failed = gates.find(({ held }) => !held)?.name ?? null;
  const evidence = failed === null && gates.length === GATES.length;
  return { evidence, line: evidence ? EVIDENCE : NO_EVIDENCE, gates, failed };
}

type Finding = Omit<Gate, 'name'>;

function tryGate(
  math: StatisticsMath,
  name: GateName,
  given: Case,
  options: JudgeOptions,
): Finding | Promise<Finding> {
  switch (name) {
    case 'sample':
      return sampleGate(given);
    case 'profit':
      return profitGate(math, given);
    case 'deflated':
      return deflatedGate(math, given);
    case 'baselines':
      return baselinesGate(math, given, options);
    case 'reality':
      return realityGate(math, given, options);
    case 'overfitting':
      return overfittingGate(given);
    case 'costs':
      return survivalGate(math, 'at twice the costs', given.doubled());
    case 'delay':
      return survivalGate(math, 'with every fill one bar late', given.delayed());
    case 'random':
      return percentileGate(given, 'random traders with the same turnover', given.random(), 1);
    case 'worlds':
      return given
        .worlds()
        .then((sharpes) =>
          percentileGate(given, 'runs of the whole pipeline in null worlds', sharpes, GATE_LIMITS.worldsMin),
        );
  }
}

function sampleGate({ returns, trades }: Case): Finding {
  const { periodsMin, tradesMin } = GATE_LIMITS;
  return {
    asked: `at least ${periodsMin} periods and ${tradesMin} trades`,
    found: `${returns.length} periods, ${trades} trades`,
    held: returns.length >= periodsMin && trades >= tradesMin,
  };
}

function profitGate(math: StatisticsMath, { returns }: Case): Finding {
  const sample = sharpeSample(returns);
  const probability = probabilisticSharpe(math, sample);
  const needed = minimumTrackRecord(math, sample);
  const length = Number.isFinite(needed) ? `, ${Math.ceil(needed)} periods would do` : '';
  return {
    asked: 'net Sharpe ratio above 0 with probability > .95',
    found: `probability ${shown(probability)}${length}`,
    held: probability > GATE_LIMITS.confidence,
  };
}

function deflatedGate(math: StatisticsMath, { returns, tried }: Case): Finding {
  const probability = deflatedSharpe(math, sharpeSample(returns), tried);
  return {
    asked: 'deflated Sharpe ratio > .95 for the trials counted',
    found: `${shown(probability)} after ${tried.trials} trial${tried.trials === 1 ? '' : 's'}`,
    held: probability > GATE_LIMITS.confidence,
  };
}

function baselinesGate(math: StatisticsMath, { returns, baselines }: Case, options: JudgeOptions): Finding {
  const rivals = baselines.map(({ name, returns: theirs }) => ({
    name,
    sharpe: sharpeRatio(theirs),
    difference: sharpeDifference(math, returns, theirs, options),
  }));
  const [best] = [...rivals].sort((a, b) => b.sharpe - a.sharpe);
  const asked = 'Sharpe ratio above the best baseline: 95 % lower bound of the difference > 0';
  if (!best) return { asked, found: 'no baseline', held: false };
  const { name, difference } = best;
  return {
    asked,
    found: `best is ${name}: ${shown(difference.value)} a period, lower bound ${shown(difference.low)}`,
    held: difference.low > 0,
  };
}

function realityGate(math: StatisticsMath, { returns, tried }: Case, options: JudgeOptions): Finding {
  const family = tried.comparable.length > 0 ? tried.comparable : [returns];
  const probability = realityCheck(math, family, options);
  return {
    asked: "White's reality check over the logged trials: p < .05",
    found: `p = ${shown(probability)} for the best of ${family.length}`,
    held: probability < 1 - GATE_LIMITS.confidence,
  };
}

function overfittingGate({ tried }: Case): Finding {
  const { overfittingMax, blocks } = GATE_LIMITS;
  const asked = `probability of backtest overfitting < ${shown(overfittingMax)} where trials differ`;
  const { comparable } = tried;
  if (comparable.length < 2) return { asked, found: 'one trial: nothing was chosen', held: true };
  if (trialsAlike(comparable)) return { asked, found: 'trials alike', held: true };
  const { probability, trials } = overfittingProbability(comparable, blocks);
  return {
    asked,
    found: `${shown(probability)} over ${trials} trials`,
    held: probability < overfittingMax,
  };
}

/** True when no two Sharpe ratios differ by more than two standard errors of a difference of them. */
export function trialsAlike(trials: readonly ArrayLike<number>[]): boolean {
  const samples = trials.map(sharpeSample);
  const sharpes = samples.map(({ sharpe }) => sharpe);
  const error = Math.max(...samples.map(sharpeError));
  return !(Math.max(...sharpes) - Math.min(...sharpes) > 2 * error);
}

function survivalGate(math: StatisticsMath, asked: string, returns: ArrayLike<number>): Finding {
  const sample = sharpeSample(returns);
  return {
    asked: `Sharpe ratio above 0 ${asked}`,
    found: `${shown(sample.sharpe)} a period, probability ${shown(probabilisticSharpe(math, sample))}`,
    held: sample.sharpe > 0,
  };
}

function percentileGate(given: Case, what: string, sharpes: ArrayLike<number>, least: number): Finding {
  const own = sharpeRatio(given.returns);
  let below = 0;
  for (let i = 0; i < sharpes.length; i++) if ((sharpes[i] as number) < own) below++;
  const share = below / sharpes.length;
  return {
    asked: `above 95 % of ${what}`,
    found: `above ${below} of ${sharpes.length}`,
    held: sharpes.length >= least && share >= GATE_LIMITS.confidence,
  };
}

/** Three digits without a leading zero. */
function shown(value: number): string {
  return value
    .toFixed(3)
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '−');
}
