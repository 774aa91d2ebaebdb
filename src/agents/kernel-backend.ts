// The kernel's evaluator behind the interface of all backends: rows in, rows out, whatever the batch.

import { GrandModelError } from '../core/errors.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { ModelCard } from './model-card.ts';
import { badModel } from './onnx-format.ts';
import type { OnnxModel } from './onnx-format.ts';
import { readOnnx } from './onnx-reader.ts';
import type { Candidate } from './policy-backend.ts';
import { compileReference } from './reference-evaluator.ts';
import type { ReferenceModel } from './reference-evaluator.ts';

/** Rows that the kernel takes at once; more go in several runs, fewer one by one: the bits are the same. */
export const KERNEL_BATCH_ROWS = 64;

/**
 * The reference evaluator as a backend. Its memory is reserved in the kernel when it opens and stays there.
 *
 * @param file  the .onnx bytes, already accepted by `openModel`
 */
export function kernelCandidate(kernel: Kernel, file: Uint8Array, card: ModelCard): Candidate {
  return {
    backend: 'kernel',
    async open() {
      const model = readOnnx(file);
      const single = compileReference(kernel, model);
      // Compiled with the first batch: most policies are only ever asked for one row. Null: it takes none.
      let batch: ReferenceModel | null | undefined;
      return {
        backend: 'kernel',
        async run(features, rows = 1, output = 'probabilities') {
          if (features.length !== rows * single.inputCount) {
            throw badModel(
              'input',
              `${features.length} values where ${rows} rows of ${single.inputCount} belong`,
            );
          }
          const results = new Float32Array(rows * single.outputCount);
          let row = 0;
          while (row < rows) {
            const full = rows - row >= KERNEL_BATCH_ROWS;
            if (full && batch === undefined) batch = compileBatch(kernel, model);
            const compiled = (full && batch) || single;
            const from = row * single.inputCount;
            const input = features.subarray(from, from + compiled.inputCount);
            kernel.f32(compiled.inputAddress, compiled.inputCount).set(input);
            const probabilities = compiled.run(compiled.inputAddress);
            const found = output === 'logits' ? compiled.logits() : probabilities;
            if (found === null) throw badModel('graph', `${card.name} has no output "logits"`);
            results.set(found, row * single.outputCount);
            row += compiled === single ? 1 : KERNEL_BATCH_ROWS;
          }
          return results;
        },
        close: () => Promise.resolve(),
      };
    },
  };
}

/** The batch form, or null for a graph that cannot take one. */
function compileBatch(kernel: Kernel, model: OnnxModel): ReferenceModel | null {
  try {
    return compileReference(kernel, model, KERNEL_BATCH_ROWS);
  } catch (cause) {
    if (cause instanceof GrandModelError && cause.code === 'BAD_MODEL') return null;
    throw cause;
  }
}
