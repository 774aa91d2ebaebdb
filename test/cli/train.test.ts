// gm train: what it prints, what it writes, and that its weights repeat.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readCard } from '../../src/agents/model-card.ts';
import type { Scorecard } from '../../src/backtest/scorecard.ts';
import { main } from '../../src/cli/main.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import type { EngineTrialResult } from '../../src/training/engine-trial.ts';
import type { TrialResult } from '../../src/training/trial.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

const folder = mkdtempSync(join(tmpdir(), 'train-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function gm(
  argv: readonly string[],
  signal = new AbortController().signal,
): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const print = (line: string): number => out.push(line);
  const code = await main(argv, { print, note: (line) => err.push(line), signal });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const linesOf = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];

/** Runs until the learning curve has so many lines, and stops as Ctrl-C does. */
async function stopAfter(lines: number, curve: string, argv: readonly string[]): ReturnType<typeof gm> {
  const controller = new AbortController();
  const watch = setInterval(() => {
    if (linesOf(curve).length >= lines) controller.abort();
  }, 5);
  try {
    return await gm([...argv, '--curve', curve], controller.signal);
  } finally {
    clearInterval(watch);
  }
}

it('trains, scores against the optimum, and writes actors that onnxruntime agrees with', async () => {
  const argv = ['train', '--market', 'full3', '--agents', '3', '--updates', '2', '--json'];
  const { code, out } = await gm([...argv, '--out', folder]);
  expect(code).toBe(0);
  const result = JSON.parse(out) as TrialResult & { written: readonly { path: string; parity: number }[] };
  expect(result).toMatchObject({ market: 'full3', agents: 3, updates: 2, leak: false });
  expect(result.perSeed).toHaveLength(1);
  expect(result.written.every(({ path, parity }) => existsSync(path) && parity <= 1e-5)).toBe(true);
  const names = ['strategic', 'risk', 'execution'].flatMap((agent) => [
    `full3-${agent}.card.json`,
    `full3-${agent}.onnx`,
    `full3-${agent}.v0002.card.json`,
    `full3-${agent}.v0002.onnx`,
  ]);
  expect(readdirSync(folder)).toEqual(names.toSorted());
  const card = readCard(readFileSync(join(folder, 'full3-risk.card.json'), 'utf8'));
  expect(card).toMatchObject({ agent: 'risk', input_shape: [1, 12], output_shape: [1, 5] });
  const again = JSON.parse((await gm(argv)).out) as TrialResult;
  expect(again.seeds[0]?.weights).toEqual(result.seeds[0]?.weights);
});

const TRIALS = ['--trials', join(folder, 'engine.trials')];
const ENGINE = ['train', '--market', 'engine', '--bars', '4000', '--updates', '4', '--json', ...TRIALS];

it('trains on the engine market and keeps a version every few episodes, each naming those before it', async () => {
  const [out, curve] = [join(folder, 'engine'), join(folder, 'engine.ndjson')];
  const argv = [...ENGINE, '--agents', '3', '--out', out, '--export-every', '2', '--curve', curve];
  const { code, out: text } = await gm(argv);
  expect(code).toBe(0);
  const result = JSON.parse(text) as EngineTrialResult & { written: readonly { parity: number }[] };
  expect(result).toMatchObject({ market: 'engine', agents: 3, updates: 4, optimum: null });
  expect(result.rules.map(({ name }) => name)).toContain('buy and hold');
  expect(result.written).toHaveLength(9);
  expect(result.written.every(({ parity }) => parity <= 1e-5)).toBe(true);
  const card = (name: string) => readCard(readFileSync(join(out, `engine-${name}.card.json`), 'utf8'));
  const [old, young, best] = [card('execution.v0002'), card('execution.v0004'), card('execution')];
  expect(old.lineage).toEqual([]);
  expect(young.lineage).toEqual([old.sha256]);
  expect(best).toMatchObject({ sha256: young.sha256, lineage: [old.sha256] });
  expect(best.classes).toEqual(['NONE', 'MARKET', 'LIMIT_TOUCH', 'LIMIT_MID', 'TWAP_3']);
  expect(best.data.source).toContain('market generator');
  expect(linesOf(curve).map((line) => (JSON.parse(line) as { update: number }).update)).toEqual([1, 2, 3, 4]);
  const again = JSON.parse((await gm([...ENGINE, '--agents', '3'])).out) as EngineTrialResult;
  expect(again.seeds[0]?.weights).toEqual(result.seeds[0]?.weights);
});

it('counts a training on the generator as a try on each market that it met', async () => {
  const log = join(folder, 'generator.ndjson');
  const argv = [...ENGINE, '--bars', '4000', '--updates', '1', '--seeds', '2', '--trials', log];
  for (let i = 0; i < 2; i++) expect((await gm(argv)).code).toBe(0);
  expect(linesOf(log)).toHaveLength(8);
  const backtest = async (seed: string): Promise<Scorecard['trials']> => {
    const market = ['--simulate', '4000', '--market-seed', seed];
    const { out } = await gm(['backtest', ...market, '--trials', log, '--json']);
    return (JSON.parse(out) as Scorecard).trials;
  };
  // two seeds, each twice the same weights, and the backtest itself; another market knows nothing of them
  for (const seed of ['1', '1000001']) expect(await backtest(seed)).toMatchObject({ runs: 5, trials: 3 });
  expect(await backtest('2')).toMatchObject({ runs: 1, trials: 1 });
});

it.each([
  ['planted', ['train', '--market', 'full', '--updates', '5', '--json']],
  ['engine', ENGINE],
])('%s: a stopped training goes on to the weights of an unbroken one', async (name, argv) => {
  const file = (end: string): string => join(folder, `${name}.${end}`);
  const stopped = await stopAfter(2, file('curve'), [...argv, '--checkpoint', file('checkpoint')]);
  expect(stopped.code).toBe(1);
  const { updates } = JSON.parse(stopped.out) as { updates: number };
  expect(updates).toBeGreaterThanOrEqual(2);
  expect(updates).toBeLessThan(name === 'engine' ? 4 : 5);
  const resume = ['train', '--resume', file('checkpoint'), '--json', '--curve', file('curve'), ...TRIALS];
  const [resumed, whole] = [await gm(resume), await gm([...argv, '--curve', file('whole')])];
  const weightsOf = (text: string) => (JSON.parse(text) as TrialResult).seeds.map(({ weights }) => weights);
  expect(weightsOf(resumed.out)).toEqual(weightsOf(whole.out));
  expect(linesOf(file('curve'))).toEqual(linesOf(file('whole')));
  const bytes = readFileSync(file('checkpoint'));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file('checkpoint'), bytes);
  const refused = await gm(resume);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('Cannot resume');
});

it('trains on the first part of a file and is judged on the last', async () => {
  const [bars, path] = [9000, join(folder, 'mine_5m.csv')];
  const table = simulatedBars(await loadKernel(), 5, bars);
  const row = (i: number): string =>
    [
      new Date(table.tsMs[i]!).toISOString(),
      table.open[i],
      table.high[i],
      table.low[i],
      table.close[i],
      9,
    ].join();
  const lines = Array.from({ length: bars }, (_, i) => row(i));
  writeFileSync(path, ['time,open,high,low,close,volume', ...lines].join('\n'));
  const log = join(folder, 'trials.ndjson');
  const argv = ['train', '--market', 'engine', '--data', path, '--updates', '1', '--trials', log];
  const { code, out } = await gm([...argv, '--json']);
  expect(code).toBe(0);
  const result = JSON.parse(out) as EngineTrialResult & { source: string };
  expect(result.source).toContain('mine, first 70 %');
  const all = (bars - (1500 - 1)) / 6;
  expect(result.trainBars / all).toBeGreaterThan(0.5);
  expect(result.trainBars / all).toBeLessThan(0.7);
  expect((await gm(argv)).out).toContain('no optimum is known here');
  // every seed judged on a file is a try on it; the same weights twice are one, beside the backtest's own
  const judged = await gm(['backtest', '--data', path, '--trials', log, '--json']);
  const { trials } = JSON.parse(judged.out) as Scorecard;
  expect(trials).toMatchObject({ runs: 3, trials: 2, unkept: 1 });
});

it('refuses markets and settings that do not exist', async () => {
  expect(await gm(['train', '--market', 'moon'])).toMatchObject({ code: 2 });
  expect((await gm(['train', '--agents', '2'])).err).toContain('--agents 2');
  expect((await gm(['train', '--data', 'x.csv'])).err).toContain('--market engine');
  expect((await gm(['train', '--order', 'any'])).err).toContain('simultaneous, sequential');
});
