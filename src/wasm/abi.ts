// The kernel's ABI, topic by topic; assembly/index.ts exports exactly these. Addresses are byte offsets in kernel memory.

import type { AssertionsAbi, TacticalAbi } from './abi-signals.ts';

/** Memory and hashing. */
export interface MemoryAbi {
  readonly memory: WebAssembly.Memory;
  /** Reserves zeroed, 16-byte-aligned bytes; 0 when the memory limit is reached. */
  alloc(byteSize: number): number;
  /** SHA-256 of `byteSize` bytes at `address`, 32 bytes written at `out`. */
  sha256(address: number, byteSize: number, out: number): void;
}

/** Elementary functions with the same bits on every host. */
export interface MathAbi {
  exp(x: number): number;
  log(x: number): number;
}

/** Reference evaluator of models. */
export interface NnAbi {
  /** Runs `count` steps of the table at `plan` (src/agents/reference-plan.ts) on the f32 input at `input`. */
  nnRun(plan: number, count: number, input: number): void;
}

/** Everything the kernel exports. */
<<<<<<< HEAD
export interface KernelExports extends MemoryAbi, MathAbi, TacticalAbi, AssertionsAbi {}
=======
export interface KernelExports extends MemoryAbi, MathAbi, NnAbi {}
>>>>>>> 2fcee87 (Add the strict ONNX reader, the writer and the reference evaluator)
