// The door to the training module: a second WebAssembly module, so that work on training never changes the
// hash of the decision kernel that journals pin.

import { trainingModule } from '#training';
import { toHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import type { TrainingExports } from './abi-training.ts';

/** One instance of the training module with views into its memory. Each trainer owns one. */
export interface TrainingKernel {
  readonly raw: TrainingExports;
  /** Views at a byte address; stale after the memory grows, so take them fresh. */
  f32(address: number, count: number): Float32Array;
  f64(address: number, count: number): Float64Array;
  i32(address: number, count: number): Int32Array;
  /** Reserves zeroed memory on a 16-byte boundary for the life of the instance, with 64 bytes of slack. */
  alloc(byteSize: number): number;
  /** SHA-256 of a range of its memory, hexadecimal. */
  sha256At(address: number, byteSize: number): string;
}

/** Kernels read and write whole groups of four floats, and the last panel of a product is stored whole. */
const SLACK_BYTES = 64;
const HASH_BYTES = 32;

/**
 * Instantiates the training module.
 *
 * @param module  a compiled module; by default the host's own loader provides it
 * @throws        GrandModelError KERNEL when the host cannot instantiate it
 */
export async function loadTraining(module?: WebAssembly.Module): Promise<TrainingKernel> {
  let raw: TrainingExports;
  try {
    const instance = new WebAssembly.Instance(module ?? (await trainingModule()), {});
    raw = instance.exports as unknown as TrainingExports;
  } catch (cause) {
    throw new GrandModelError(
      'KERNEL',
      'Cannot start training: this host refused the WebAssembly module',
      {},
      cause,
    );
  }
  const alloc = (byteSize: number): number => {
    const address = raw.alloc(byteSize + SLACK_BYTES);
    if (address === 0)
      throw new GrandModelError('LIMIT', `Cannot reserve ${byteSize} bytes of training memory`, { byteSize });
    return address;
  };
  const digest = alloc(HASH_BYTES);
  return {
    raw,
    f32: (address, count) => new Float32Array(raw.memory.buffer, address, count),
    f64: (address, count) => new Float64Array(raw.memory.buffer, address, count),
    i32: (address, count) => new Int32Array(raw.memory.buffer, address, count),
    alloc,
    sha256At(address, byteSize) {
      raw.sha256(address, byteSize, digest);
      return toHex(new Uint8Array(raw.memory.buffer, digest, HASH_BYTES));
    },
  };
}
