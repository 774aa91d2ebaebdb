// One decision as a line of JSON: the journalled decision and everything that was known then.

import { VOTERS } from '../agents/roster.ts';
import { toHex } from '../core/bytes.ts';
import { DIRECTION_NAMES } from '../core/units.ts';
import type { Decision, Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import { dailyVar, fillConditions } from '../engine/risk-context.ts';
import { STRATEGIC_VALUES, TACTICAL_VALUES } from '../signals/arena.ts';
import { STRATEGIC_COLUMNS } from '../signals/matrix.ts';
import { REGIMES } from '../signals/regime.ts';
import { UNCERTAINTY_LEVELS } from '../signals/uncertainty.ts';
import { TACTICAL_COLUMNS } from '../wasm/abi-signals.ts';

/** JSON with bytes as hexadecimal; NaN and infinities become null. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (item instanceof Uint8Array ? toHex(item) : item),
    indent,
  );
}

/**
 * Everything behind a decision, right after the step that made it: the matrices still lie where the voters
 * read them.
 *
 * @param seq      number of the decision in its run, from 1
 * @param effects  all effects of the same event
 */
export function decisionRecord(
  seq: number,
  decision: Decision,
  effects: readonly Effect[],
  engine: Engine,
): object {
  const { core } = engine;
  const arena = core.arenas[decision.symbol]!;
  const { kernel } = core;
  const synergy =
    effects.find((effect) => effect.kind === 'synergy' && effect.symbol === decision.symbol) ?? null;
  const order = effects.find((effect) => effect.kind === 'order' && effect.round === decision.round) ?? null;
  const rows = (address: number, count: number, width: number): number[][] => {
    const values = Array.from(kernel.f32(address, count));
    return Array.from({ length: count / width }, (_, i) => values.slice(i * width, (i + 1) * width));
  };
  const { kind: _kind, symbol, knownAtMs, ...rest } = decision;
  return {
    seq,
    symbol: core.listings[symbol]!.instrument.symbol,
    knownAtMs,
    time: new Date(knownAtMs).toISOString(),
    ...rest,
    direction: DIRECTION_NAMES[decision.verdict.direction],
    regime: REGIMES[decision.regime],
    uncertainty: UNCERTAINTY_LEVELS[decision.uncertainty],
    synergy,
    order,
    uncertaintyReport: arena.uncertainty(),
    regimeProbabilities: arena.regime().probabilities,
    strategicStatistics: arena.strategic(),
    tactical: arena.tactical(),
    logits: logitsOf(decision, engine),
    account: {
      equityMicro: core.state.ledger.equityMicro,
      positions: core.state.ledger.positions.map(({ lots, markTicks, costMicro }) => ({
        lots,
        markTicks,
        costMicro,
      })),
    },
    risk: {
      tradingEnabled: core.state.killSwitch.tradingEnabled,
      highWaterMicro: core.state.ledger.highWaterMicro,
      dayStartMicro: core.state.ledger.dayStartMicro,
      gapRows: core.state.symbols[symbol]!.gapRows,
      daily: dailyVar(core, symbol),
      next: fillConditions(core, symbol),
    },
    tacticalMatrix: rows(arena.tacticalMatrix, TACTICAL_VALUES, TACTICAL_COLUMNS.length),
    strategicMatrix: rows(arena.strategicMatrix, STRATEGIC_VALUES, STRATEGIC_COLUMNS),
  };
}

/**
 * Each voter's scores before the softmax, by re-running its model on the matrix it saw; null for one that
 * abstained.
 */
function logitsOf(decision: Decision, engine: Engine): Record<string, number[] | null> {
  const { arenas, models } = engine.core;
  const arena = arenas[decision.symbol]!;
  const logits: Record<string, number[] | null> = {};
  VOTERS.forEach((voter, seat) => {
    const { reference } = models[seat]!;
    const silent = decision.votes[seat]?.abstain !== null;
    if (!silent)
      reference.run(voter.matrix === 'tactical60x7' ? arena.tacticalMatrix : arena.strategicMatrix);
    const scores = silent ? null : reference.logits();
    logits[voter.id] = scores && Array.from(scores);
  });
  return logits;
}
