// Scores of three-class forecasts: accuracy, log loss and Brier score beside the base rates', calibration,
// and intervals that know that neighbouring forecasts share their future.

import { argmax } from '../agents/vote.ts';
import { HOLD } from '../core/units.ts';
import { nextUniform } from '../execution/paper-broker.ts';
import type { MathAbi } from '../wasm/abi.ts';

/** Forecasts with their outcomes. */
export interface Forecasts {
  /** f64[count · 3], rows on the simplex. */
  readonly p: Float64Array;
  /** Classes 0, 1, 2 that came. */
  readonly labels: Uint8Array;
  /** Block of each forecast, ascending: forecasts of one block are resampled together. */
  readonly blocks: readonly number[];
}

/** A share with the 95 % interval of its bootstrap over blocks. */
export interface ShareInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Forecasts of one stretch of confidence, of all classes together. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean forecast and share that came true. */
  readonly forecast: number;
  readonly observed: number;
}

/** What forecasts are worth. Shares 0..1; null where nothing was counted. */
export interface ForecastScore {
  readonly samples: number;
  readonly blocks: number;
  readonly accuracy: ShareInterval | null;
  readonly accuracyOfCommonest: number | null;
  /** Mean −ln p of what came, and of constant forecasts equal to the class shares of these very samples. */
  readonly logLoss: number | null;
  readonly logLossOfBaseRates: number | null;
  /** Base rates' log loss less the model's, with its interval: above 0 the model knows something. */
  readonly skill: ShareInterval | null;
  /** Mean squared distance to what came, 0 best and 2 worst, and that of the base rates. */
  readonly brier: number | null;
  readonly brierOfBaseRates: number | null;
  /** Mean |forecast − observed| over the bins, by their counts. */
  readonly calibrationError: number | null;
  readonly calibration: readonly CalibrationBin[];
  /** Share of forecasts whose likeliest class is SHORT or LONG. */
  readonly directional: number | null;
  /** Share of right ones among directional forecasts that were followed by a move. */
  readonly directionalAccuracy: ShareInterval | null;
  readonly directionalCount: number;
  readonly shares: readonly [number, number, number];
}

const RESAMPLES = 1_000;
const BINS = 10;
const TINY = 1e-12;

/** Sums of one block. */
interface BlockSums {
  count: number;
  right: number;
  skill: number;
  judged: number;
  judgedRight: number;
}

/**
 * Scores forecasts.
 *
 * @param math  pass `kernel.raw`
 * @param seed  of the resamples
 */
export function scoreForecasts(
  math: Pick<MathAbi, 'log'>,
  forecasts: Forecasts,
  seed: number,
): ForecastScore {
  const { p, labels } = forecasts;
  const count = labels.length;
  const shares = classShares(labels);
  const logShares = shares.map((share) => math.log(Math.max(share, TINY)));
  const bins = Array.from({ length: BINS }, () => ({ count: 0, forecast: 0, observed: 0 }));
  const sums = new Map<number, BlockSums>();
  let [loss, baseLoss, brier, directional] = [0, 0, 0, 0];
  for (let n = 0; n < count; n++) {
    const row = p.subarray(3 * n, 3 * n + 3);
    const label = labels[n] as number;
    const vote = argmax(row);
    const own = -math.log(Math.max(row[label] as number, TINY));
    loss += own;
    baseLoss -= logShares[label] as number;
    for (let c = 0; c < 3; c++) {
      const forecast = row[c] as number;
      const came = c === label ? 1 : 0;
      brier += (forecast - came) * (forecast - came);
      const bin = bins[Math.min(BINS - 1, Math.floor(forecast * BINS))]!;
      bin.count++;
      bin.forecast += forecast;
      bin.observed += came;
    }
    const block = forecasts.blocks[n] as number;
    const sum = sums.get(block) ?? { count: 0, right: 0, skill: 0, judged: 0, judgedRight: 0 };
    sums.set(block, sum);
    sum.count++;
    sum.skill -= (logShares[label] as number) + own;
    if (vote === label) sum.right++;
    if (vote === HOLD) continue;
    directional++;
    if (label === HOLD) continue;
    sum.judged++;
    if (vote === label) sum.judgedRight++;
  }
  const blocks = [...sums.values()];
  const mean = (sum: number): number | null => (count === 0 ? null : sum / count);
  const filled = bins.flatMap(calibrated);
  return {
    samples: count,
    blocks: blocks.length,
    accuracy: interval(blocks, 'right', 'count', seed),
    accuracyOfCommonest: count === 0 ? null : Math.max(...shares),
    logLoss: mean(loss),
    logLossOfBaseRates: mean(baseLoss),
    skill: interval(blocks, 'skill', 'count', seed),
    brier: mean(brier),
    brierOfBaseRates: count === 0 ? null : 1 - shares.reduce((sum, share) => sum + share * share, 0),
    calibrationError: mean(
      filled.reduce((sum, bin) => sum + bin.count * Math.abs(bin.forecast - bin.observed), 0) / 3,
    ),
    calibration: filled,
    directional: mean(directional),
    directionalAccuracy: interval(blocks, 'judgedRight', 'judged', seed),
    directionalCount: blocks.reduce((sum, { judged }) => sum + judged, 0),
    shares,
  };
}

function calibrated(bin: { count: number; forecast: number; observed: number }, i: number): CalibrationBin[] {
  const { count, forecast, observed } = bin;
  if (count === 0) return [];
  const range = { from: i / BINS, to: (i + 1) / BINS };
  return [{ ...range, count, forecast: forecast / count, observed: observed / count }];
}

function classShares(labels: Uint8Array): [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (const label of labels) counts[label as 0 | 1 | 2]++;
  return counts.map((count) => count / Math.max(1, labels.length)) as [number, number, number];
}

/** Ratio of two sums, resampled by whole blocks (Davison & Hinkley 1997, section 3.8). */
function interval(
  blocks: readonly BlockSums[],
  part: keyof BlockSums,
  whole: keyof BlockSums,
  seed: number,
): ShareInterval | null {
  const total = blocks.reduce((sum, block) => sum + block[whole], 0);
  if (total === 0) return null;
  const stream = { random: seed >>> 0 };
  const draws = Float64Array.from({ length: RESAMPLES }, () => {
    let [parts, wholes] = [0, 0];
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[Math.floor(nextUniform(stream) * blocks.length)]!;
      parts += block[part];
      wholes += block[whole];
    }
    return wholes > 0 ? parts / wholes : Number.NaN;
  })
    .filter((value) => !Number.isNaN(value))
    .sort();
  const at = (share: number): number => draws[Math.round(share * (draws.length - 1))] ?? Number.NaN;
  return {
    value: blocks.reduce((sum, block) => sum + block[part], 0) / total,
    low: at(0.025),
    high: at(0.975),
  };
}
