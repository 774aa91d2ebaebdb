// The result of a scan: one row of f64 per symbol, so that workers hand over columns and one hash covers all
// of them.

import { VOTERS } from '../agents/roster.ts';
import { ABSTAIN_REASONS } from '../agents/vote.ts';
import { VERDICT_REASONS } from '../consensus/quorum.ts';
import type { Verdict, VerdictReason } from '../consensus/quorum.ts';
import type { Direction } from '../core/units.ts';
import type { ScanPatterns, ScanReading } from '../signals/scan-arena.ts';
import type { ScanVote } from './scan-voters.ts';

const FACTS = 15;
const VOTE = 4;

/** f64 values of one symbol's row. None is NaN, so the bytes are canonical. */
export const SCAN_ROW = FACTS + VOTE * VOTERS.length;

/** One symbol's part of a scan. */
export interface ScanRow {
  /** Open time of the last bar taken, ms UTC; 0 before the first. */
  readonly tsMs: number;
  /** Its close; 0 when the new bar was rejected. */
  readonly close: number;
  /** True when the new bar closed a 30m row. */
  readonly rowClosed: boolean;
  /** True when the new bar was not taken; nobody votes then. */
  readonly rejected: boolean;
  readonly reading: ScanReading;
  readonly patterns: ScanPatterns;
  readonly verdict: Pick<
    Verdict,
    'direction' | 'execute' | 'reason' | 'winnerPpm' | 'validVotes' | 'sizeConfidence'
  >;
  /** In roster order. */
  readonly votes: readonly ScanVote[];
}

/** Writes a row at index `at` of f64 values. */
export function writeRow(out: Float64Array, at: number, row: ScanRow): void {
  const { reading, patterns, verdict } = row;
  let i = at;
  out[i++] = row.tsMs;
  out[i++] = row.close;
  out[i++] = row.rowClosed ? 1 : 0;
  out[i++] = row.rejected ? 1 : 0;
  out[i++] = reading.regime;
  out[i++] = reading.stale ? 1 : 0;
  out[i++] = reading.uncertainty;
  out[i++] = patterns.count;
  out[i++] = patterns.mean;
  out[i++] = patterns.hitRate;
  out[i++] = verdict.direction;
  out[i++] = verdict.execute ? 1 : 0;
  out[i++] = VERDICT_REASONS.indexOf(verdict.reason);
  out[i++] = verdict.winnerPpm;
  out[i++] = verdict.sizeConfidence;
  for (const { probabilities, abstain } of row.votes) {
    out[i++] = abstain === null ? -1 : ABSTAIN_REASONS.indexOf(abstain);
    for (const p of probabilities) out[i++] = p;
  }
}

/** Reads the row of a symbol out of a scan's values. */
export function readRow(values: Float64Array, symbol: number): ScanRow {
  const f = values.subarray(symbol * SCAN_ROW, (symbol + 1) * SCAN_ROW);
  return {
    tsMs: f[0]!,
    close: f[1]!,
    rowClosed: f[2] === 1,
    rejected: f[3] === 1,
    reading: { regime: f[4]!, stale: f[5] === 1, uncertainty: f[6]! },
    patterns: { count: f[7]!, mean: f[8]!, hitRate: f[9]! },
    verdict: {
      direction: f[10]! as Direction,
      execute: f[11] === 1,
      reason: VERDICT_REASONS[f[12]!] as VerdictReason,
      winnerPpm: f[13]!,
      sizeConfidence: f[14]!,
      validVotes: VOTERS.filter((_, seat) => f[FACTS + VOTE * seat] === -1).length,
    },
    votes: VOTERS.map((_, seat) => {
      const at = FACTS + VOTE * seat;
      return {
        abstain: ABSTAIN_REASONS[f[at]!] ?? null,
        probabilities: [f[at + 1]!, f[at + 2]!, f[at + 3]!],
      };
    }),
  };
}
