// The core voters on onnxruntime-web: WebAssembly first; WebGPU only on request, and only when it is right
// and faster.

import type { OnnxBackend, OnnxEvaluator } from '../agents/onnx-evaluator.ts';
import { startOnnx } from '../agents/onnx-evaluator.ts';
import { readCard } from '../agents/model-card.ts';
import { VOTERS } from '../agents/roster.ts';
import type { ModelFiles } from '../engine/open.ts';
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
  readonly backend: OnnxBackend;
  /** Why it is not used, or null. */
  readonly refused: string | null;
  /** Largest |Δp| against the cards' probes; NaN when it did not run. */
  readonly difference: number;
  /** Median milliseconds for the four voters of one round; NaN when it did not run. */
  readonly roundMs: number;
}

interface Backend {
  readonly trial: BackendTrial;
  readonly evaluators: readonly OnnxEvaluator[] | null;
}

const TIMED_ROUNDS = 7;

/** The voters' sessions of one backend. */
export class OnnxVoters {
  readonly report: EvaluatorReport;
  private readonly evaluators: readonly OnnxEvaluator[] | null;

  private constructor(report: EvaluatorReport, evaluators: readonly OnnxEvaluator[] | null) {
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
    const wasm = await tryBackend('wasm', models);
    const gpu = webgpu ? await tryBackend('webgpu', models) : null;
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

async function tryBackend(backend: OnnxBackend, models: ModelFiles): Promise<Backend> {
  const evaluators: OnnxEvaluator[] = [];
  let difference = 0;
  for (const voter of VOTERS) {
    const file = models[voter.id];
    const start = file
      ? await startOnnx(file.onnx, readCard(file.card), { backends: [backend] })
      : { evaluator: null, tried: [] };
    if (start.evaluator === null) {
      for (const evaluator of evaluators) await evaluator.close();
      const refused = start.tried[0]?.refused ?? `no model for voter "${voter.id}"`;
      return { trial: { backend, refused, difference: NaN, roundMs: NaN }, evaluators: null };
    }
    evaluators.push(start.evaluator);
    difference = Math.max(difference, start.tried[0]?.difference ?? 0);
  }
  const roundMs = await timeRounds(evaluators);
  return { trial: { backend, refused: null, difference, roundMs }, evaluators };
}

async function timeRounds(evaluators: readonly OnnxEvaluator[]): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < TIMED_ROUNDS; round++) {
    const started = performance.now();
    for (const [seat, evaluator] of evaluators.entries()) {
      const voter = VOTERS[seat];
      await evaluator.run(new Float32Array((voter?.rows ?? 0) * (voter?.columns ?? 0)));
    }
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[TIMED_ROUNDS >> 1] ?? Number.NaN;
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
