// Runs a compiled model: a table of steps in kernel memory, one call per inference.
// src/agents/reference-plan.ts writes the table; the numbers here and there are one contract.

import { ConvShape, matMulPacked, matMulPlain, unfold } from './dense';
import { addRepeated, layerNorm, mulRepeated, relu, scatterRows, softmax, tanhLayer } from './pointwise';

/** One step: an operation, four operands, then numbers whose meaning the operation decides.
 * A ConvShape follows, or the address of a product's scratch; 96 bytes in all. */
@unmanaged
class Step {
  operation: i32;
  /** Operands are byte addresses; a negative one is ~offset into the model's input. */
  a: i32;
  b: i32;
  c: i32;
  out: i32;
  n0: i32;
  n1: i32;
  n2: i32;
  epsilon: f64;
}

const STEP_BYTES: usize = 96;

/**
 * Runs `count` steps of the table at `plan` on the input at `input`.
 * Nothing outside the table's own buffers is written.
 */
export function nnRun(plan: usize, count: i32, input: usize): void {
  for (let i = 0; i < count; i++, plan += STEP_BYTES) {
    const step = changetype<Step>(plan);
    const a = place(step.a, input);
    const b = place(step.b, input);
    const c = place(step.c, input);
    const out = <usize>step.out;
    const n0 = step.n0;
    const n1 = step.n1;
    const n2 = step.n2;
    switch (step.operation) {
      case 0: matMulPacked(a, b, c, out, n0, n1, n2, load<usize>(plan, offsetof<Step>())); break;
      case 1: matMulPlain(a, b, c, out, n0, n1, n2); break;
      case 2: addRepeated(a, b, out, n0, n1); break;
      case 3: mulRepeated(a, b, out, n0, n1); break;
      case 4: relu(a, out, n0); break;
      case 5: tanhLayer(a, out, n0); break;
      case 6: layerNorm(a, b, c, out, n0, n1, step.epsilon); break;
      case 7: softmax(a, out, n0, n1); break;
      case 8: unfold(a, changetype<ConvShape>(plan + offsetof<Step>()), out); break;
      case 9: scatterRows(a, out, n0, n1, n2); break;
    }
  }
}

@inline
function place(operand: i32, input: usize): usize {
  return operand < 0 ? input + <usize>~operand : <usize>operand;
}
