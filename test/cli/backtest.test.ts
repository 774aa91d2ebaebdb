// gm backtest and gm report: what they print, what they write, and that every run is counted.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readTrials } from '../../src/backtest/trials.ts';
import type { Scorecard } from '../../src/backtest/scorecard.ts';
import type { Trial } from '../../src/backtest/trials.ts';
import { main } from '../../src/cli/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'backtest-'));
const log = join(folder, 'deep/trials.ndjson');

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
  readonly verdict: { readonly evidence: boolean; readonly line: string };
  readonly trials: { readonly runs: number; readonly trials: number; readonly unkept: number };
  readonly proof: { readonly stateHash: string };
}

it('counts the trials of one market: the same one once, another configuration as another', async () => {
  const run = async (...more: string[]): Promise<Printed> => {
    const { code, out } = await gm('backtest', '--simulate', '9000', '--trials', log, '--json', ...more);
    expect(code).toBe(0);
    return JSON.parse(out) as Printed;
  };
  const first = await run();
  const again = await run();
  const other = await run('--fill-model', 'neutral');
  expect(again.proof).toEqual(first.proof);
  expect([first, again, other].map(({ trials }) => [trials.runs, trials.trials])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
  ]);
  expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(3);
  expect(first.verdict).toMatchObject({ evidence: false, line: 'no evidence of skill' });
});

it('writes a page, and nothing when it is stopped', async () => {
  const page = join(folder, 'out/page.html');
  const args = ['report', '--simulate', '9000', '--trials', log, '--fast', '--out', page];
  const { code, out } = await gm(...args);
  expect(code).toBe(0);
  expect(out).toContain('no evidence of skill');
  expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/);
  const stopped = join(folder, 'stopped.html');
  const controller = new AbortController();
  controller.abort();
  const ended = await main(['report', '--simulate', '9000', '--trials', log, '--out', stopped], {
    print: () => {},
    note: () => {},
    signal: controller.signal,
  });
  expect(ended).toBe(1);
  expect(existsSync(stopped)).toBe(false);
});

it('says what is missing', async () => {
  expect((await gm('report', '--simulate', '900')).err).toContain('give --out FILE, or --json');
  const two = ['--data', 'a.csv', '--data', 'b.csv', '--symbol', 'A', '--symbol', 'B'];
  expect((await gm('backtest', ...two)).code).toBe(2);
  expect((await gm('backtest', '--simulate', '900', '--worlds', '3')).err).toContain('--worlds "3"');
});

it('refits and cross-validates, and says on the page what was learnt when', async () => {
  const page = join(folder, 'walk.html');
  const on = ['--simulate', '16000', '--trials', join(folder, 'walk.ndjson'), '--fast'];
  const how = ['--walk-forward', '2', '--cpcv', '3,1'];
  const { code, out } = await gm('report', ...on, ...how, '--out', page, '--json');
  expect(code).toBe(0);
  const card = JSON.parse(out) as Scorecard;
  expect(card.pipeline).toBe('voters refitted 2 times on the past of the file alone');
  expect(card.fits).toHaveLength(2);
  for (const fit of card.fits) expect(fit.trainedToMs).toBeLessThan(fit.fromMs);
  expect(card.crossValidation).toMatchObject({ groups: 3, tested: 1, splits: 3 });
  expect(card.baselines.map(({ name }) => name)).toContain('PPO, 3 fits');
  expect(card.trials).toMatchObject({ runs: 2, trials: 2, unkept: 1 });
  expect(readFileSync(page, 'utf8')).toMatch(/Refits.*Cross-validation/s);
  for (const [argv, message] of [
    [['--cpcv', '6'], '--cpcv "6" is not N,K such as 6,2'],
    [['--cpcv', '6,6'], 'tested 6 is not 1 to 5'],
    [['--walk-forward', '0'], '--walk-forward "0" is not a number from 1 to 52'],
    [['--walk-forward', '2', '--models', 'models'], '--walk-forward refits; it takes no --models'],
  ] as const) {
    const refused = await gm('backtest', ...on.slice(0, 4), ...argv);
    expect([refused.code, argv]).toEqual([2, argv]);
    expect(refused.err).toContain(message);
  }
});

it('counts what run and sweep tried on a file, also off the record', async () => {
  const counted = join(folder, 'counted.ndjson');
  const data = join(folder, 'market.csv');
  expect((await gm('market', '--bars', '9000', '--seed', '5', '--out', data)).code).toBe(0);
  const on = ['--data', data, '--trials', counted];
  const backtest = async (): Promise<Printed> =>
    JSON.parse((await gm('backtest', ...on, '--symbol', 'market', '--json')).out) as Printed;
  const lines = (): Trial[] => readTrialLines(counted);

  // a journal run of the same configuration is the same trial, with the same days and returns
  expect((await gm('run', ...on, '--symbol', 'market', '--json')).code).toBe(0);
  expect((await backtest()).trials).toMatchObject({ runs: 2, trials: 1, unkept: 0 });
  const [run, judged] = lines();
  expect([run?.verb, judged?.verb]).toEqual(['run', 'backtest']);
  expect({ ...run, verb: '', netPnl: 0 }).toEqual({ ...judged, verb: '', netPnl: 0 });
  expect(run!.netPnl).toBeCloseTo(judged!.netPnl, 6);

  expect((await gm('run', ...on, '--symbol', 'market', '--fill-model', 'neutral', '--json')).code).toBe(0);
  expect(
    (await gm('sweep', ...on, '--vary', 'fill-model=pessimistic,neutral,optimistic', '--json')).code,
  ).toBe(0);
  expect((await backtest()).trials).toMatchObject({ runs: 7, trials: 3, unkept: 0 });

  const reason = ['--off-record', 'a rehearsal'];
  expect((await gm('run', ...on, '--symbol', 'market', '--equity', '50000', ...reason)).code).toBe(0);
  expect((await backtest()).trials).toMatchObject({
    ...{ runs: 9, trials: 4, unkept: 1 },
    reasons: ['a rehearsal'],
  });
  expect(lines().find(({ offRecord }) => offRecord)).toMatchObject({ returns: [], sharpe: null, netPnl: 0 });
  const { code, err } = await gm('run', ...on, '--off-record', ' ');
  expect(code).toBe(2);
  expect(err).toContain('gm run: --off-record needs a reason of 1 to 200 characters');
});

function readTrialLines(path: string): Trial[] {
  return readTrials(readFileSync(path, 'utf8'));
}
