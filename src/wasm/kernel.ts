// The only door to the WebAssembly kernel: instantiate, typed views, SHA-256.

import { kernelHash, kernelModule } from '#kernel';
import { fromHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import type { KernelExports } from './abi.ts';

/** A kernel instance: its raw exports and views into its memory. One engine owns one kernel. */
export interface Kernel<Exports extends KernelExports = KernelExports> {
  readonly raw: Exports;
  /** SHA-256 of the module that this build made; a journal pins it. */
  readonly hash: Uint8Array;
  /** f64[count] view at a byte address; stale after the memory grows, so take it fresh. */
  f64(address: number, count: number): Float64Array;
  /** f32[count] view at a byte address; stale after the memory grows. */
  f32(address: number, count: number): Float32Array;
  /** All of memory as f64, for reads in hot paths: index = address / 8. */
  readonly heap64: Float64Array;
  /** All of memory as i32: index = address / 4. */
  readonly heap32: Int32Array;
  /** Byte view; stale after the memory grows. */
  u8(address: number, count: number): Uint8Array;
  /** Reserves 16-byte-aligned zeroed memory for the life of the kernel. */
  alloc(byteSize: number): number;
  /**
   * SHA-256 of bytes that live outside the kernel's memory; `into` takes the 32 bytes instead of new ones.
   */
  sha256(bytes: Uint8Array, into?: Uint8Array): Uint8Array;
  /** SHA-256 of a range of the kernel's own memory. */
  sha256At(address: number, byteSize: number, into?: Uint8Array): Uint8Array;
}

const HASH_BYTES = 32;

/**
 * Instantiates the kernel. Nothing happens at import; call this once per engine.
 *
 * @param module  a compiled module; by default the host's own loader provides it
 * @throws        GrandModelError KERNEL when the host cannot instantiate it (no WASM SIMD)
 */
export async function loadKernel(module?: WebAssembly.Module): Promise<Kernel> {
  return startKernel<KernelExports>('kernel', async () => module ?? (await kernelModule()), kernelHash);
}

/**
 * Instantiates a module that has the kernel's exports.
 *
 * @param name  what it is, for the error
 * @param hash  SHA-256 of its bytes, hexadecimal
 * @throws      GrandModelError KERNEL when the host cannot instantiate it
 */
export async function startKernel<Exports extends KernelExports>(
  name: string,
  load: () => Promise<WebAssembly.Module>,
  hash: string,
): Promise<Kernel<Exports>> {
  let instance: WebAssembly.Instance;
  try {
    instance = new WebAssembly.Instance(await load(), {});
  } catch (cause) {
    throw new GrandModelError(
      'KERNEL',
      `Cannot start the ${name}: this host refused the WebAssembly module`,
      {},
      cause,
    );
  }
  return new KernelMemory(instance.exports as unknown as Exports, fromHex(hash));
}

class KernelMemory<Exports extends KernelExports> implements Kernel<Exports> {
  readonly raw: Exports;
  readonly hash: Uint8Array;
  private readonly digest: number;
  private staging: number;
  private stagingBytes = 4096;
  private bytes: Uint8Array;
  private doubles: Float64Array;
  private words: Int32Array;

  constructor(raw: Exports, hash: Uint8Array) {
    this.raw = raw;
    this.hash = hash;
    this.digest = raw.alloc(HASH_BYTES);
    this.staging = raw.alloc(this.stagingBytes);
    this.bytes = new Uint8Array(raw.memory.buffer);
    this.doubles = new Float64Array(raw.memory.buffer);
    this.words = new Int32Array(raw.memory.buffer);
  }

  get heap64(): Float64Array {
    // Memory that grew leaves the old view detached, which a length of 0 tells faster than asking for the
    // buffer.
    if (this.doubles.length === 0) this.doubles = new Float64Array(this.raw.memory.buffer);
    return this.doubles;
  }

  get heap32(): Int32Array {
    if (this.words.length === 0) this.words = new Int32Array(this.raw.memory.buffer);
    return this.words;
  }

  f64(address: number, count: number): Float64Array {
    return new Float64Array(this.raw.memory.buffer, address, count);
  }

  f32(address: number, count: number): Float32Array {
    return new Float32Array(this.raw.memory.buffer, address, count);
  }

  u8(address: number, count: number): Uint8Array {
    return new Uint8Array(this.raw.memory.buffer, address, count);
  }

  alloc(byteSize: number): number {
    const address = this.raw.alloc(byteSize);
    if (address === 0)
      throw new GrandModelError('LIMIT', `Cannot reserve ${byteSize} bytes of kernel memory`, { byteSize });
    return address;
  }

  sha256(bytes: Uint8Array, into?: Uint8Array): Uint8Array {
    if (bytes.length > this.stagingBytes) {
      this.stagingBytes = bytes.length * 2;
      this.staging = this.alloc(this.stagingBytes);
    }
    this.fresh().set(bytes, this.staging);
    return this.sha256At(this.staging, bytes.length, into);
  }

  sha256At(address: number, byteSize: number, into: Uint8Array = new Uint8Array(HASH_BYTES)): Uint8Array {
    const { digest } = this;
    this.raw.sha256(address, byteSize, digest);
    const bytes = this.fresh();
    for (let i = 0; i < HASH_BYTES; i++) into[i] = bytes[digest + i]!;
    return into;
  }

  /** A whole-memory view, renewed after the memory grew. */
  private fresh(): Uint8Array {
    if (this.bytes.length === 0) this.bytes = new Uint8Array(this.raw.memory.buffer);
    return this.bytes;
  }
}
