// The door to the training module: a second WebAssembly module, so that work on training never changes the
// hash of the decision kernel that journals pin.

import { trainingModule } from '#training';
import { toHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import type { TrainingExports } from './abi-training.ts';

/** The smallest module with f32x4.relaxed_madd, opcode 0x105: a host that takes it runs the fast build. */
const RELAXED_PROBE = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11],
];

/** One instance of the training module with views into its memory. Each trainer owns one. */
export interface TrainingKernel {
  readonly raw: TrainingExports;
  /** Whether this is the fast build: its bits belong to one machine, so nothing is exported from it. */
  readonly fast: boolean;
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

/** Whether this host has relaxed SIMD: Chromium, Node 22, Deno and Bun do, Node 20 behind a flag. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(Uint8Array.from(RELAXED_PROBE));
}

/**
 * The fast build of the training module, for `loadTraining`. It multiplies and adds in one instruction where
 * the processor has one, which changes bits: for research, never for a model that leaves the machine.
 *
 * @throws GrandModelError UNSUPPORTED when the host lacks relaxed SIMD
 */
export async function fastTrainingModule(): Promise<WebAssembly.Module> {
  if (!hasRelaxedSimd())
    throw new GrandModelError(
      'UNSUPPORTED',
      'Cannot start fast training: this host has no relaxed SIMD (Node 20 has it with ' +
        '--experimental-wasm-relaxed-simd); train without it',
    );
  return trainingModule('fast');
}

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
    fast: raw.mayFuse() === 1,
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
