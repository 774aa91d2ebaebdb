// The rewards the gaming lab compares: ours, and the three forms of the runbooks this project started from.

import { gateProduct, rewardOf } from '../training/reward.ts';
import type { RewardGates } from '../training/reward.ts';

/** What an episode gives the rewards to look at. */
export interface Outcome {
  /** True utility: bounded net profit after flattening, fees and slippage. */
  readonly utility: number;
  /** Utility at the marks when the episode is scored, before it is flattened: what the seeds' forms read. */
  readonly markedUtility: number;
  /** Gates measured by the environment from fills and refusals. */
  readonly gates: RewardGates;
  /** What the seeds' forms read instead: declared by the agent or taken at the moment of scoring, 0..1. */
  readonly stated: StatedParts;
}

/** Parts of the seeds' forms, 0..1. */
export interface StatedParts {
  readonly alignment: number;
  readonly synergy: number;
  readonly execution: number;
  /** Exposure when scored, as a share of the limit. */
  readonly risk: number;
}

/** A reward under test. */
export interface RewardForm {
  readonly name: string;
  readonly formula: string;
  score(outcome: Outcome): number;
}

/** Weights of the additive form; the runbook names none (w1, w2, w3). */
const WEIGHTS = { profit: 0.5, synergy: 0.3, risk: 0.2 } as const;
const GATE_FLOOR = 0.05;
const SYNERGY_GAIN = 0.5;
const EXECUTION_GAIN = 0.2;

function strategicGate({ alignment }: StatedParts): number {
  return GATE_FLOOR + (1 - GATE_FLOOR) * alignment;
}

function amplified({ synergy, execution }: StatedParts): number {
  return (1 + SYNERGY_GAIN * synergy) * (1 + EXECUTION_GAIN * execution);
}

/** The form of this project. */
export const OURS: RewardForm = {
  name: 'bounded',
  formula: 'u − (1 − q)·|u|',
  score: ({ utility, gates }) => rewardOf(utility, gateProduct(gates)),
};

/**
 * The seeds' forms: the additive one of the runbook, its signed product (whose risk adjustment divides the
 * profit) and the product shifted to be positive.
 */
export const SEED_FORMS: readonly RewardForm[] = [
  {
    name: 'additive',
    formula: '0.5·p + 0.3·synergy − 0.2·risk',
    score: ({ markedUtility, stated }) =>
      WEIGHTS.profit * markedUtility + WEIGHTS.synergy * stated.synergy - WEIGHTS.risk * stated.risk,
  },
  {
    name: 'signed product',
    formula: 'gate · p/(1 + risk) · (1 + synergy/2) · (1 + execution/5)',
    score: ({ markedUtility, stated }) =>
      (strategicGate(stated) * markedUtility * amplified(stated)) / (1 + stated.risk),
  },
  {
    name: 'shifted product',
    formula: 'gate · max(0.01, p + 1)/(1 + risk) · (1 + synergy/2) · (1 + execution/5)',
    score: ({ markedUtility, stated }) =>
      (strategicGate(stated) * Math.max(0.01, markedUtility + 1) * amplified(stated)) / (1 + stated.risk),
  },
];

/** All forms, ours first. */
export const FORMS: readonly RewardForm[] = [OURS, ...SEED_FORMS];

/**
 * The honest twin of an attack: the same true utility, every gate passed, its synergy stated as it was.
 *
 * @param strength  strength of the synergy the episode started from, 0..1
 */
export function honestTwin(utility: number, strength: number): Outcome {
  return {
    utility,
    markedUtility: utility,
    gates: { strategicGate: 1, synergyAmplifier: 1, executionMultiplier: 1, riskHeadroom: 1 },
    stated: { alignment: 1, synergy: strength, execution: 1, risk: 0 },
  };
}

/** Signed exploit gap R(attack) − R(honest) at equal true utility; above 0 the attack pays. */
export function exploitGap(form: RewardForm, attack: Outcome, strength: number): number {
  return form.score(attack) - form.score(honestTwin(attack.utility, strength));
}
