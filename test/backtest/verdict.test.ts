// The gates: skill passes, noise does not, an overfitted choice is flagged, and the first failure ends it.

import { beforeAll, expect, it } from 'vitest';
import { countTrials, readTrials, trialLine } from '../../src/backtest/trials.ts';
import type { Trial } from '../../src/backtest/trials.ts';
import { GATES, judge } from '../../src/backtest/verdict.ts';
import type { Case } from '../../src/backtest/verdict.ts';
import { sharpeRatio } from '../../src/backtest/statistics.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';

const SEED = 77;
let kernel: Kernel;
let rng: number;

beforeAll(async () => {
  kernel = await loadKernel();
  rng = kernel.alloc(16);
});

function noise(count: number, mean = 0): number[] {
  return Array.from({ length: count }, () => 0.01 * (mean + kernel.raw.rngNormal(rng)));
}

function trialOf(returns: readonly number[], config: string): Trial {
  return {
    format: 1,
    verb: 'backtest',
    symbol: 'X',
    configHash: config,
    dataHash: 'd',
    bars: 1000,
    firstDay: 20_000,
    netPnl: 1,
    sharpe: sharpeRatio(returns),
    returns,
  };
}

/** A case whose reruns keep a share of the edge; `asked` counts what was worked for. */
function caseOf(returns: readonly number[], others: readonly (readonly number[])[], asked: string[]): Case {
  const judged = trialOf(returns, 'own');
  const log = [judged, ...others.map((series, i) => trialOf(series, `other ${i}`))];
  const sharpes = (): number[] => Array.from({ length: 50 }, () => sharpeRatio(noise(returns.length)));
  return {
    returns,
    trades: 200,
    baselines: [
      { name: 'hold', returns: noise(returns.length, 0.02) },
      { name: 'flat', returns: returns.map(() => 0) },
    ],
    tried: countTrials(log, judged),
    doubled: () => returns.map((r) => r - 0.0005),
    delayed: () => returns.map((r) => r - 0.0005),
    random: sharpes,
    worlds: () => {
      asked.push('worlds');
      return Promise.resolve(sharpes());
    },
  };
}

it('says evidence for planted skill and no evidence for noise', async () => {
  kernel.raw.rngInit(rng, SEED);
  let [skilled, lucky] = [0, 0];
  for (let i = 0; i < 20; i++) {
    const good = await judge(kernel.raw, caseOf(noise(900, 0.25), [], []), { resamples: 500, seed: i });
    if (good.evidence) skilled++;
    const none = await judge(kernel.raw, caseOf(noise(900), [], []), { resamples: 500, seed: i });
    if (none.evidence) lucky++;
    expect(good.line).toBe(good.evidence ? 'evidence' : 'no evidence of skill');
  }
  console.log(`evidence: ${skilled} of 20 skilled, ${lucky} of 20 without skill (seed ${SEED})`);
  expect(skilled).toBeGreaterThanOrEqual(19);
  expect(lucky).toBeLessThanOrEqual(1);
});

it('stops at the first gate that fails and asks nobody behind it', async () => {
  kernel.raw.rngInit(rng, SEED + 1);
  const asked: string[] = [];
  const verdict = await judge(kernel.raw, caseOf(noise(900, -0.1), [], asked));
  expect(verdict.failed).toBe('profit');
  expect(verdict.gates.map(({ name }) => name)).toEqual(['sample', 'profit']);
  expect(asked).toEqual([]);
  const thorough = await judge(kernel.raw, caseOf(noise(900, -0.1), [], asked), { thorough: true });
  expect(thorough.gates.map(({ name }) => name)).toEqual([...GATES]);
  expect([thorough.failed, thorough.evidence]).toEqual(['profit', false]);
  expect(asked).toEqual(['worlds']);
  const short = await judge(kernel.raw, caseOf(noise(40, 1), [], asked));
  expect(short.failed).toBe('sample');
});

it('flags the best of many worthless trials', async () => {
  kernel.raw.rngInit(rng, SEED + 2);
  let flagged = 0;
  for (let i = 0; i < 10; i++) {
    const family = Array.from({ length: 100 }, () => noise(500));
    const [best, ...others] = family.sort((a, b) => sharpeRatio(b) - sharpeRatio(a));
    const verdict = await judge(kernel.raw, caseOf(best!, others, []), { resamples: 300, seed: i });
    if (!verdict.evidence) flagged++;
    // seen alone, without its hundred trials, the same series looks like skill
    expect(sharpeRatio(best!) * Math.sqrt(500)).toBeGreaterThan(1.645);
  }
  console.log(`${flagged} of 10 overfitted choices flagged`);
  expect(flagged).toBe(10);
});

it('counts trials from the log, the same one once', () => {
  kernel.raw.rngInit(rng, SEED + 3);
  const own = trialOf(noise(80), 'a');
  const other = trialOf(noise(80), 'b');
  const rebuilt = { ...own, configHash: 'same results, another build' };
  const log = [own, other, own, rebuilt, { ...other, configHash: 'c' }, { ...other, dataHash: 'elsewhere' }];
  const found = countTrials(readTrials(log.map((trial) => `${trialLine(trial)}\n`).join('')), own);
  expect([found.runs, found.trials, found.comparable.length]).toEqual([5, 2, 2]);
  expect(found.variance).toBeGreaterThan(0);
  expect(() => readTrials('{"format":1}\n')).toThrow(
    'Cannot read trials: line 1: it is no trial of format 1',
  );
  expect(() => readTrials('\n\nnonsense')).toThrow('Cannot read trials: line 3: it is not JSON');
});
