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

/** Everything the kernel exports. */
export interface KernelExports extends MemoryAbi, MathAbi, TacticalAbi, AssertionsAbi {}
