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
import type { EngineTeamScore } from '../../src/training/engine-evaluation.ts';
import type { EngineTrialResult } from '../../src/training/engine-trial.ts';
import type { PolicyEvaluation } from '../../src/training/policy-evaluation.ts';
import { POLICY_HELD_OUT } from '../../src/training/policy-models.ts';
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
  readonly actors: readonly (TeamScore | EngineTeamScore)[];
  readonly policies: PolicyEvaluation | null;
}

async function judged(...argv: string[]): Promise<Printed> {
  const log = argv.includes('--trials') ? [] : ['--trials', join(folder, 'other.ndjson')];
  const { code, out } = await gm('evaluate', ...argv, ...log, '--json');
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
  expect((actors[0] as TeamScore).fraction).toBeCloseTo(trained.perSeed[0]!, 3);
  expect(actors[0]).toMatchObject({ market: 'full', agents: 1, names: ['full-tactical'] });
});

const traders = async (...argv: string[]): Promise<EngineTeamScore> =>
  (await judged('actors', ...argv)).actors[0] as EngineTeamScore;

it('plays actors of the engine market behind the bars of their training, to what it measured', async () => {
  const [data, models] = [join(folder, 'own.csv'), join(folder, 'own')];
  expect((await gm('market', '--bars', '24000', '--seed', '9', '--out', data)).code).toBe(0);
  const on = ['--data', data, '--symbol', 'SIM'];
  const train = ['train', '--market', 'engine', '--agents', '3', '--updates', '4', '--export-every', '2'];
  const { out } = await gm(
    ...train,
    ...on,
    '--out',
    models,
    '--trials',
    join(folder, 'own.ndjson'),
    '--json',
  );
  const { seeds, rules, heldBars } = JSON.parse(out) as EngineTrialResult;
  const { held } = seeds[0]!;
  const [best, last, first] = await Promise.all([
    traders('--models', models, ...on),
    traders('--models', models, ...on, '--version', '4'),
    traders('--models', models, ...on, '--version', '2'),
  ]);
  expect(best).toMatchObject({ version: null, agents: 3, bars: heldBars, over: 'stretches' });
  expect(last).toEqual({ ...best, version: 4, names: best.names.map((name) => `${name}.v0004`) });
  expect(first.players[0]).not.toEqual(best.players[0]);
  // the trainer's kernels and the reference evaluator differ in last bits: a tie may fall the other way
  expect(best.players[0]!.reward).toBeCloseTo(held.agents.reward, 5);
  expect(best.players[0]!.netBp).toBeCloseTo(held.agents.netBp, 2);
  expect(best.players.slice(2).map(({ name, netBp }) => [name, netBp])).toEqual(
    rules.map(({ name, netBp }) => [name, netBp]),
  );
  const interval = best.players[0]!.netBpInterval!;
  expect(interval.value).toBeCloseTo(best.players[0]!.netBp, 12);
  expect(interval.high - interval.value).toBeGreaterThan(held.agents.netBpError! * 2);
  // a file that ends with what was trained on leaves nothing to judge
  const early = join(folder, 'early.csv');
  writeFileSync(early, readFileSync(data, 'utf8').split('\n').slice(0, 6_000).join('\n'));
  const { code, err } = await gm('evaluate', '--models', models, '--data', early);
  expect([code, err.includes('it was trained on bars until')]).toEqual([2, true]);
});

it('plays them on fresh markets, one trial for each, with intervals over the markets', async () => {
  const [models, log] = [join(folder, 'own'), join(folder, 'fresh.ndjson')];
  const argv = ['--models', models, '--bars', '6000', '--trials', log];
  const seeds = ['11', '12', '13'].flatMap((seed) => ['--market-seed', seed]);
  const [score, again] = [await traders(...argv, ...seeds), await traders(...argv, ...seeds)];
  expect(again).toEqual(score);
  expect(score).toMatchObject({ over: 'markets', clusters: 3 });
  for (const { reward, rewardInterval: interval } of score.players) {
    expect(interval!.value).toBeCloseTo(reward, 12);
    expect(interval!.low).toBeLessThanOrEqual(interval!.high);
  }
  const names = score.players.map(({ name }) => name).join(' ');
  for (const name of ['random, turnover matched', 'flat', 'limits at the close'])
    expect(names).toContain(name);
  const flat = score.beside.find(({ name }) => name === 'flat')!;
  expect(flat.reward).toEqual(score.players[0]!.rewardInterval);
  const trials = readTrials(readFileSync(log, 'utf8'));
  expect(new Set(trials.map(({ dataHash }) => dataHash)).size).toBe(3);
  expect(new Set(trials.map(({ configHash }) => configHash)).size).toBe(1);
});

it('finds of the shipped policies what their cards say, by the files themselves', async () => {
  const { first, count } = POLICY_HELD_OUT;
  const seeds = Array.from({ length: count }, (_, i) => ['--market-seed', String(first + i)]).flat();
  const { policies, voters } = await judged('policies', ...seeds);
  expect(voters).toEqual([]);
  const { metrics } = readCard(readFileSync('models/risk.card.json', 'utf8'));
  const { scores, beside, decisions, quarters, styles } = policies!;
  const [both, neither, others, hindsight] = scores;
  expect(decisions).toBe(metrics.held_out_decisions);
  expect(both!.reward).toBeCloseTo(metrics.reward!, 5);
  expect(neither!.reward).toBeCloseTo(metrics.reward_all_at_market!, 5);
  expect(quarters[0]).toBeCloseTo(metrics.share_no_size!, 5);
  expect(styles[2]! + styles[3]!).toBeCloseTo(metrics.share_limit!, 5);
  expect(hindsight!.reward).toBeGreaterThanOrEqual(metrics.reward_best_fixed_rule!);
  expect(others!.reward).toBeLessThanOrEqual(hindsight!.reward);
  expect(beside[0]!.interval!.low).toBeGreaterThan(0);
  expect(beside[0]!.reward).toBeCloseTo(both!.reward - neither!.reward, 12);
}, 120_000);

it('judges one policy beside the other shipped one, on the weeks of a file', async () => {
  const data = join(folder, 'weeks.csv');
  expect((await gm('market', '--bars', '9000', '--seed', '9', '--out', data)).code).toBe(0);
  const { policies } = await judged('--model', 'models/risk.onnx', '--data', data, '--symbol', 'SIM');
  const all = await judged('policies', '--data', data, '--symbol', 'SIM');
  expect(policies).toEqual(all.policies);
  expect(policies!.over).toBe('weeks');
  expect(policies!.clusters).toBeGreaterThan(2);
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
    [['moon'], '"moon" is none of voters, actors, policies'],
    [['--market-seed', '101'], '--market-seed 101: "fvg" was trained on it (card.data.seeds)'],
    [['policies', '--market-seed', '1050'], '--market-seed 1050: "risk" was trained on it'],
    [['actors', '--models', join(folder, 'own'), '--version', '3'], 'it holds 2 4'],
    [['actors', '--models', 'models'], '"models" holds no actors'],
    [['--model', join(folder, 'own', 'engine-risk.onnx')], 'Cannot play engine: its actor "strategic"'],
  ];
  for (const [argv, message] of cases) {
    const { code, err } = await gm('evaluate', ...argv);
    expect([code, argv]).toEqual([2, argv]);
    expect(err).toContain(message);
  }
  expect((await gm('evaluate', '--help')).out).toContain('--models DIR');
});
