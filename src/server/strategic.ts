// The strategic answer: matrix, uncertainty, regime and similar past rows of the last closed 30m bar.

import { askVoters } from '../engine/ask.ts';
import { REGIMES } from '../signals/regime.ts';
import { STRATEGIC_COLUMNS, STRATEGIC_COLUMN_NAMES, STRATEGIC_ROWS } from '../signals/matrix.ts';
import { UNCERTAINTY_LEVELS } from '../signals/uncertainty.ts';
import { STRATEGIC_VALUES } from '../signals/arena.ts';
import type { Played } from './play.ts';
import type { StrategicRequest } from './wire.ts';

const NEIGHBOURS = 32;
/** Confidence is the other end of uncertainty. */
const CONFIDENCE = { LOW: 'HIGH', MEDIUM: 'MEDIUM', HIGH: 'LOW' } as const;

/** The body of the answer without its times; numbers that are not known yet are null. */
export function strategicAnswer(played: Played, features: StrategicRequest['features']) {
  const { engine, last, synergy } = played;
  const arena = engine.core.arenas[0]!;
  const opinion = askVoters(engine, last, synergy);
  const regime = arena.regime();
  const uncertainty = arena.uncertainty();
  const patterns = arena.patterns(NEIGHBOURS);
  const level = UNCERTAINTY_LEVELS[uncertainty.level];
  const { confidenceScore } = opinion;
  return {
    matrix_result: matrixOf(played, features),
    uncertainty_score: confidenceScore === null ? null : 1 - confidenceScore,
    uncertainty_level: level,
    confidence_score: confidenceScore,
    confidence_level: CONFIDENCE[level],
    regime_classification: REGIMES[regime.code] ?? 'SIDEWAYS',
    regime_probabilities: Object.fromEntries(
      REGIMES.map((name, index) => [name, known(regime.probabilities[index])]),
    ),
    regime_stale: regime.stale,
    interval_half_width: known(uncertainty.halfWidth),
    vector_patterns: patterns.neighbours.map(({ tsMs, distance, outcome }) => ({
      tsMs,
      timestamp: new Date(tsMs).toISOString(),
      distance,
      outcome_sigma: outcome,
    })),
    pattern_summary: {
      count: patterns.count,
      outcome_mean: patterns.outcomeMean,
      outcome_spread: patterns.outcomeSpread,
      hit_rate: patterns.hitRate,
    },
  };
}

function matrixOf(played: Played, features: StrategicRequest['features']) {
  const { core } = played.engine;
  const arena = core.arenas[0]!;
  arena.writeMatrices();
  const flat = core.kernel.f32(arena.strategicMatrix, STRATEGIC_VALUES);
  const columns = features ?? STRATEGIC_COLUMN_NAMES;
  const places = columns.map((name) => STRATEGIC_COLUMN_NAMES.indexOf(name));
  const values = Array.from({ length: STRATEGIC_ROWS }, (_, row) =>
    places.map((place) => known(flat[row * STRATEGIC_COLUMNS + place])),
  );
  return { rows: STRATEGIC_ROWS, columns, complete: arena.strategicComplete, values };
}

/** JSON has no NaN: what is not known is null. */
export function known(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
