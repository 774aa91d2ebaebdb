// Ways to split time so that nothing of the test is in the training: walk-forward, and combinatorial purged
// cross-validation. Samples are numbered in order of time; a range is [from, to).

import { GrandModelError } from '../core/errors.ts';

/** Samples from..to − 1. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is fitted and what is judged; the two never touch. */
export interface Split {
  readonly train: readonly Range[];
  readonly test: readonly Range[];
}

/** What keeps a test apart from its training. */
export interface Separation {
  /** Samples before a test that are left out of training: the label's horizon. */
  readonly purge: number;
  /** Samples after a test that are left out of training: feature window + how long its echo lasts. */
  readonly embargo: number;
}

/** A walk through time. */
export interface WalkOptions extends Separation {
  /** Samples trained on; anchored walks start with so many and grow. */
  readonly train: number;
  readonly test: number;
  /** True: training always starts at the first sample. */
  readonly anchored: boolean;
}

/** Most groups of a combinatorial split: 16 choose 8 are 12,870 splits. */
const GROUPS_MAX = 16;

/**
 * Walk-forward splits: train on the past, leave purge + embargo out, test on what follows, step on by one
 * test.
 *
 * @param samples  count
 * @returns        none when there is not enough; a shorter test at the end is kept
 * @throws         GrandModelError BAD_ARGUMENT for a length below 1 or a negative separation
 */
export function walkForward(samples: number, options: WalkOptions): Split[] {
  const { train, test, purge, embargo, anchored } = options;
  need(train >= 1 && test >= 1, 'train and test', Math.min(train, test), 'at least 1');
  need(purge >= 0 && embargo >= 0, 'purge and embargo', Math.min(purge, embargo), 'at least 0');
  const splits: Split[] = [];
  const gap = purge + embargo;
  for (let from = train + gap; from < samples; from += test) {
    const end = from - gap;
    splits.push({
      train: [{ from: anchored ? 0 : end - train, to: end }],
      test: [{ from, to: Math.min(samples, from + test) }],
    });
  }
  return splits;
}

/** Combinatorial splits and the paths that their tests make. */
export interface Combinations {
  readonly groups: readonly Range[];
  readonly splits: readonly Split[];
  /** Each path visits every group once: `paths[p][g]` is the split whose model judges group g on path p. */
  readonly paths: readonly (readonly number[])[];
}

/**
 * Combinatorial purged cross-validation: every choice of `tested` among `groups` groups is a test once.
 *
 * @param samples  count, at least `groups`
 * @param groups   2..16, equal up to one sample
 * @param tested   1..groups − 1
 * @throws         GrandModelError BAD_ARGUMENT
 * @source         López de Prado 2018, ch. 12; 6 groups with 2 tested give 15 splits and 5 paths
 */
export function combinatorialSplits(
  samples: number,
  groups: number,
  tested: number,
  separation: Separation,
): Combinations {
  need(groups >= 2 && groups <= GROUPS_MAX, 'groups', groups, `2 to ${GROUPS_MAX}`);
  need(tested >= 1 && tested < groups, 'tested', tested, `1 to ${groups - 1}`);
  need(samples >= groups, 'samples', samples, `at least ${groups}`);
  const bounds = Array.from({ length: groups + 1 }, (_, g) => Math.floor((g * samples) / groups));
  const ranges = Array.from({ length: groups }, (_, g) => ({ from: bounds[g]!, to: bounds[g + 1]! }));
  const splits: Split[] = [];
  const judgedBy: number[][] = ranges.map(() => []);
  for (const chosen of combinations(groups, tested)) {
    for (const g of chosen) judgedBy[g]!.push(splits.length);
    const test = chosen.map((g) => ranges[g]!);
    splits.push({ train: outside(samples, test, separation), test });
  }
  const paths = judgedBy[0]!.map((_, p) => judgedBy.map((splitsOfGroup) => splitsOfGroup[p]!));
  return { groups: ranges, splits, paths };
}

/** What is left to train on beside some tests. */
export function outside(samples: number, tests: readonly Range[], separation: Separation): Range[] {
  const left: Range[] = [];
  let from = 0;
  for (const test of [...tests].sort((a, b) => a.from - b.from)) {
    const to = test.from - separation.purge;
    if (to > from) left.push({ from, to });
    from = Math.max(from, test.to + separation.embargo);
  }
  if (from < samples) left.push({ from, to: samples });
  return left;
}

function* combinations(count: number, size: number): Generator<number[]> {
  const chosen = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    yield [...chosen];
    let place = size - 1;
    while (place >= 0 && chosen[place] === count - size + place) place--;
    if (place < 0) return;
    chosen[place] = (chosen[place] as number) + 1;
    for (let i = place + 1; i < size; i++) chosen[i] = (chosen[i - 1] as number) + 1;
  }
}

function need(holds: boolean, field: string, value: number, wanted: string): void {
  if (holds) return;
  throw new GrandModelError('BAD_ARGUMENT', `Cannot split: ${field} ${value} is not ${wanted}`, {
    field,
    value,
  });
}
