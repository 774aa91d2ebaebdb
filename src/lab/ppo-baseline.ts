// What one agent learns by PPO from past returns alone: the ridge's features, five positions, costs in its
// reward, retrained as it walks forward. Reported beside a run, never a gate.

import type { Baseline } from '../backtest/baselines.ts';
import type { Bars } from '../backtest/experiment.ts';
import { dailyReturns, tradeExposure } from '../backtest/replay.ts';
import { FEATURES, featuresOf, HORIZON, LOOK_BACK } from '../backtest/ridge.ts';
import { rowsOf } from '../backtest/rows.ts';
import type { RivalScene } from '../backtest/scorecard.ts';
import { walkForward } from '../backtest/splits.ts';
import type { Range } from '../backtest/splits.ts';
import type { Session } from '../market/session.ts';
import { Mappo } from '../training/mappo.ts';
import { plantedTargets } from '../training/planted-market.ts';
import { trainingConfig } from '../training/training-config.ts';
import { loadKernel } from '../wasm/kernel.ts';
import { loadTraining } from '../wasm/training.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { TapeMarket } from './tape-market.ts';

const TRAIN_ROWS = 2_000;
const TEST_ROWS_MIN = 240;
const FITS = 6;
/** Updates of 2,048 rows in each fit: all fits together take about a second. */
const UPDATES = 20;
const PATHS = 64;
const FLOAT = 4;
const CONFIG = trainingConfig(1, {
  agents: [{ id: 'ppo', hidden: [32], sees: 0 }],
  criticHidden: [32],
  advantage: 'gae',
});

/** How the agent was trained, and what it wanted. */
export interface PpoWalk {
  readonly fits: number;
  /** f64[bars] wanted after each bar, −1 … 1 times equity. */
  readonly exposure: Float64Array;
}

/** A rival of a scorecard: none when the file is too short; null when it was stopped. */
export async function ppoRival(scene: RivalScene): Promise<Baseline[] | null> {
  const { bars, days, session, cost, initial, seed, progress } = scene;
  const walk = await ppoWalk(bars, session, cost, seed, (fit, fits) => progress?.('PPO baseline', fit, fits));
  if (!walk) return null;
  if (walk.fits === 0) return [];
  const equity = tradeExposure(bars, walk.exposure, cost, initial);
  return [{ name: `PPO, ${walk.fits} fits`, equity, returns: dailyReturns(days, equity) }];
}

/**
 * Walks forward over the 30m rows: train on all rows so far less what overlaps, then hold the likeliest of
 * the positions −1, −½, 0, ½, 1 on the rows that follow.
 *
 * @param cost      share of the value paid per unit of change
 * @param seed      of the networks and of where paths start: same seed, same bits
 * @param progress  called before each fit; false stops, and the answer is null
 */
export async function ppoWalk(
  bars: Bars,
  session: Session,
  cost: number,
  seed: number,
  progress: (fit: number, fits: number) => boolean | void = () => {},
): Promise<PpoWalk | null> {
  const { raw } = await loadKernel();
  const rows = rowsOf(bars, session);
  const logs = Float64Array.from(rows.close, (close) => raw.log(close));
  const features = featuresOf(logs);
  const exposure = new Float64Array(bars.rows);
  const left = logs.length - TRAIN_ROWS - HORIZON - LOOK_BACK;
  const splits = walkForward(logs.length, {
    train: TRAIN_ROWS,
    test: Math.max(TEST_ROWS_MIN, Math.ceil(left / FITS)),
    purge: HORIZON,
    embargo: LOOK_BACK,
    anchored: true,
  });
  for (const [place, { train, test }] of splits.entries()) {
    if (progress(place, splits.length) === false) return null;
    const kernel = await loadTraining();
    const tape = { logs, features, range: { from: LOOK_BACK, to: train[0]!.to } };
    const market = new TapeMarket(kernel, tape, FEATURES, cost, PATHS, CONFIG.steps, seed + place);
    const trainer = new Mappo(kernel, market, CONFIG, seed + place);
    for (let update = 0; update < UPDATES; update++) trainer.update(update / UPDATES);
    const held = playOut(kernel, trainer, market, features, test[0]!);
    held.forEach((position, i) => {
      const row = test[0]!.from + i;
      const end = row + 1 < rows.bar.length ? (rows.bar[row + 1] as number) : bars.rows;
      exposure.fill(position, rows.bar[row], end);
    });
  }
  return { fits: splits.length, exposure };
}

/** Positions after each row of a test, each chosen from what was known then. */
function playOut(
  kernel: TrainingKernel,
  trainer: Mappo,
  market: TapeMarket,
  features: Float64Array,
  { from, to }: Range,
): Float64Array {
  const [seen, position, target] = [kernel.alloc(FEATURES * FLOAT), kernel.alloc(FLOAT), kernel.alloc(FLOAT)];
  return Float64Array.from({ length: to - from }, (_, i) => {
    const row = (from + i) * FEATURES;
    kernel.f32(seen, FEATURES).set(market.standardised(features.subarray(row, row + FEATURES)));
    trainer.team.choose(seen, position, 1, 1, { greedy: true });
    plantedTargets(kernel, trainer.team.joint(), position, target, 1);
    const held = kernel.f32(target, 1)[0] as number;
    kernel.f32(position, 1)[0] = held;
    return held;
  });
}
