// Whatever the sizes, a test never touches its training, and every sample is judged as often as it should be.

import { expect, it } from 'vitest';
import { combinatorialSplits, walkForward } from '../../src/backtest/splits.ts';
import type { Range, Split } from '../../src/backtest/splits.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
console.log(`splits: SEED=${seed}`);
let state = seed;
const whole = (from: number, to: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return from + Math.floor((state / 2 ** 32) * (to - from + 1));
};

function members(ranges: readonly Range[]): Set<number> {
  const found = new Set<number>();
  for (const { from, to } of ranges) {
    expect(to).toBeGreaterThan(from);
    for (let i = from; i < to; i++) {
      if (found.has(i)) throw new Error(`${i} is in two ranges`);
      found.add(i);
    }
  }
  return found;
}

/** No training sample lies in a test, in the purge before it or in the embargo after it. */
function separated(split: Split, purge: number, embargo: number): void {
  const train = members(split.train);
  for (const { from, to } of split.test) {
    for (let i = from - purge; i < to + embargo; i++) {
      if (train.has(i)) throw new Error(`${i} is trained on beside the test ${from}..${to}`);
    }
  }
}

it('walks forward without touching what it judges', () => {
  for (let run = 0; run < 200; run++) {
    const samples = whole(1, 400);
    const options = {
      train: whole(1, 120),
      test: whole(1, 60),
      purge: whole(0, 12),
      embargo: whole(0, 5),
      anchored: whole(0, 1) === 1,
    };
    const splits = walkForward(samples, options);
    const judged = new Set<number>();
    for (const split of splits) {
      separated(split, options.purge, options.embargo);
      for (const { to } of split.train) expect(to).toBeLessThanOrEqual(split.test[0]!.from);
      for (const i of members(split.test)) judged.add(i);
    }
    const first = options.train + options.purge + options.embargo;
    expect(judged.size, `samples ${samples}`).toBe(Math.max(0, samples - first));
  }
});

it('combines every choice of groups once and makes whole paths of them', () => {
  for (let run = 0; run < 60; run++) {
    const groups = whole(2, 8);
    const tested = whole(1, groups - 1);
    const samples = whole(groups, 200);
    const [purge, embargo] = [whole(0, 6), whole(0, 6)];
    const {
      splits,
      paths,
      groups: ranges,
    } = combinatorialSplits(samples, groups, tested, { purge, embargo });
    expect(members(ranges).size).toBe(samples);
    for (const split of splits) separated(split, purge, embargo);
    expect(splits.length * tested).toBe(paths.length * groups);
    for (const path of paths) {
      path.forEach((split, g) => expect(splits[split]!.test).toContainEqual(ranges[g]));
    }
    const used = paths.flatMap((path) => path.map((split, g) => `${split}:${g}`));
    expect(new Set(used).size).toBe(used.length);
  }
  const six = combinatorialSplits(600, 6, 2, { purge: 3, embargo: 6 });
  expect([six.splits.length, six.paths.length]).toEqual([15, 5]);
});
