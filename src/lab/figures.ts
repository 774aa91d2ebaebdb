// Figures of one reward form under attack.

import { exploitGap, honestTwin } from './reward-forms.ts';
import type { Outcome, RewardForm } from './reward-forms.ts';

/** Sums of one form. */
export interface FormFigures {
  readonly form: RewardForm;
  count: number;
  positive: number;
  gapSum: number;
  gapMax: number;
  overstatement: number;
  losses: number;
  paidLosses: number;
}

/** Figures of one form; gaps are in units of reward. */
export interface FormReport {
  readonly form: string;
  readonly formula: string;
  /** Sampled attacks scored, those with a positive exploit gap, the mean and the largest gap. */
  readonly sampled: GapReport;
  /** The same for optimised attacks. */
  readonly optimised: GapReport;
  /** Most that an attack gains on a loss of u = −0.5 by failing gates or misstating, against honesty. */
  readonly evasionGain: number;
  /** Largest R − u over sampled attacks. */
  readonly overstatement: number;
  /** Share of losing sampled attacks with R > 0. */
  readonly lossPositiveRate: number;
}

/** Gaps of one batch of attacks. */
export interface GapReport {
  readonly attacks: number;
  readonly positive: number;
  readonly meanGap: number;
  readonly largestGap: number;
}

/** Empty sums. */
export function createFigures(form: RewardForm): FormFigures {
  const zero = { count: 0, positive: 0, gapSum: 0, losses: 0, paidLosses: 0 };
  return { form, ...zero, gapMax: -Infinity, overstatement: -Infinity };
}

/** Adds one scored attack and returns its signed exploit gap. */
export function take(figures: FormFigures, outcome: Outcome, strength: number): number {
  const { form } = figures;
  const gap = exploitGap(form, outcome, strength);
  const reward = form.score(outcome);
  figures.count++;
  figures.gapSum += gap;
  figures.gapMax = Math.max(figures.gapMax, gap);
  figures.overstatement = Math.max(figures.overstatement, reward - outcome.utility);
  if (gap > 0) figures.positive++;
  if (outcome.utility < 0) {
    figures.losses++;
    if (reward > 0) figures.paidLosses++;
  }
  return gap;
}

/** The report of a form from its sampled and optimised attacks. */
export function finish(form: RewardForm, sampled: FormFigures, searched: FormFigures): FormReport {
  return {
    form: form.name,
    formula: form.formula,
    sampled: gapsOf(sampled),
    optimised: gapsOf(searched),
    evasionGain: evasionGain(form),
    overstatement: sampled.count ? sampled.overstatement : 0,
    lossPositiveRate: sampled.losses ? sampled.paidLosses / sampled.losses : 0,
  };
}

function gapsOf({ count, positive, gapSum, gapMax }: FormFigures): GapReport {
  return {
    attacks: count,
    positive,
    meanGap: count ? gapSum / count : 0,
    largestGap: count ? gapMax : 0,
  };
}

/**
 * The best change of gates and statements on a fixed loss, over the corners of the box and the values next to
 * its edges.
 */
export function evasionGain(form: RewardForm): number {
  const utility = -0.5;
  const honest = honestTwin(utility, 0.5);
  const base = form.score(honest);
  const values = [0, Number.EPSILON, 0.5, 1 - Number.EPSILON / 2, 1];
  let best = 0;
  for (const gate of values) {
    for (const synergy of values) {
      for (const risk of values) {
        const gates = { ...honest.gates, strategicGate: gate, riskHeadroom: 1 - risk };
        const stated = { alignment: gate, synergy, execution: synergy, risk };
        best = Math.max(best, form.score({ utility, markedUtility: utility, gates, stated }) - base);
      }
    }
  }
  return best;
}
