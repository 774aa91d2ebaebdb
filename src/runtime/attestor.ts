// Answers an engine's `infer` effects with a second evaluator, wherever that runs: here, in another worker,
// behind a port.

import { VOTERS } from '../agents/roster.ts';
import type { Attestor } from '../backtest/runner.ts';
import type { AttestedEvent } from '../engine/events.ts';
import { STRATEGIC_VALUES, TACTICAL_VALUES } from '../signals/arena.ts';

/** The matrices of one round, f32, and which voters (in roster order) are asked. */
export interface RoundInputs {
  readonly tactical: Float32Array;
  readonly strategic: Float32Array;
  readonly asked: readonly boolean[];
}

/** p(SHORT), p(HOLD), p(LONG) by voter; null where it was not asked or could not be evaluated. */
export type RoundAnswers = readonly (readonly number[] | null)[];

/** Evaluates all voters of a round at once, so that a border is crossed once a round. */
export type EvaluateRound = (inputs: RoundInputs) => Promise<RoundAnswers>;

/**
 * An attestor of votes on top of any evaluator. A voter it has no answer for stays unattested and abstains at
 * the next bar: an unknown is never a pass.
 */
export function createAttestor(evaluate: EvaluateRound): Attestor {
  return async (engine, infer) => {
    if (infer.kind !== 'infer') return [];
    const { core } = engine;
    const arena = core.arenas[infer.symbol];
    const open = core.state.openRounds.find((candidate) => candidate.round === infer.round);
    if (!arena || !open) return [];
    const { kernel } = core;
    const answers = await evaluate({
      tactical: kernel.f32(arena.tacticalMatrix, TACTICAL_VALUES).slice(),
      strategic: kernel.f32(arena.strategicMatrix, STRATEGIC_VALUES).slice(),
      asked: open.attested.map((done) => !done),
    });
    const events: AttestedEvent[] = [];
    VOTERS.forEach((voter, seat) => {
      const answer = answers[seat];
      if (!answer || open.attested[seat] !== false) return;
      const [short = Number.NaN, hold = Number.NaN, long = Number.NaN] = answer;
      events.push({ kind: 'attested', round: infer.round, agent: voter.id, short, hold, long });
    });
    return events;
  };
}
