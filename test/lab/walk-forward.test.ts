// Refitting as the file goes on: no label looks into a test, later bars change nothing that was learnt, folds
// are one account, null worlds are refitted too, and cross-validation walks the file several times.

import { beforeAll, expect, it } from 'vitest';
import { replay } from '../../src/backtest/replay.ts';
import type { Bars, Experiment } from '../../src/backtest/experiment.ts';
import { surrogate } from '../../src/backtest/surrogates.ts';
import { toHex } from '../../src/core/bytes.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../../src/data/market-options.ts';
import { crossValidate } from '../../src/lab/cross-validation.ts';
import { chooseSamples, fitFold, LABEL_BARS, sampleFile, separationOf } from '../../src/lab/fold-fit.ts';
import { foldsOfFile, walkForwardPipeline } from '../../src/lab/walk-forward.ts';
import { resolveInstrument } from '../../src/market/built-in.ts';
import type { SampledMarket } from '../../src/training/market-features.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';

const ROWS = 24_000;
const SEED = 11;

let kernel: Kernel;
let bars: Bars;
let sampled: SampledMarket;
const listing = () => {
  const instrument = resolveInstrument(SIMULATED_SYMBOL, bars.close);
  return { instrument, volume: 'quantity' } as const;
};

beforeAll(async () => {
  kernel = await loadKernel();
  bars = simulatedBars(kernel, SEED, ROWS);
  sampled = sampleFile(kernel, bars, listing());
});

it('trains on nothing whose label has seen a test, and finds labels that were shifted into the future', () => {
  const splits = foldsOfFile(ROWS, 3);
  expect(splits).toHaveLength(3);
  for (const split of splits) {
    const [test] = split.test;
    for (const all of [sampled.tactical, sampled.strategic]) {
      const honest = chooseSamples(all, split);
      expect(honest.purged).toBe(0);
      expect(honest.samples.count).toBeGreaterThan(100);
      expect(Math.max(...honest.samples.until)).toBeLessThan(test!.from);
      // the same labels, said to look 2,000 bars further: those that now reach the test are found
      const shifted = { ...all, until: all.until.map((bar) => bar + 2_000) };
      const caught = chooseSamples(shifted, split);
      expect(caught.purged).toBeGreaterThan(50);
      expect(Math.max(...caught.samples.until)).toBeLessThan(test!.from);
      // a split that keeps no distance is found too
      const close = { train: [{ from: 0, to: test!.from }], test: split.test };
      expect(chooseSamples(all, close).purged).toBeGreaterThan(0);
    }
  }
});

it('learns the same whatever comes from the test on', async () => {
  const [split] = foldsOfFile(ROWS, 2);
  const hashes = async (file: Bars): Promise<string[]> => {
    const own = await loadKernel();
    const fit = fitFold(own, file, sampleFile(own, file, listing()), split!);
    return Object.values(fit.models).map(({ onnx }) => toHex(own.sha256(onnx)));
  };
  const from = split!.test[0]!.from;
  const other = simulatedBars(kernel, SEED + 1, ROWS);
  const changed = { ...bars };
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    changed[name] = bars[name].map((value, i) => (i < from ? value : (other[name][i] as number)));
  }
  const [own, theirs] = [await hashes(bars), await hashes(changed)];
  expect(theirs).toEqual(own);
  // and it would show: one bar inside the training changes what is learnt
  const inside = split!.train[0]!.to - LABEL_BARS;
  const moved = { ...bars, close: bars.close.map((value, i) => (i === inside ? value + 0.5 : value)) };
  moved.high = bars.high.map((value, i) => Math.max(value, moved.close[i] as number));
  expect(await hashes(moved)).not.toEqual(own);
});

async function walked(file: Bars): Promise<Experiment> {
  const run = await walkForwardPipeline(listing(), { simulated: true }, 3).run(file);
  if (!run) throw new Error('the walk was stopped');
  return run;
}

it('trades every fold with its own voters on one account, the same twice, and refits in null worlds', async () => {
  const run = await walked(bars);
  const splits = foldsOfFile(ROWS, 3);
  expect(run.fits?.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual(
    splits.map(({ test: [test] }) => [bars.tsMs[test!.from], bars.tsMs[test!.to - 1]]),
  );
  const first = splits[0]!.test[0]!.from;
  expect(run.bars.rows).toBe(ROWS);
  expect(run.equity.subarray(0, first).every((value) => value === run.initial)).toBe(true);
  expect(run.firstDecision).toBeGreaterThanOrEqual(first);
  expect(run.trades.length).toBeGreaterThan(20);
  expect(run.trades.length).toBe(run.tally.trades);
  // nothing is carried from one engine to the next
  for (const { test } of splits.slice(0, -1)) expect(run.units[test[0]!.to - 1]).toBe(0);
  const last = run.equity[ROWS - 1] as number;
  const again = replay(run, { costs: 1, delayBars: 0 });
  expect(again[ROWS - 1]).toBeCloseTo(last, 2);
  const closed = run.trades.reduce((sum, { net }) => sum + net, 0);
  if (run.units[ROWS - 1] === 0) expect(closed).toBeCloseTo(last - run.initial, 2);
  expect(run.tally.netPnl).toBeCloseTo(last - run.initial, 2);

  const twice = await walked(bars);
  expect([twice.stateHash, twice.configHash]).toEqual([run.stateHash, run.configHash]);
  const world = surrogate(kernel.raw, bars, listing().instrument.tick, 'sign-flipped', 5);
  const nowhere = await walked(world);
  // models are part of the configuration's hash: a null world has learnt from itself
  expect(nowhere.configHash).not.toBe(run.configHash);
});

it('cross-validates: every path walks the whole file', async () => {
  const given = { listing: listing(), bars, config: { simulated: true } };
  const found = await crossValidate(given, 4, 2);
  expect(found).toMatchObject({ groups: 4, tested: 2, splits: 6 });
  expect(found!.paths).toHaveLength(3);
  expect(new Set(found!.paths.map(({ sharpe }) => sharpe)).size).toBe(3);
  expect(await crossValidate(given, 4, 2, () => false)).toBeNull();
});

it('refuses files that are too short and keeps its distances', () => {
  expect(() => foldsOfFile(360, 4)).toThrow('Cannot walk forward: 360 bars are too few for 4 folds');
  const [split] = foldsOfFile(2_000, 4);
  expect(() => fitFold(kernel, bars, sampled, split!)).toThrow(
    /Cannot refit .* samples of training are under/,
  );
  const { purge, embargo } = separationOf(ROWS);
  expect([purge, embargo]).toEqual([72, 288 + 240]);
});
