// The core voters on onnxruntime-web: WebAssembly first; WebGPU only on request, and only when it is right
// and faster.

import { kernelCandidate } from '../agents/kernel-backend.ts';
import { readCard } from '../agents/model-card.ts';
import type { ModelCard } from '../agents/model-card.ts';
import { onnxCandidate } from '../agents/onnx-evaluator.ts';
import { startEvaluator } from '../agents/policy-backend.ts';
import type { BackendName, Candidate, PolicyBackend } from '../agents/policy-backend.ts';
import { VOTERS } from '../agents/roster.ts';
import type { ModelFile, ModelFiles } from '../engine/open.ts';
import { loadKernel } from '../wasm/kernel.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { RoundAnswers, RoundInputs } from './attestor.ts';

/** What came up, and why. */
export interface EvaluatorReport {
  readonly evaluator: 'onnx-wasm' | 'onnx-webgpu' | 'none';
  /** One sentence for people. */
  readonly why: string;
  readonly tried: readonly BackendTrial[];
}

/** How one backend did on all voters' probes. */
export interface BackendTrial {
  readonly backend: BackendName;
  /** Why it is not used, or null. */
  readonly refused: string | null;
  /** Largest |Δp| against the cards' probes; NaN when it did not run. */
  readonly difference: number;
  /** Median milliseconds for the four voters of one round; NaN when it did not run. */
  readonly roundMs: number;
  /** Median milliseconds for 64 rounds at once; NaN when that was not asked or it did not run. */
  readonly batchMs: number;
}

interface Backend {
  readonly trial: BackendTrial;
  readonly evaluators: readonly PolicyBackend[] | null;
}

/** Rounds that are timed at once beside a single one. */
export const BATCH_ROUNDS = 64;
const TIMED_ROUNDS = 7;

/** The voters' sessions of one backend. */
export class OnnxVoters {
  readonly report: EvaluatorReport;
  private readonly evaluators: readonly PolicyBackend[] | null;

  private constructor(report: EvaluatorReport, evaluators: readonly PolicyBackend[] | null) {
    this.report = report;
    this.evaluators = evaluators;
  }

  /**
   * Starts the sessions. Never throws for a backend that does not work: the report says so.
   *
   * @param models  files of all voters
   * @param webgpu  try WebGPU too
   */
  static async start(models: ModelFiles, webgpu: boolean): Promise<OnnxVoters> {
    const wasm = await openBackend('wasm', models, 1);
    const gpu = webgpu ? await openBackend('webgpu', models, 1) : null;
    const gpuWins =
      gpu !== null &&
      gpu.evaluators !== null &&
      (wasm.evaluators === null || gpu.trial.roundMs < wasm.trial.roundMs);
    const chosen = gpuWins ? gpu : wasm;
    const other = gpuWins ? wasm : gpu;
    for (const evaluator of other?.evaluators ?? []) await evaluator.close();
    const tried = gpu ? [wasm.trial, gpu.trial] : [wasm.trial];
    const evaluator = chosen.evaluators ? (gpuWins ? 'onnx-webgpu' : 'onnx-wasm') : 'none';
    return new OnnxVoters(
      { evaluator, tried, why: explain(chosen, gpuWins ? null : gpu) },
      chosen.evaluators,
    );
  }

  /** Evaluates the voters that are asked, one after another: one session runs at a time. */
  async evaluate(inputs: RoundInputs): Promise<RoundAnswers> {
    const answers: (number[] | null)[] = [];
    for (const [seat, voter] of VOTERS.entries()) {
      const evaluator = this.evaluators?.[seat];
      if (!evaluator || inputs.asked[seat] !== true) {
        answers.push(null);
        continue;
      }
      const matrix = voter.matrix === 'tactical60x7' ? inputs.tactical : inputs.strategic;
      answers.push(
        await evaluator.run(matrix).then(
          (output) => [...output],
          () => null,
        ),
      );
    }
    return answers;
  }

  /** Frees the sessions. */
  async close(): Promise<void> {
    for (const evaluator of this.evaluators ?? []) await evaluator.close();
  }
}

/**
 * Tries one backend on all voters and lets it go: is it right, one row at a time and in a batch, and how
 * fast.
 *
 * @param models  files of all voters
 */
export async function tryBackend(backend: BackendName, models: ModelFiles): Promise<BackendTrial> {
  const { trial, evaluators } = await openBackend(backend, models, BATCH_ROUNDS);
  for (const evaluator of evaluators ?? []) await evaluator.close();
  return trial;
}

/** @param rows  rounds at once that are probed and timed beside a single one */
async function openBackend(backend: BackendName, models: ModelFiles, rows: number): Promise<Backend> {
  const kernel = backend === 'kernel' ? await loadKernel() : null;
  const evaluators: PolicyBackend[] = [];
  let difference = 0;
  for (const voter of VOTERS) {
    const file = models[voter.id];
    const start = file ? await startVoter(backend, file, kernel, rows) : { evaluator: null, tried: [] };
    if (start.evaluator === null) {
      for (const evaluator of evaluators) await evaluator.close();
      const refused = start.tried[0]?.refused ?? `no model for voter "${voter.id}"`;
      const trial = { backend, refused, difference: NaN, roundMs: NaN, batchMs: NaN };
      return { trial, evaluators: null };
    }
    evaluators.push(start.evaluator);
    difference = Math.max(difference, start.tried[0]?.difference ?? 0);
  }
  const roundMs = await timeRounds(evaluators, 1);
  const batchMs = rows > 1 ? await timeRounds(evaluators, rows) : NaN;
  return { trial: { backend, refused: null, difference, roundMs, batchMs }, evaluators };
}

function startVoter(backend: BackendName, file: ModelFile, kernel: Kernel | null, rows: number) {
  const card = readCard(file.card);
  return startEvaluator(card, [candidateOf(backend, file.onnx, card, kernel)], { rows });
}

function candidateOf(
  backend: BackendName,
  file: Uint8Array,
  card: ModelCard,
  kernel: Kernel | null,
): Candidate {
  if (backend !== 'kernel') return onnxCandidate(backend, file, card);
  return { backend, open: async () => kernelCandidate(kernel ?? (await loadKernel()), file, card).open() };
}

/** Median milliseconds of `rows` rounds at once, after one that compiles. */
async function timeRounds(evaluators: readonly PolicyBackend[], rows: number): Promise<number> {
  const inputs = VOTERS.map((voter) => new Float32Array(rows * voter.rows * voter.columns));
  const times: number[] = [];
  for (let round = 0; round <= TIMED_ROUNDS; round++) {
    const started = performance.now();
    for (const [seat, evaluator] of evaluators.entries()) {
      await evaluator.run(inputs[seat] ?? new Float32Array(), rows);
    }
    if (round > 0) times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[TIMED_ROUNDS >> 1] ?? Number.NaN;
}

/** A trial in words: how far from the probes, how long for one round and for a batch; or why not. */
export function describeTrial({ refused, difference, roundMs, batchMs }: BackendTrial): string {
  if (refused !== null) return `refused: ${refused}`;
  const far = difference === 0 ? 'exactly' : `within ${difference.toExponential(0)}`;
  const batch = Number.isNaN(batchMs) ? '' : `, ${shortMs(batchMs)} ms for ${BATCH_ROUNDS} rounds`;
  return `every probe reproduced ${far}; ${shortMs(roundMs)} ms for the votes of one round${batch}`;
}

function explain(chosen: Backend, rejectedGpu: Backend | null): string {
  const { trial } = chosen;
  const name = trial.backend === 'wasm' ? 'WebAssembly, one thread' : 'WebGPU';
  const first = chosen.evaluators
    ? `onnxruntime-web (${name}) reproduced every probe within ${trial.difference.toExponential(0)}; ` +
      `${shortMs(trial.roundMs)} ms a round`
    : `onnxruntime-web did not start: ${trial.refused ?? 'unknown'}`;
  if (rejectedGpu === null) return first;
  const { refused, roundMs } = rejectedGpu.trial;
  const second =
    refused === null ? `is right but slower (${shortMs(roundMs)} ms a round)` : `was refused: ${refused}`;
  return `${first}. WebGPU ${second}`;
}

function shortMs(ms: number): string {
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}
