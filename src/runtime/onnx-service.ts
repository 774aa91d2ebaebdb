// What a worker that runs onnxruntime-web offers: one set of sessions, started on request, asked through any
// port.

import { expose } from 'comlink';
import type { ModelFiles } from '../engine/open.ts';
import type { RoundAnswers, RoundInputs } from './attestor.ts';
import { OnnxVoters } from './onnx-voters.ts';
import type { EvaluatorReport } from './onnx-voters.ts';

/** The second evaluator behind one door. */
export class OnnxService {
  private readonly models: () => Promise<ModelFiles>;
  private voters: Promise<OnnxVoters> | null = null;

  /** @param models gives the voters' files */
  constructor(models: () => Promise<ModelFiles>) {
    this.models = models;
  }

  /**
   * Starts the sessions, or starts them again with another choice; rounds asked meanwhile wait for the new
   * ones.
   *
   * @param webgpu  try WebGPU beside WebAssembly
   */
  async start(webgpu: boolean): Promise<EvaluatorReport> {
    const before = this.voters;
    const started = this.models().then((models) => OnnxVoters.start(models, webgpu));
    this.voters = started;
    await before?.then(
      (voters) => voters.close(),
      () => undefined,
    );
    return (await started).report;
  }

  /** Evaluates a round; empty answers where nothing came up. */
  async evaluate(inputs: RoundInputs): Promise<RoundAnswers> {
    return (await this.voters)?.evaluate(inputs) ?? [];
  }

  /** Answers `evaluate` on a port, for the worker that runs the engine. */
  connect(port: MessagePort): void {
    expose({ evaluate: (inputs: RoundInputs) => this.evaluate(inputs) }, port);
  }
}
