// The second table of the matrix: the shipped voters and a policy of 102,405 parameters on onnxruntime-web,
// on seeded inputs. Each provider must
// give one hash on every host, and stay within 1e-5 of the reference evaluator everywhere.

import { largestDifference } from '../../src/agents/attestation.ts';
import { kernelCandidate } from '../../src/agents/kernel-backend.ts';
import { readCard } from '../../src/agents/model-card.ts';
import type { ModelCard } from '../../src/agents/model-card.ts';
import { onnxCandidate } from '../../src/agents/onnx-evaluator.ts';
import type { OnnxBackend } from '../../src/agents/onnx-evaluator.ts';
import { VOTERS } from '../../src/agents/roster.ts';
import { toHex } from '../../src/core/bytes.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { largePolicy, POLICY_INPUTS } from '../fixtures/large-policy.ts';

/** One execution provider on one host. */
export interface OnnxReport {
  readonly provider: OnnxBackend;
  /** SHA-256 of the bytes of all logits, hexadecimal; null when it did not start. */
  readonly logitsHash: string | null;
  /** Why it did not start; null when it did. */
  readonly refused: string | null;
  /** Largest |Δp| against the reference evaluator on the same inputs; null when it did not start. */
  readonly difference: number | null;
  readonly ms: number;
}

const ROWS = 16;
const SEED = 11;

/**
 * Runs the voters' logits and probabilities on every provider asked for. Never throws for a provider that
 * does not start.
 *
 * @param models     files of models/ by name
 * @param providers  the host's, in the order of the table
 * @param module     a compiled kernel; by default the host's own loader provides it
 */
export async function runOnnx(
  models: Readonly<Record<string, Uint8Array>>,
  providers: readonly OnnxBackend[],
  module?: WebAssembly.Module,
): Promise<OnnxReport[]> {
  const reports: OnnxReport[] = [];
  for (const provider of providers) {
    const started = performance.now();
    const found = await runProvider(models, provider, module).catch((error: unknown) => ({
      logitsHash: null,
      refused: error instanceof Error ? error.message : String(error),
      difference: null,
    }));
    reports.push({ provider, ...found, ms: performance.now() - started });
  }
  return reports;
}

/** The voters, whose sums are short, and one whose sums are long enough to tell the providers apart. */
function policiesOf(models: Readonly<Record<string, Uint8Array>>): { file: Uint8Array; card: ModelCard }[] {
  const voters = VOTERS.map((voter) => ({
    file: models[voter.file]!,
    card: readCard(new TextDecoder().decode(models[voter.card])),
  }));
  const large = { ...voters[0]!.card, name: 'large-policy', input_shape: [1, POLICY_INPUTS] };
  return [...voters, { file: largePolicy(1), card: large }];
}

async function runProvider(
  models: Readonly<Record<string, Uint8Array>>,
  provider: OnnxBackend,
  module?: WebAssembly.Module,
): Promise<Pick<OnnxReport, 'logitsHash' | 'refused' | 'difference'>> {
  const kernel = await loadKernel(module);
  const rng = kernel.alloc(4);
  kernel.raw.rngInit(rng, SEED);
  const logits: Float32Array[] = [];
  let difference = 0;
  for (const { file, card } of policiesOf(models)) {
    // Multiples of 1/64 in ±2: f32 holds them exactly.
    const inputs = Float32Array.from(
      { length: ROWS * card.input_shape.reduce((count, dimension) => count * dimension, 1) },
      () => Math.floor(257 * kernel.raw.rngUniform(rng)) / 64 - 2,
    );
    const reference = await kernelCandidate(kernel, file, card).open();
    const evaluator = await onnxCandidate(provider, file, card).open();
    logits.push(await evaluator.run(inputs, ROWS, 'logits'));
    const theirs = await evaluator.run(inputs, ROWS);
    difference = Math.max(difference, largestDifference(await reference.run(inputs, ROWS), theirs));
    await evaluator.close();
  }
  const bytes = new Uint8Array(logits.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of logits) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return { logitsHash: toHex(kernel.sha256(bytes)), refused: null, difference };
}
