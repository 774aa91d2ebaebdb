// The four core voters, fitted on the simulated market: `npm run models` writes what this file returns, byte
// for byte.

import { toHex } from '../core/bytes.ts';
import { simulatedBars } from '../data/market-generator.ts';
import { TABLE_COLUMNS } from '../data/bar-table.ts';
import type { BarTable } from '../data/bar-table.ts';
import { MARKET_DEFAULTS } from '../data/market-options.ts';
import { BAR_5M_MS } from '../core/units.ts';
import { CARD_FORMAT } from '../agents/model-card.ts';
import type { ModelCard, Probe } from '../agents/model-card.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import { compileReference, evaluate } from '../agents/reference-evaluator.ts';
import { voterById } from '../agents/roster.ts';
import type { SignalArena } from '../signals/arena.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { BARRIER_ATR, BARRIER_BARS } from './barrier-label.ts';
import { createSampler, joinSamples, sampleMarket } from './market-features.ts';
import type { SampledMarket } from './market-features.ts';
import { HALF_LIVES } from './temporal-basis.ts';
import { mirrorMarket } from './mirror-market.ts';
import { fitVoter, measureVoter, parameterCount, voterFile } from './voter-fit.ts';
import type { VoterRecipe } from './voter-fit.ts';

/**
 * Seeds of the markets that the voters are fitted on (each with its mirror image), and of those that only
 * measure them.
 */
export const TRAINING_SEEDS = [101, 102, 103, 104] as const;
export const HELD_OUT_SEEDS = [901, 902] as const;
/** 5m bars of each market. */
export const MARKET_BARS = 40_000;
/**
 * 5m bars between two samples of the tactical matrix: its labels overlap, so that every bar would add little.
 */
export const SAMPLE_EVERY = 3;

const PROBE_SEED = 20_260_101;
const SOURCE =
  'simulated market (src/data/market-generator.ts, default options, planted edge on), ' +
  'each seed also mirrored';
const NOTES =
  'Fitted on simulated data only and measured on held-out simulated markets ' +
  `(seeds ${HELD_OUT_SEEDS.join(' ')}), which share the planted edge. It says nothing about profit on real ` +
  'markets. No expiry: a simulated market does not age. npm run models reproduces the file and this card.';

/** What sets the voters apart: where each looks. */
export const RECIPES: readonly VoterRecipe[] = [
  { agent: 'fvg', rows: 60, columns: 7, priors: [1, 1, 1, 1, 1, 0.1, 0.1], ridge: 0.02 },
  { agent: 'momentum', rows: 60, columns: 7, priors: [0.1, 0.1, 0.1, 0.1, 0.1, 1, 1], ridge: 0.02 },
  { agent: 'entry', rows: 60, columns: 7, priors: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], ridge: 0.02 },
  { agent: 'strategic', rows: 48, columns: 13, priors: Array.from({ length: 13 }, () => 1), ridge: 0.02 },
];

/** A model file with its card. */
export interface ModelOutput {
  readonly file: Uint8Array;
  readonly card: ModelCard;
}

/** Markets the voters learn from and are measured on, sampled. */
export interface CoreSamples {
  readonly training: SampledMarket;
  readonly heldOut: SampledMarket;
  /** SHA-256 over the hashes of the training markets' columns. */
  readonly dataHash: string;
  readonly throughMs: number;
}

/** Makes and samples the simulated markets. */
export function coreSamples(kernel: Kernel): CoreSamples {
  const arena = createSampler(kernel);
  const hashes: Uint8Array[] = [];
  const training = TRAINING_SEEDS.flatMap((seed) => {
    const table = simulatedBars(kernel, seed, MARKET_BARS);
    hashes.push(tableHash(kernel, table));
    return [table, mirrorMarket(table, MARKET_DEFAULTS.tick)].map((market) => sampled(kernel, arena, market));
  });
  const heldOut = HELD_OUT_SEEDS.map((seed) =>
    sampled(kernel, arena, simulatedBars(kernel, seed, MARKET_BARS)),
  );
  const joined = (parts: readonly SampledMarket[]): SampledMarket => ({
    tactical: joinSamples(parts.map((part) => part.tactical)),
    strategic: joinSamples(parts.map((part) => part.strategic)),
  });
  const all = new Uint8Array(32 * hashes.length);
  hashes.forEach((hash, i) => all.set(hash, 32 * i));
  return {
    training: joined(training),
    heldOut: joined(heldOut),
    dataHash: toHex(kernel.sha256(all)),
    throughMs: MARKET_DEFAULTS.startMs + MARKET_BARS * BAR_5M_MS,
  };
}

/** Fits one recipe and writes its file and card. The same samples give the same bytes on every host. */
export function buildModel(kernel: Kernel, recipe: VoterRecipe, samples: CoreSamples): ModelOutput {
  const matrix = recipe.columns === 7 ? 'tactical' : 'strategic';
  const fitted = fitVoter(kernel, recipe, samples.training[matrix]);
  const file = voterFile(kernel, recipe, fitted);
  const metrics = measureVoter(kernel, recipe, fitted, samples.heldOut[matrix]);
  const voter = voterById(recipe.agent);
  const card: ModelCard = {
    format: CARD_FORMAT,
    name: recipe.agent,
    agent: recipe.agent,
    file: voter.file,
    sha256: toHex(kernel.sha256(file)),
    size_bytes: file.length,
    architecture:
      `${recipe.rows}x${recipe.columns} · column priors → weighted means over half-lives ` +
      `${HALF_LIVES.join(' ')} and the newest row → linear → softmax over SHORT HOLD LONG`,
    parameters: parameterCount(recipe),
    input_shape: [1, recipe.rows, recipe.columns],
    output_shape: [1, 3],
    classes: ['SHORT', 'HOLD', 'LONG'],
    opset: 17,
    priors: recipe.priors,
    label:
      `which of close ± ${BARRIER_ATR} ATR14 is met first within ${BARRIER_BARS} bars of ` +
      `${matrix === 'tactical' ? '5' : '30'} minutes; neither or both in one bar: HOLD`,
    probes: probes(kernel, file, recipe),
    seed: TRAINING_SEEDS[0],
    data: {
      source: SOURCE,
      sha256: samples.dataHash,
      seeds: TRAINING_SEEDS,
      bars: 2 * MARKET_BARS * TRAINING_SEEDS.length,
      samples: samples.training[matrix].count,
      from_ms: MARKET_DEFAULTS.startMs,
      through_ms: samples.throughMs,
    },
    code_commit: null,
    metrics: { ...rounded(metrics), newton_steps: fitted.steps, ridge: recipe.ridge },
    trained_through_ms: samples.throughMs,
    expires_ms: null,
    training_time_s: null,
    lineage: [],
    notes: NOTES,
  };
  return { file, card };
}

/**
 * Text of a card as it lies beside the model: two spaces, long lists of numbers on one line, a newline at the
 * end.
 */
export function cardText(card: ModelCard): string {
  const text = JSON.stringify(card, null, 2);
  return `${text.replaceAll(/\[[\s\d.,e+-]*\]/g, (list) => list.replaceAll(/\s+/g, ''))}\n`;
}

function sampled(kernel: Kernel, arena: SignalArena, table: BarTable): SampledMarket {
  return sampleMarket(kernel, arena, table, MARKET_DEFAULTS.tick, SAMPLE_EVERY);
}

/** SHA-256 over the hashes of the six columns, each little-endian f64. */
function tableHash(kernel: Kernel, table: BarTable): Uint8Array {
  const hashes = new Uint8Array(32 * TABLE_COLUMNS.length);
  TABLE_COLUMNS.forEach((name, i) => {
    const column = table[name];
    hashes.set(kernel.sha256(new Uint8Array(column.buffer, column.byteOffset, column.byteLength)), 32 * i);
  });
  return kernel.sha256(hashes);
}

/**
 * Two inputs of multiples of 1/64 in ±1, which f32 and short decimals hold exactly, with the reference's
 * outputs.
 */
function probes(kernel: Kernel, file: Uint8Array, recipe: VoterRecipe): Probe[] {
  const reference = compileReference(kernel, readOnnx(file));
  const generator = kernel.alloc(16);
  kernel.raw.rngInit(generator, PROBE_SEED);
  return [0, 1].map(() => {
    const input = Array.from(
      { length: recipe.rows * recipe.columns },
      () => Math.floor(129 * kernel.raw.rngUniform(generator)) / 64 - 1,
    );
    return { input, output: [...evaluate(kernel, reference, input)] };
  });
}

function rounded(metrics: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]: [string, number]) => [name, Math.round(1e6 * value) / 1e6]),
  );
}
