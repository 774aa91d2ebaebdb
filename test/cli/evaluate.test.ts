// gm evaluate: the figures of the cards, no skill where no edge is planted, actors as good as when they were
// trained, and what is refused.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readCard } from '../../src/agents/model-card.ts';
import { readTrials } from '../../src/backtest/trials.ts';
import { main } from '../../src/cli/main.ts';
import type { TeamScore } from '../../src/training/actor-evaluation.ts';
import type { VoterScore } from '../../src/training/voter-evaluation.ts';

const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function gm(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const { signal } = new AbortController();
  const code = await main(argv, {
    print: (line) => out.push(line),
    note: (line) => err.push(line),
    signal,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

interface Printed {
  readonly voters: readonly VoterScore[];
  readonly actors: readonly TeamScore[];
}

async function judged(...argv: string[]): Promise<Printed> {
  const { code, out } = await gm('evaluate', ...argv, '--json');
  expect(code).toBe(0);
  return JSON.parse(out) as Printed;
}

it('finds of the shipped voters what their cards say, by another way', async () => {
  const { voters } = await judged();
  expect(voters.map(({ agent }) => agent)).toEqual(['fvg', 'momentum', 'entry', 'strategic']);
  for (const score of voters) {
    const { metrics } = readCard(readFileSync(`models/${score.agent}.card.json`, 'utf8'));
    expect(score.samples).toBe(metrics.samples);
    expect(score.accuracy?.value).toBeCloseTo(metrics.accuracy!, 3);
    expect(score.logLoss).toBeCloseTo(metrics.log_loss!, 4);
    expect(score.logLossOfBaseRates).toBeCloseTo(metrics.log_loss_of_base_rates!, 5);
    expect(score.directionalAccuracy?.value).toBeCloseTo(metrics.directional_accuracy!, 3);
    expect(score.skill?.low).toBeGreaterThan(0);
    expect(score.calibrationError).toBeLessThan(0.03);
    expect(score.calibration.reduce((sum, { count }) => sum + count, 0)).toBe(3 * score.samples);
  }
});

it('finds no direction where no edge is planted', async () => {
  const { voters } = await judged('--edge', '0', '--bars', '30000', '--market-seed', '31');
  for (const { directionalAccuracy: right } of voters) {
    expect(right!.low).toBeLessThan(0.5);
    expect(right!.high).toBeLessThan(0.55);
  }
});

it('judges one file, with a card or without, on the bars of a CSV, and counts the look', async () => {
  const data = join(folder, 'market.csv');
  expect((await gm('market', '--bars', '6000', '--seed', '9', '--out', data)).code).toBe(0);
  const log = join(folder, 'trials.ndjson');
  const bare = join(folder, 'mine.onnx');
  copyFileSync('models/momentum.onnx', bare);
  const on = ['--data', data, '--symbol', 'SIM', '--trials', log];
  const [all, one] = [await judged(...on), await judged(...on, '--model', bare, '--voter', 'momentum')];
  const momentum = all.voters.find(({ agent }) => agent === 'momentum')!;
  expect(one.voters).toEqual([{ ...momentum, name: 'mine' }]);
  const lines = readTrials(readFileSync(log, 'utf8'));
  expect(lines.map(({ verb, returns }) => [verb, returns.length])).toEqual([
    ['evaluate', 0],
    ['evaluate', 0],
  ]);
  const { out } = await gm('backtest', ...on, '--json');
  expect((JSON.parse(out) as { trials: object }).trials).toMatchObject({ runs: 3, trials: 3, unkept: 2 });
});

it('plays exported actors to the fraction that their training measured', async () => {
  const models = join(folder, 'actors');
  const train = ['train', '--market', 'full', '--updates', '4', '--out', models, '--json'];
  const trained = JSON.parse((await gm(...train)).out) as { perSeed: number[] };
  const { actors, voters } = await judged('--models', models);
  expect(voters).toEqual([]);
  expect(actors).toHaveLength(1);
  // the reference evaluator and the trainer's kernels differ in last bits: a tie may fall the other way
  expect(actors[0]!.fraction).toBeCloseTo(trained.perSeed[0]!, 3);
  expect(actors[0]).toMatchObject({ market: 'full', agents: 1, names: ['full-tactical'] });
});

it('refuses what it cannot judge', async () => {
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'broken.onnx'), 'no model');
  const cases: readonly [string[], string][] = [
    [['--models', join(folder, 'nowhere')], 'there is no folder'],
    [['--models', join(folder, 'empty')], 'holds no promoted or named model'],
    [['--model', join(folder, 'broken.onnx')], 'Cannot read'],
    [['--market-seed', 'x'], '--market-seed "x" is not a number from 0 to 4294967295'],
    [['--data', 'a.csv', '--market-seed', '1'], '--data and --market-seed exclude each other'],
    [['--every', '0'], '--every "0" is not a number from 1 to 10000'],
  ];
  for (const [argv, message] of cases) {
    const { code, err } = await gm('evaluate', ...argv);
    expect([code, argv]).toEqual([2, argv]);
    expect(err).toContain(message);
  }
  expect((await gm('evaluate', '--help')).out).toContain('--models DIR');
});
