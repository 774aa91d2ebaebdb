// A canary: a version votes in the shadow of its voter's head. Nothing it says reaches the quorum; how often
// it agrees and how both score is counted.

import { BARRIER_ATR, BARRIER_BARS } from './barrier-label.ts';
import { openModel } from '../agents/model-file.ts';
import { voterById } from '../agents/roster.ts';
import { argmax } from '../agents/vote.ts';
import type { Probabilities } from '../agents/vote.ts';
import { castVote } from '../agents/voter.ts';
import { HOLD, LONG, SHORT } from '../core/units.ts';
import type { Direction } from '../core/units.ts';
import type { Decision, Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { ModelFile } from '../engine/open.ts';

/** What a canary has shown so far. */
export interface CanaryReport {
  readonly agent: string;
  /** Rounds in which head and canary both had an opinion. */
  readonly rounds: number;
  /** Share of them with the same argmax; null before the first. */
  readonly agreement: number | null;
  /** Rounds whose outcome is known. */
  readonly judged: number;
  /** Mean Brier score over SHORT HOLD LONG, 0 best and 2 worst; null before the first outcome. */
  readonly headBrier: number | null;
  readonly canaryBrier: number | null;
  /** Shares of right argmaxes. */
  readonly headRight: number | null;
  readonly canaryRight: number | null;
}

/** A running canary; hand `observe` to `runEngine`, or call it after every step of a live engine. */
export interface Canary {
  observe(event: EngineEvent, effects: readonly Effect[]): void;
  report(): CanaryReport;
}

interface Waiting {
  readonly symbol: number;
  readonly head: Probabilities;
  readonly canary: Probabilities;
  readonly upper: number;
  readonly lower: number;
  barsLeft: number;
}

/**
 * Starts a canary beside an engine. The engine's state, votes and hashes stay what they are without it.
 *
 * @param file   the version, checked as a head would be
 * @param agent  the voter it would replace
 * @throws       GrandModelError BAD_MODEL
 */
export function startCanary(engine: Engine, file: ModelFile, agent: string): Canary {
  const { core } = engine;
  const voter = voterById(agent);
  const model = openModel(core.kernel, file.onnx, file.card, agent);
  const sums = { rounds: 0, agreed: 0, judged: 0, head: 0, canary: 0, headRight: 0, canaryRight: 0 };
  let waiting: Waiting[] = [];

  function shadow(decision: Decision, close: number): void {
    const arena = core.arenas[decision.symbol]!;
    const said = decision.votes.find((vote) => vote.agent === agent);
    if (!said || said.abstain !== null) return;
    const matrix = voter.matrix === 'tactical60x7' ? arena.tacticalMatrix : arena.strategicMatrix;
    const { round, barHash, knownAtMs, symbol } = decision;
    const vote = castVote(core.kernel, voter, model, { round, barHash, knownAtMs, matrix });
    if (vote.abstain !== null) return;
    sums.rounds++;
    if (argmax(vote.probabilities) === argmax(said.probabilities)) sums.agreed++;
    const away = BARRIER_ATR * arena.atr;
    const both = { head: said.probabilities, canary: vote.probabilities };
    waiting.push({ symbol, ...both, upper: close + away, lower: close - away, barsLeft: BARRIER_BARS });
  }

  function judge(one: Waiting, outcome: Direction): void {
    sums.judged++;
    sums.head += brier(one.head, outcome);
    sums.canary += brier(one.canary, outcome);
    if (argmax(one.head) === outcome) sums.headRight++;
    if (argmax(one.canary) === outcome) sums.canaryRight++;
  }

  const mean = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);
  return {
    observe(event, effects) {
      if (event.kind !== 'bar' || effects.some(({ kind }) => kind === 'barRejected')) return;
      waiting = waiting.filter((one) => {
        if (one.symbol !== event.symbol) return true;
        const outcome = outcomeOf(one, event.high, event.low);
        if (outcome !== null) judge(one, outcome);
        return outcome === null;
      });
      for (const effect of effects) if (effect.kind === 'decision') shadow(effect, event.close);
    },
    report: () => ({
      agent,
      rounds: sums.rounds,
      agreement: mean(sums.agreed, sums.rounds),
      judged: sums.judged,
      headBrier: mean(sums.head, sums.judged),
      canaryBrier: mean(sums.canary, sums.judged),
      headRight: mean(sums.headRight, sums.judged),
      canaryRight: mean(sums.canaryRight, sums.judged),
    }),
  };
}

/** The barrier met first, HOLD for neither in time or both in one bar, null while it is open. */
function outcomeOf(one: Waiting, high: number, low: number): Direction | null {
  const [up, down] = [high >= one.upper, low <= one.lower];
  one.barsLeft--;
  if (up && !down) return LONG;
  if (down && !up) return SHORT;
  return up || one.barsLeft === 0 ? HOLD : null;
}

function brier(probabilities: Probabilities, outcome: Direction): number {
  return probabilities.reduce((sum, p, i) => sum + (p - (i === outcome ? 1 : 0)) ** 2, 0);
}
