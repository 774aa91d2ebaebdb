// One interface for everything that can run a policy: the kernel's evaluator and the backends of
// onnxruntime-web. Which one is used is measured at the start: it must be right on the card's probes, one row
// at a time and in a batch, and then the fastest wins.

import type { ModelCard } from './model-card.ts';
import { checkedProbe } from './model-file.ts';

/**
 * Where a policy is computed: the kernel's reference evaluator, onnxruntime-web on WASM or WebGPU, or 8-bit
 * weights, which are no evaluator of the model (src/backtest/int8-policy.ts).
 */
export type BackendName = 'kernel' | 'wasm' | 'webgpu' | 'int8';

/** What a policy can be asked for. */
export type PolicyOutput = 'probabilities' | 'logits';

/** A policy that came up. */
export interface PolicyBackend {
  readonly backend: BackendName;
  /**
   * Runs the model; each row of a batch is a question of its own.
   *
   * @param features  f32 values of the card's input shape, `rows` times, one row after the other
   * @param rows      count, 1 when left out
   * @param output    "probabilities" when left out
   * @returns         f32 values of the card's output shape, `rows` times, a copy
   * @throws          GrandModelError BAD_MODEL when the model has no such output
   */
  run(features: Float32Array, rows?: number, output?: PolicyOutput): Promise<Float32Array>;
  /** Frees what it holds. */
  close(): Promise<void>;
}

/** A backend that may be tried. */
export interface Candidate {
  readonly backend: BackendName;
  open(): Promise<PolicyBackend>;
}

/** What became of one backend at the start. */
export interface TriedBackend {
  readonly backend: BackendName;
  /** Why it is not used; null for the one that came up. */
  readonly refused: string | null;
  /** Largest |Δ| against the card's probes; NaN when they were not reproduced. */
  readonly difference: number;
  /** Median time of one run of `rows` rows, milliseconds; null without a clock or when refused before. */
  readonly medianMs: number | null;
}

/** What a start gave: the evaluator, or null, and what became of each backend, in the order tried. */
export interface BackendStart {
  readonly evaluator: PolicyBackend | null;
  readonly tried: readonly TriedBackend[];
}

/** How candidates are judged. */
export interface StartOptions {
  /**
   * The host's clock in milliseconds, such as `() => performance.now()`. With it every right backend is timed
   * and the fastest is used; without it the first right one.
   */
  readonly clock?: () => number;
  /** Rows of the runs that are timed; their probabilities are checked like those of one row. 1 by default. */
  readonly rows?: number;
}

const TIMED_RUNS = 21;

/**
 * Tries candidates in order. One that is wrong is closed and refused with the reason; without a clock the
 * first right one is kept and the rest are not opened, with a clock the fastest right one is kept.
 *
 * @param card  its probes are what right means: within 1e-5
 */
export async function startEvaluator(
  card: ModelCard,
  candidates: readonly Candidate[],
  { clock, rows = 1 }: StartOptions = {},
): Promise<BackendStart> {
  const tried: TriedBackend[] = [];
  const right: { evaluator: PolicyBackend; at: number; medianMs: number }[] = [];
  for (const candidate of candidates) {
    const { backend } = candidate;
    const opened = await openProbed(card, candidate, rows);
    if (typeof opened === 'string') {
      tried.push({ backend, refused: opened, difference: NaN, medianMs: null });
      continue;
    }
    const { evaluator, difference } = opened;
    if (!clock)
      return { evaluator, tried: [...tried, { backend, refused: null, difference, medianMs: null }] };
    const medianMs = await medianTime(card, evaluator, rows, clock);
    right.push({ evaluator, medianMs, at: tried.push({ backend, refused: null, difference, medianMs }) - 1 });
  }
  const [best, ...slower] = right.sort((a, b) => a.medianMs - b.medianMs);
  for (const { evaluator, at } of slower) {
    await evaluator.close();
    tried[at] = { ...(tried[at] as TriedBackend), refused: 'right, but slower' };
  }
  return { evaluator: best?.evaluator ?? null, tried };
}

/** Opens a candidate and runs the card's probes, alone and in a batch; the reason when it fails. */
async function openProbed(
  card: ModelCard,
  candidate: Candidate,
  rows: number,
): Promise<{ evaluator: PolicyBackend; difference: number } | string> {
  let evaluator: PolicyBackend | null = null;
  try {
    evaluator = await candidate.open();
    let difference = 0;
    for (const [index, { input, output }] of card.probes.entries()) {
      const actual = await evaluator.run(Float32Array.from(input));
      difference = Math.max(difference, checkedProbe(index, output, actual));
    }
    if (rows > 1) {
      const found = await evaluator.run(batchOf(card, rows), rows);
      const width = found.length / rows;
      for (let row = 0; row < rows; row++) {
        const index = row % card.probes.length;
        const actual = found.subarray(width * row, width * (row + 1));
        difference = Math.max(difference, checkedProbe(index, card.probes[index]?.output ?? [], actual));
      }
    }
    return { evaluator, difference };
  } catch (error) {
    await evaluator?.close();
    return error instanceof Error ? error.message : String(error);
  }
}

/** Median milliseconds of a run on the probes, after the runs that compile it. */
async function medianTime(
  card: ModelCard,
  evaluator: PolicyBackend,
  rows: number,
  clock: () => number,
): Promise<number> {
  const input = batchOf(card, rows);
  const times: number[] = [];
  for (let i = 0; i < 2 * TIMED_RUNS; i++) {
    const started = clock();
    await evaluator.run(input, rows);
    if (i >= TIMED_RUNS) times.push(clock() - started);
  }
  times.sort((a, b) => a - b);
  return times[TIMED_RUNS >> 1] as number;
}

/** The card's probes, over and over, until there are `rows` of them. */
function batchOf({ probes }: ModelCard, rows: number): Float32Array {
  const width = probes[0]?.input.length ?? 0;
  const input = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) input.set(probes[row % probes.length]?.input ?? [], row * width);
  return input;
}
