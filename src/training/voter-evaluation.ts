// How well voters forecast their label out of sample: each model sees what it would have seen in a run, by
// the reference evaluator, and is held to the outcome that the following bars gave.

import type { OpenModel } from '../agents/model-file.ts';
import type { Voter } from '../agents/roster.ts';
import { toSimplex } from '../agents/vote.ts';
import { DAY_MS, HOLD } from '../core/units.ts';
import type { BarTable } from '../data/bar-table.ts';
import type { Session } from '../market/session.ts';
import type { SignalArena } from '../signals/arena.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { barrierLabel } from './barrier-label.ts';
import { scoreForecasts } from './forecast-score.ts';
import type { ForecastScore } from './forecast-score.ts';
import { observeMarket } from './market-features.ts';

/** A voter with the model to be judged, opened in the kernel that the markets run through. */
export interface Candidate {
  readonly voter: Voter;
  readonly model: OpenModel;
}

/** One market to be judged on; every bar is one that the engine would accept. */
export interface HeldOutMarket {
  readonly table: BarTable;
  readonly tick: number;
  readonly session: Session;
}

/** A voter's score with which model had it. */
export interface VoterScore extends ForecastScore {
  readonly agent: string;
  readonly name: string;
  readonly sha256: string;
  /** Closes at which the model gave no probabilities. */
  readonly abstained: number;
}

/** How to go through the markets. */
export interface EvaluationOptions {
  /** 5m bars between two samples of the tactical matrix, ≥ 1. */
  readonly every: number;
  /** Seed of the intervals' resamples. */
  readonly seed: number;
  /** Called with the bars behind; false stops. */
  readonly progress?: (bars: number) => boolean | void;
}

/** Says that progress stopped it. */
class Stopped extends Error {}

/**
 * Judges every candidate on every market.
 *
 * @param arena  one symbol's signals in the candidates' kernel, from `createSampler`
 * @returns      one score per candidate, in order; null when `progress` stopped it
 */
export function evaluateVoters(
  kernel: Kernel,
  arena: SignalArena,
  candidates: readonly Candidate[],
  markets: readonly HeldOutMarket[],
  options: EvaluationOptions,
): VoterScore[] | null {
  const kept = candidates.map((): Kept => ({ p: [], labels: [], blocks: [], abstained: 0 }));
  let before = 0;
  try {
    markets.forEach((market, place) => {
      // days of different markets are different blocks
      watch(kernel, arena, candidates, market, place * DAYS_APART, kept, options, before);
      before += market.table.rows;
    });
  } catch (cause) {
    if (cause instanceof Stopped) return null;
    throw cause;
  }
  return candidates.map(({ voter, model }, i) => {
    const { p, labels, blocks, abstained } = kept[i]!;
    const forecasts = { p: Float64Array.from(p), labels: Uint8Array.from(labels), blocks };
    return {
      agent: voter.id,
      name: model.card.name,
      sha256: model.card.sha256,
      ...scoreForecasts(kernel.raw, forecasts, options.seed),
      abstained,
    };
  });
}

const DAYS_APART = 10_000_000;
const PROGRESS_BARS = 2_048;

interface Kept {
  readonly p: number[];
  readonly labels: number[];
  readonly blocks: number[];
  abstained: number;
}

function watch(
  kernel: Kernel,
  arena: SignalArena,
  candidates: readonly Candidate[],
  { table, tick, session }: HeldOutMarket,
  firstBlock: number,
  kept: readonly Kept[],
  options: EvaluationOptions,
  before: number,
): void {
  const halfHours: { high: number[]; low: number[] } = { high: [], low: [] };
  const open: { bar: number; close: number; atr: number; at: readonly (number | null)[] }[] = [];
  const ask = (matrix: 'tactical60x7' | 'strategic48x13', address: number, tsMs: number) =>
    candidates.map(({ voter, model }, i) => {
      if (voter.matrix !== matrix) return null;
      const probabilities = toSimplex(model.reference.run(address));
      const own = kept[i]!;
      if (probabilities === null) {
        own.abstained++;
        return null;
      }
      own.p.push(...probabilities);
      own.blocks.push(firstBlock + Math.floor(tsMs / DAY_MS));
      return own.labels.push(HOLD) - 1;
    });
  const settle = (at: readonly (number | null)[], label: number | null): void =>
    at.forEach((place, i) => {
      if (place !== null && label !== null) kept[i]!.labels[place] = label;
    });
  observeMarket(
    kernel,
    arena,
    table,
    tick,
    options.every,
    {
      tactical(index, _matrix, atr) {
        if (index % PROGRESS_BARS < options.every && options.progress?.(before + index) === false)
          throw new Stopped();
        const label = barrierLabel(table, index, table.close[index] as number, atr);
        if (label !== null)
          settle(ask('tactical60x7', arena.tacticalMatrix, table.tsMs[index] as number), label);
      },
      strategic(_index, bar, matrix, atr) {
        halfHours.high.push(bar.high);
        halfHours.low.push(bar.low);
        if (matrix === null) return;
        const at = ask('strategic48x13', arena.strategicMatrix, bar.tsMs);
        open.push({ bar: halfHours.high.length - 1, close: bar.close, atr, at });
      },
    },
    session,
  );
  for (const { bar, close, atr, at } of open) {
    const label = barrierLabel(halfHours, bar, close, atr);
    if (label !== null) settle(at, label);
    else drop(kept, at);
  }
}

/** Takes back forecasts whose outcome never came; they are each voter's last. */
function drop(kept: readonly Kept[], at: readonly (number | null)[]): void {
  at.forEach((place, i) => {
    const own = kept[i]!;
    if (place === null || place >= own.labels.length) return;
    own.labels.length = place;
    own.blocks.length = place;
    own.p.length = 3 * place;
  });
}
