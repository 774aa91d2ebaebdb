// The core voters: who votes, on which matrix, with which model file, and what they show as evidence.

import { GrandModelError } from '../core/errors.ts';

/** The matrix an agent reads. */
export type MatrixName = 'tactical60x7' | 'strategic48x13';

/** One voter of the roster. */
export interface Voter {
  /** Id in votes, weights and metrics. */
  readonly id: 'fvg' | 'momentum' | 'entry' | 'strategic';
  readonly matrix: MatrixName;
  readonly rows: number;
  readonly columns: number;
  /** Model file; its card lies beside it as `<name>.card.json`. */
  readonly file: string;
  readonly card: string;
  /** Columns of the newest row that its vote shows as evidence: name and index. */
  readonly evidence: readonly (readonly [string, number])[];
}

const TACTICAL = { matrix: 'tactical60x7', rows: 60, columns: 7 } as const;
const STRATEGIC = { matrix: 'strategic48x13', rows: 48, columns: 13 } as const;

/** The four core voters, in the order of every weight table: n = 4, f = 1. */
export const VOTERS: readonly Voter[] = [
  {
    id: 'fvg',
    ...TACTICAL,
    file: 'fvg.onnx',
    card: 'fvg.card.json',
    evidence: [
      ['fvg_bullish_active', 0],
      ['fvg_bearish_active', 1],
      ['fvg_nearest_level', 2],
      ['fvg_mitigation_signal', 4],
    ],
  },
  {
    id: 'momentum',
    ...TACTICAL,
    file: 'momentum.onnx',
    card: 'momentum.card.json',
    evidence: [
      ['price_momentum_5', 5],
      ['volume_ratio', 6],
    ],
  },
  {
    id: 'entry',
    ...TACTICAL,
    file: 'entry.onnx',
    card: 'entry.card.json',
    evidence: [
      ['fvg_nearest_level', 2],
      ['fvg_age', 3],
      ['price_momentum_5', 5],
      ['volume_ratio', 6],
    ],
  },
  {
    id: 'strategic',
    ...STRATEGIC,
    file: 'strategic.onnx',
    card: 'strategic.card.json',
    evidence: [
      ['momentum', 3],
      ['rsi', 4],
      ['macd', 5],
      ['regime_indicator', 9],
    ],
  },
];

/**
 * A voter by its id.
 *
 * @throws GrandModelError BAD_ARGUMENT when there is none
 */
export function voterById(id: string): Voter {
  const voter = VOTERS.find((candidate) => candidate.id === id);
  if (voter === undefined)
    throw new GrandModelError('BAD_ARGUMENT', `Cannot find voter or policy "${id}"`, { id });
  return voter;
}
