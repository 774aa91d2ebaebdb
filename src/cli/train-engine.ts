// gm train on the engine's own market: bars of the generator, or a file that the user keeps for himself. No
// optimum is known there; agents stand beside what anyone could have done on the same held-out bars.

import { ORDER_STYLES } from '../agents/policies.ts';
import { barsHash } from '../backtest/bars-hash.ts';
import { lookedAt } from '../backtest/trials.ts';
import type { Trial } from '../backtest/trials.ts';
import { MARKET_DEFAULTS, SIMULATED_SYMBOL } from '../data/market-options.ts';
import { listingOf } from '../data/listing.ts';
import { simulatedBars } from '../data/market-generator.ts';
import { shippedModels } from '../runtime/shipped-models.ts';
import type { ActorText } from '../training/actor-export.ts';
import { trainingConfig } from '../training/training-config.ts';
import type { EngineScore, PairedDifference } from '../training/engine-score.ts';
import { joinTapes, recordEngineTape } from '../training/engine-tape.ts';
import type { EngineTape } from '../training/engine-tape.ts';
import { runEngineTrial, splitTape } from '../training/engine-trial.ts';
import type { EngineSeedResult, EngineTrialResult } from '../training/engine-trial.ts';
import { loadKernel } from '../wasm/kernel.ts';
import { sha256Of } from './actor-files.ts';
import { readBytes, readMarket, symbolOf } from './files.ts';
import { Progress } from './progress.ts';
import { processorSeconds, TrainingSession } from './training-session.ts';
import type { TrainingCheckpoint } from './training-checkpoint.ts';
import { trialLogger } from './trial-log.ts';
import type { TrainingPlan } from './training-plan.ts';
import { EXIT_OK } from './verb.ts';
import type { Arguments, Output } from './verb.ts';

/** Bars of one market of the generator; longer trainings take more markets. */
const PIECE_BARS = 30_000;
/** Held-out markets have seeds so far behind those trained on. */
const HELD_SEED = 1_000_000;

/** Both sides of a training with the words for it. */
interface EngineData {
  readonly train: EngineTape;
  readonly held: EngineTape;
  readonly source: string;
  readonly judgedOn: string;
  readonly simulated: boolean;
  readonly seeds: readonly number[];
  readonly bars: number;
  readonly hash: string;
  /** All bars that are learnt from or judged on, for the log of trials: a file's, or each market's. */
  readonly met: readonly Met[];
}

interface Met {
  readonly symbol: string;
  readonly bars: number;
  readonly dataHash: string;
}

/** Records both sides, trains, prints, and gives the exit code. */
export async function trainEngine(
  args: Arguments,
  output: Output,
  plan: TrainingPlan,
  saved: TrainingCheckpoint<EngineSeedResult> | null,
): Promise<number> {
  const logTrial = trialLogger(args, 'train');
  const data = plan.data === null ? await generated(plan, output) : await fromFile(plan, plan.data);
  const about = textOf(data);
  const session = new TrainingSession(args, output, plan, saved, { hash: data.hash, about });
  // the best seed is chosen by what it earned in training: held-out bars judge, they do not choose
  const judged = ({ held: { agents }, train }: EngineSeedResult) => ({
    rank: train.reward,
    metrics: { heldReward: agents.reward, heldNetBp: agents.netBp, turnover: agents.turnover },
  });
  const { agents, seeds, updates, seconds, advantage, order } = plan;
  const { result, stopped } = await session.train((tools) =>
    runEngineTrial({
      ...tools,
      ...{ train: data.train, held: data.held, agents, seeds, config: { advantage, order } },
      budget: { clock: processorSeconds, ...(updates === null ? { seconds } : { updates }) },
      ...session.hooks(judged, saved?.run),
      ...(saved ? { from: saved.run } : {}),
    }),
  );
  if (stopped) return session.stop(stopped);
  for (const seed of result.seeds) for (const market of data.met) await logTrial(tried(market, seed));
  const { written } = session;
  const { source, judgedOn } = data;
  if (args.flag('json')) output.print(JSON.stringify({ ok: true, source, judgedOn, ...result, written }));
  else {
    describe(result, data).forEach((line) => output.print(line));
    for (const { path, parity } of written) output.print(`wrote ${path}, onnxruntime within ${parity}`);
  }
  return EXIT_OK;
}

async function generated(plan: TrainingPlan, output: Output): Promise<EngineData> {
  const pieces = Math.ceil(plan.bars / PIECE_BARS);
  const each = Math.floor(plan.bars / pieces);
  const seeds = Array.from({ length: pieces }, (_, i) => plan.marketSeed + i);
  const heldSeeds = seeds.slice(0, Math.ceil(pieces / 2)).map((seed) => seed + HELD_SEED);
  const models = await shippedModels();
  const progress = new Progress(output, 'markets recorded');
  const met: Met[] = [];
  const record = async (seed: number): Promise<EngineTape> => {
    const kernel = await loadKernel();
    const table = simulatedBars(kernel, seed, each, { edge: plan.edge });
    progress.report(met.length, pieces + heldSeeds.length);
    met.push({ symbol: SIMULATED_SYMBOL, bars: table.rows, dataHash: barsHash(kernel, table) });
    return recordEngineTape(models, listingOf(SIMULATED_SYMBOL, table), table);
  };
  const [train, held]: [EngineTape[], EngineTape[]] = [[], []];
  for (const seed of seeds) train.push(await record(seed));
  for (const seed of heldSeeds) held.push(await record(seed));
  const named = (all: readonly number[]): string => `seeds ${all[0]} to ${all.at(-1)}`;
  const market = `market generator, edge ${plan.edge}`;
  return {
    train: joinTapes(train),
    held: joinTapes(held),
    source: `${market}, ${named(seeds)}, ${each} bars each`,
    judgedOn: `${market}, ${named(heldSeeds)}, ${each} bars each`,
    simulated: true,
    seeds,
    bars: each * pieces,
    hash: sha256Of(new TextEncoder().encode(JSON.stringify([MARKET_DEFAULTS, plan.edge, each, seeds]))),
    met,
  };
}

async function fromFile(plan: TrainingPlan, path: string): Promise<EngineData> {
  const table = await readMarket(path);
  const symbol = plan.symbol ?? symbolOf(path);
  const tape = await recordEngineTape(await shippedModels(), listingOf(symbol, table), table);
  const { train, held } = splitTape(tape, trainingConfig(plan.agents).steps);
  return {
    train,
    held,
    source: `${symbol}, first 70 % of ${table.rows} bars of a file`,
    judgedOn: `${symbol}, last 30 % of it`,
    simulated: false,
    seeds: [],
    bars: tape.decisions[train.segments.at(-1)?.to ?? 0] ?? table.rows,
    hash: sha256Of(await readBytes(path)),
    met: [{ symbol, bars: table.rows, dataHash: barsHash(await loadKernel(), table) }],
  };
}

/** A training is a try on the bars that it met; its rewards are no account's returns. */
function tried(market: Met, { weights }: EngineSeedResult): Trial {
  const configHash = sha256Of(new TextEncoder().encode(`train ${weights.join(' ')}`));
  return lookedAt({ verb: 'train', ...market, configHash }, 'train has rewards and no account');
}

function textOf({ train, source, simulated, seeds, bars, hash }: EngineData): ActorText {
  const [first, last] = [train.segments[0], train.segments.at(-1)];
  return {
    label: "action of largest reward in the engine's own market, a 30m bar ahead and on",
    styles: ORDER_STYLES,
    notes: simulated
      ? 'Trained on simulated bars; it has never seen a real price.'
      : "Trained on its user's own file, for that user alone.",
    data: {
      source,
      sha256: hash,
      seeds,
      bars,
      samples: train.segments.reduce((sum, { from, to }) => sum + to - from, 0),
      from_ms: train.knownAtMs[first?.from ?? 0] ?? 0,
      through_ms: train.knownAtMs[(last?.to ?? 1) - 1] ?? 0,
    },
  };
}

function describe(result: EngineTrialResult, data: EngineData): string[] {
  const { agents, seeds, heldBars, rules } = result;
  const count = (n: number, noun: string): string => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
  const rows = seeds.flatMap(({ seed, held, train }) => [
    row(`agents, seed ${seed}`, held.agents),
    row('  on what they trained on', train),
    row('  random, same turnover', held.random),
  ]);
  return [
    `engine market: ${count(agents, 'agent')}, ${count(seeds.length, 'seed')}, ` +
      `${count(result.updates, 'episode')}, ${result.cpuSeconds.toFixed(1)} CPU s`,
    `trained on ${data.source}${data.simulated ? ' (simulated)' : ''}`,
    `judged on  ${data.judgedOn}: ${count(heldBars, 'bar')} of 30 minutes, costs inside`,
    'no optimum is known here, so there is no fraction of one',
    '',
    `${'player'.padEnd(36)}   reward   net bp/bar      net   turnover  |position|`,
    ...rows,
    ...rules.map((score) => row(score.name, score)),
    '',
    ...seeds.map(({ seed, held }) => besideBest(seed, held.beside)),
  ];
}

/** The agents beside the rule that did best, on the same paths. */
function besideBest(seed: number, beside: readonly PairedDifference[]): string {
  const best = beside.reduce((a, b) => (b.netBp < a.netBp ? b : a));
  const error = best.error === null ? '' : ` ±${best.error.toFixed(3)}`;
  return `seed ${seed} less "${best.name}", path by path: ${best.netBp.toFixed(3)}${error} bp a bar`;
}

function row(name: string, score: EngineScore): string {
  const error = score.netBpError === null ? '' : ` ±${score.netBpError.toFixed(3)}`;
  return [
    name.padEnd(36),
    score.reward.toFixed(5).padStart(9),
    `${score.netBp.toFixed(3)}${error}`.padStart(15),
    `${(100 * score.netReturn).toFixed(1)} %`.padStart(8),
    score.turnover.toFixed(4).padStart(9),
    score.exposure.toFixed(2).padStart(9),
  ].join(' ');
}
