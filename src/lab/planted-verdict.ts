// The scorecard's gates on a planted market: an agent is trained, plays fresh bars, and is judged by the code
// that judges the engine on a file. Where skill is planted the verdict must be "evidence"; where it is not,
// it must not.

import { sharpeRatio } from '../backtest/statistics.ts';
import { judge } from '../backtest/verdict.ts';
import type { Verdict } from '../backtest/verdict.ts';
import { nextUniform } from '../execution/paper-broker.ts';
import { loadTraining } from '../wasm/training.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { loadKernel } from '../wasm/kernel.ts';
import { Mappo } from '../training/mappo.ts';
import { PlantedMarket, plantedMarket } from '../training/planted-market.ts';
import type { PlantedName, PlantedSpec } from '../training/planted-market.ts';
import { SCORED_PATHS, teamPlayer } from '../training/score.ts';
import { trainingConfig } from '../training/training-config.ts';

/** What is trained, and how much. */
export interface PlantedVerdictOptions {
  readonly market: PlantedName;
  readonly seed: number;
  /** Updates of 32 bars on each path, in training and in every null world alike. */
  readonly updates: number;
  /** Paths of training, 64 by default. */
  readonly paths?: number;
  /** True: the returns' signs are flipped by coins, in training and in play; nothing can be learnt. */
  readonly flipped?: boolean;
  /** Null worlds; each is a whole training of its own. */
  readonly worlds: number;
  /** Bootstrap resamples of the gates; 400 by default. */
  readonly resamples?: number;
}

const FLOAT = 4;
const TRAIN_PATHS = 64;
/** One hidden layer of 32: "full" shows what matters, and every world pays for a training of its own. */
const SMALL = {
  agents: [{ id: 'tactical', hidden: [32], sees: 0 }],
  criticHidden: [32],
} as const;
const BURN_IN = 50;
/** Bars of each of 1,024 paths that count: 51,200 in all. */
const BARS = 50;
/**
 * Bars of each path of a null world: 13,312 in all. Its Sharpe ratio scatters more than over 51,200, so a
 * short world is harder to beat and not easier.
 */
const WORLD_BARS = 13;
const RANDOM_TRADERS = 100;
const MOMENTUM_KEEP = 0.9;
const RESAMPLES = 400;
const PLAY_SEED = 0x0f2e5;

/** A market whose returns lose their signs after the fact. */
class FlippedMarket extends PlantedMarket {
  private readonly coins: { random: number };
  private readonly memory: TrainingKernel;

  constructor(kernel: TrainingKernel, spec: PlantedSpec, paths: number, steps: number, seed: number) {
    super(kernel, spec, paths, steps, seed);
    this.memory = kernel;
    this.coins = { random: (seed ^ 0x5bd1e995) >>> 0 };
  }

  override advance(steps: number): void {
    super.advance(steps);
    const returns = this.memory.f32(this.returns, steps * this.paths);
    for (let i = 0; i < returns.length; i++) {
      if (nextUniform(this.coins) < 0.5) returns[i] = -(returns[i] as number);
    }
  }
}

/** What was played, path after path: positions held over each bar and the bar's return. */
interface Play {
  readonly spec: PlantedSpec;
  /** Bars of each path. */
  readonly bars: number;
  readonly positions: Float64Array;
  readonly returns: Float64Array;
  /** Position before the first bar of each path. */
  readonly before: Float64Array;
}

/** Trains, plays and judges. */
export async function plantedVerdict(options: PlantedVerdictOptions): Promise<Verdict> {
  const { raw } = await loadKernel();
  const play = await trainAndPlay(options, BARS);
  const returns = rewards(play, 1, 0);
  const tried = {
    ...{ runs: 1, trials: 1, unkept: 0, reasons: [], variance: 0 },
    comparable: [Array.from(returns)],
  };
  return judge(
    raw,
    {
      returns,
      trades: changes(play),
      baselines: baselines(play),
      tried,
      doubled: () => rewards(play, 2, 0),
      delayed: () => rewards(play, 1, 1),
      random: () => randomTraders(play, options.seed),
      async worlds() {
        const sharpes: number[] = [];
        for (let i = 0; i < options.worlds; i++) {
          const seed = 1_000_003 * options.seed + i;
          const world = await trainAndPlay({ ...options, flipped: true, seed }, WORLD_BARS);
          sharpes.push(sharpeRatio(rewards(world, 1, 0)));
        }
        return sharpes;
      },
    },
    { seed: options.seed, resamples: options.resamples ?? RESAMPLES },
  );
}

/** The pipeline: a training of `updates`, then a play of `bars` on paths that it has not met. */
async function trainAndPlay(options: PlantedVerdictOptions, bars: number): Promise<Play> {
  const { seed, updates, paths = TRAIN_PATHS } = options;
  const kernel = await loadTraining();
  const spec = plantedMarket(options.market);
  const config = trainingConfig(1, SMALL);
  const Market = options.flipped ? FlippedMarket : PlantedMarket;
  const market = new Market(kernel, spec, paths, config.steps, Math.imul(seed, 0x9e3779b1) >>> 0);
  const trainer = new Mappo(kernel, market, config, seed);
  for (let update = 0; update < updates; update++) trainer.update(update / updates);
  const fresh = new Market(kernel, spec, SCORED_PATHS, 1, (PLAY_SEED + seed) >>> 0);
  return playOut(kernel, trainer, fresh, bars);
}

function playOut(kernel: TrainingKernel, trainer: Mappo, market: PlantedMarket, bars: number): Play {
  const player = teamPlayer(kernel, trainer.team);
  const [positions, targets] = [kernel.alloc(SCORED_PATHS * FLOAT), kernel.alloc(SCORED_PATHS * FLOAT)];
  const play: Play = {
    spec: market.spec,
    bars,
    positions: new Float64Array(SCORED_PATHS * bars),
    returns: new Float64Array(SCORED_PATHS * bars),
    before: new Float64Array(SCORED_PATHS),
  };
  for (let step = -Math.min(BURN_IN, bars); step < bars; step++) {
    market.advance(1);
    if (step === 0) play.before.set(kernel.f32(positions, SCORED_PATHS));
    player({
      features: market.features,
      positions,
      targets,
      forecast: () => {
        throw new RangeError('an agent asked for the forecast');
      },
    });
    const [held, moves] = [kernel.f32(targets, SCORED_PATHS), kernel.f32(market.returns, SCORED_PATHS)];
    const counted = step < 0 ? 0 : SCORED_PATHS;
    for (let path = 0; path < counted; path++) {
      play.positions[path * bars + step] = held[path] as number;
      play.returns[path * bars + step] = moves[path] as number;
    }
    kernel.f32(positions, SCORED_PATHS).set(kernel.f32(targets, SCORED_PATHS));
  }
  return play;
}

/**
 * Rewards bar by bar when costs are multiplied and positions come late; `shift` takes another path's
 * positions.
 */
function rewards(play: Play, costs: number, late: number, shift = 0): Float64Array {
  const { spec, bars, positions, returns, before } = play;
  const out = new Float64Array(returns.length);
  for (let path = 0; path < SCORED_PATHS; path++) {
    const own = (path + shift) % SCORED_PATHS;
    const held = (step: number): number => (step < 0 ? before[own] : positions[own * bars + step]) as number;
    let then = held(-1);
    for (let step = 0; step < bars; step++) {
      const now = held(step - late);
      const earned = now * (returns[path * bars + step] as number);
      out[path * bars + step] =
        earned - costs * spec.cost * Math.abs(now - then) - 0.5 * spec.risk * now * now;
      then = now;
    }
  }
  return out;
}

function changes({ positions }: Play): number {
  let count = 0;
  for (let i = 1; i < positions.length; i++) if (positions[i] !== positions[i - 1]) count++;
  return count;
}

function baselines({ spec, bars, returns }: Play) {
  let [trend, held] = [0, 0];
  const momentum = returns.map((move, i) => {
    if (i % bars === 0) [trend, held] = [0, 0];
    const wanted = trend > 0 ? 1 : trend < 0 ? -1 : 0;
    const earned = wanted * move - spec.cost * Math.abs(wanted - held) - 0.5 * spec.risk * wanted * wanted;
    held = wanted;
    trend = MOMENTUM_KEEP * trend + move;
    return earned;
  });
  return [
    { name: 'buy and hold', returns: returns.map((move) => move - 0.5 * spec.risk) },
    { name: 'momentum', returns: momentum },
    { name: 'flat', returns: new Float64Array(returns.length) },
  ];
}

/** The agent's own positions on other paths' returns: the same turnover, no knowledge. */
function randomTraders(play: Play, seed: number): number[] {
  const stream = { random: seed >>> 0 };
  return Array.from({ length: RANDOM_TRADERS }, () => {
    const shift = 1 + Math.floor(nextUniform(stream) * (SCORED_PATHS - 1));
    return sharpeRatio(rewards(play, 1, 0, shift));
  });
}
