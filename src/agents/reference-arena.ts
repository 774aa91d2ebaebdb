// The memory of one compiled model, laid out before anything is reserved: buffers, constants, and the table
// of steps.

import { badModel } from './onnx-format.ts';

/** Most bytes one model may take in kernel memory. */
export const ARENA_BYTES_MAX = 48 * 1024 * 1024;
/** Most steps of one compiled model. */
export const STEPS_MAX = 4096;
/** Bytes of one step; assembly/nn/run.ts reads the same layout. */
export const STEP_BYTES = 96;
/** f32 that a kernel may write past a buffer, because it stores whole lanes. */
const PADDING = 4;

/** Where an operand lies: an offset into the arena, or ~offset into the model's input when negative. */
export type Place = number;

/** One kernel operation; numbers are those of `nnRun` in assembly/nn/run.ts. */
export interface Step {
  readonly operation: number;
  readonly a: Place;
  readonly b?: Place;
  readonly c?: Place;
  readonly out: Place;
  readonly numbers: readonly [number, number, number];
  readonly epsilon?: number;
  /** Thirteen integers of a ConvShape. */
  readonly conv?: readonly number[];
  /** Scratch of a packed product, in the place of a ConvShape. */
  readonly scratch?: Place;
}

/** Operation numbers of `nnRun`. */
export const OPERATION = {
  matMulPacked: 0,
  matMulPlain: 1,
  addRepeated: 2,
  mulRepeated: 3,
  relu: 4,
  tanh: 5,
  layerNorm: 6,
  softmax: 7,
  unfold: 8,
  scatterRows: 9,
} as const;

/** Collects buffers, constants and steps; `write` puts them into memory that the caller reserved. */
export class Arena {
  /** Bytes needed so far. */
  byteSize = 16;
  readonly steps: Step[] = [];
  private readonly constants: { readonly at: Place; readonly data: Float32Array }[] = [];

  /** Room for `count` f32 of results. */
  buffer(count: number): Place {
    const at = this.byteSize;
    this.byteSize += (4 * (count + PADDING) + 15) & ~15;
    if (this.byteSize > ARENA_BYTES_MAX) {
      throw badModel('graph', `it needs over ${ARENA_BYTES_MAX} bytes of memory to run`);
    }
    return at;
  }

  /** Room for constants, filled by `write`. */
  constant(data: Float32Array): Place {
    const at = this.buffer(data.length);
    this.constants.push({ at, data });
    return at;
  }

  step(step: Step): void {
    if (this.steps.length >= STEPS_MAX) throw badModel('graph', `it needs over ${STEPS_MAX} steps`);
    this.steps.push(step);
  }

  /** Writes constants at `base` and the table of steps at `table`. */
  write(memory: ArrayBufferLike, base: number, table: number): void {
    for (const { at, data } of this.constants) new Float32Array(memory, base + at, data.length).set(data);
    const address = (place: Place | undefined): number =>
      place === undefined ? 0 : place < 0 ? place : base + place;
    this.steps.forEach((step, index) => {
      const view = new DataView(memory, table + index * STEP_BYTES, STEP_BYTES);
      const head = [step.operation, address(step.a), address(step.b), address(step.c), address(step.out)];
      [...head, ...step.numbers].forEach((value, i) => view.setInt32(4 * i, value, true));
      view.setFloat64(32, step.epsilon ?? 0, true);
      if (step.scratch !== undefined) view.setInt32(40, base + step.scratch, true);
      step.conv?.forEach((value, i) => view.setInt32(40 + 4 * i, value, true));
    });
  }
}

/** A place `count` f32 further on. */
export function after(place: Place, count: number): Place {
  return place < 0 ? ~(~place + 4 * count) : place + 4 * count;
}
