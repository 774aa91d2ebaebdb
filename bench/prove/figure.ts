// What a step of `npm run prove` answers: figures, each with what was asked, what was measured, and the
// verdict.

/** One figure of an issue. */
export interface Figure {
  readonly name: string;
  readonly asked: string;
  readonly measured: string | number;
  readonly ok: boolean;
}

/**
 * What a step answers; `ok` when all its figures are. A step without the data it needs is skipped, not
 * passed.
 */
export interface StepResult {
  readonly ok: boolean;
  readonly skipped?: string;
  readonly figures: readonly Figure[];
}

/** A named part of a proof that can be run again by itself. */
export interface Step {
  readonly name: string;
  run(): Promise<StepResult>;
}

/** A step from its figures. */
export function resultOf(figures: readonly Figure[]): StepResult {
  return { ok: figures.length > 0 && figures.every(({ ok }) => ok), figures };
}

/** A step that cannot run here. */
export function skipped(why: string): StepResult {
  return { ok: true, skipped: why, figures: [] };
}

/** A number that must lie in a range, ends included. */
export function within(name: string, measured: number, min: number, max: number): Figure {
  const asked = max === Infinity ? `≥ ${min}` : min === -Infinity ? `≤ ${max}` : `${min} to ${max}`;
  return {
    name,
    asked,
    measured: Number(measured.toPrecision(5)),
    ok: measured >= min && measured <= max,
  };
}

/** A value that must be exactly another. */
export function equal(name: string, measured: string | number, asked: string | number): Figure {
  return { name, asked: String(asked), measured, ok: measured === asked };
}
