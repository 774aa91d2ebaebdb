// The indicators' own WebAssembly module: loading it, and the columns that its functions read and write.

import { indicatorsModule } from '#indicators';
import { GrandModelError } from '../core/errors.ts';
import type { BatchAbi } from '../wasm/abi-batch.ts';
import type { CatalogueAbi } from '../wasm/abi-catalogue.ts';
import type { IndicatorAbi } from '../wasm/abi-indicators.ts';
import type { MemoryAbi } from '../wasm/abi.ts';

/** What dist/indicators.wasm exports. */
export interface IndicatorsAbi
  extends Pick<MemoryAbi, 'memory' | 'alloc'>, IndicatorAbi, CatalogueAbi, BatchAbi {}

/** How `loadIndicators` starts. */
export interface IndicatorsOptions {
  /** Compiled dist/indicators.wasm; by default the host's own loader provides it. */
  readonly module?: WebAssembly.Module;
  /** Memory set aside at the start, 65,536..134,217,728; default 33,554,432. */
  readonly memoryBytes?: number;
}

/** Where a column lies. `buffer` and `byteOffset` would tell as well, but each takes longer than an RSI. */
const PLACE = Symbol('place');

interface Place {
  readonly owner: Indicators;
  readonly address: number;
}

const PAGE = 65_536;
const PAGES_MAX = 2_048;
const MEMORY_BYTES = 1 << 25;
/** First staging slot of outputs; inputs come before it. */
const OUTPUTS = 6;

/**
 * Starts the indicators; nothing happens at import. One instance serves any number of calls, one after the
 * other.
 *
 * @throws  GrandModelError KERNEL when the host refuses the module (no WASM SIMD), BAD_ARGUMENT on
 *          memoryBytes
 * @example (await loadIndicators()).column(2).length // 2
 */
export async function loadIndicators(options: IndicatorsOptions = {}): Promise<Indicators> {
  const bytes = options.memoryBytes ?? MEMORY_BYTES;
  if (!(Number.isInteger(bytes) && bytes >= PAGE && bytes <= PAGES_MAX * PAGE)) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot load the indicators: memoryBytes ${bytes} is not whole in ${PAGE}..${PAGES_MAX * PAGE}`,
      { memoryBytes: String(bytes) },
    );
  }
  let instance: WebAssembly.Instance;
  try {
    instance = new WebAssembly.Instance(options.module ?? (await indicatorsModule()), {});
  } catch (cause) {
    throw new GrandModelError(
      'KERNEL',
      'Cannot load the indicators: this host refused the module',
      {},
      cause,
    );
  }
  return new Indicators(instance.exports as unknown as IndicatorsAbi, bytes);
}

/**
 * A loaded module and its memory. Every function of this package takes it first. Columns made by `column` are
 * read and written in place; any other Float64Array is copied in, or out.
 *
 * The memory grows past `memoryBytes` when it must, up to 128 MiB, and then columns handed out before are
 * detached (length 0): set enough aside at the start. Nothing is freed before the instance is.
 */
export class Indicators {
  readonly raw: IndicatorsAbi;
  private readonly slots: { address: number; capacity: number; view: Float64Array }[] = [];
  /** Addresses of the call's columns so far. */
  private readonly taken: number[] = [];
  private takenCount = 0;
  private staged = 0;
  private count = 0;

  /** Use `loadIndicators`. */
  constructor(raw: IndicatorsAbi, memoryBytes: number) {
    this.raw = raw;
    const pages = Math.ceil(memoryBytes / PAGE) - raw.memory.buffer.byteLength / PAGE;
    if (pages > 0) raw.memory.grow(pages);
  }

  /**
   * A column of `count` zeros in the module's memory: fill it, hand it to the functions, read it.
   * @throws GrandModelError LIMIT when 128 MiB are used up
   */
  column(count: number): Float64Array {
    const address = this.alloc(count * 8);
    const place: Place = { owner: this, address };
    return Object.defineProperty(this.f64(address, count), PLACE, { value: place });
  }

  /** f64[count] view at a byte address; stale after the memory grows. */
  f64(address: number, count: number): Float64Array {
    return new Float64Array(this.raw.memory.buffer, address, count);
  }

  /** Byte view; stale after the memory grows. */
  u8(address: number, count: number): Uint8Array {
    return new Uint8Array(this.raw.memory.buffer, address, count);
  }

  /** Reserves 16-byte-aligned zeroed memory for the life of the instance. */
  alloc(byteSize: number): number {
    const address = this.raw.alloc(byteSize);
    if (address !== 0) return address;
    throw new GrandModelError('LIMIT', `Cannot reserve ${byteSize} bytes of indicator memory`, { byteSize });
  }

  /** First input of a call: its length is that of every other column of the call. */
  first(name: string, x: Float64Array): number {
    this.count = x.length;
    this.staged = 0;
    this.takenCount = 0;
    if (x.length > 0) return this.input(name, x);
    throw columnError(name, 'is empty, or was detached when the memory grew');
  }

  /** A further input; its address. */
  input(name: string, x: Float64Array): number {
    if (x.length !== this.count) throw columnError(name, `has ${x.length} values, not ${this.count}`);
    let address = this.addressOf(x);
    if (address < 0) {
      const slot = this.slot(this.staged++);
      slot.view.set(x);
      address = slot.address;
    }
    this.taken[this.takenCount++] = address;
    return address;
  }

  /** Where output `index` of the call is to be written. */
  output(index: number, out: Float64Array | undefined): number {
    if (out === undefined) return this.slot(OUTPUTS + index).address;
    if (out.length !== this.count) throw columnError('out', `has ${out.length} values, not ${this.count}`);
    const address = this.addressOf(out);
    if (address < 0) return this.slot(OUTPUTS + index).address;
    const byteSize = this.count * 8;
    for (let i = 0; i < this.takenCount; i++) {
      const gap = address - (this.taken[i] as number);
      if (gap < byteSize && gap > -byteSize) throw columnError('out', 'overlaps another column');
    }
    this.taken[this.takenCount++] = address;
    return address;
  }

  /** Output `index` after the call: the caller's own array, or a view until the next call. */
  result(index: number, out: Float64Array | undefined): Float64Array {
    if (out === undefined) return this.slot(OUTPUTS + index).view;
    if (this.addressOf(out) < 0) out.set(this.slot(OUTPUTS + index).view);
    return out;
  }

  /** Byte address of an array that lies in this memory, −1 for any other. */
  private addressOf(x: Float64Array): number {
    const place = (x as { [PLACE]?: Place })[PLACE];
    if (place !== undefined) return place.owner === this ? place.address : -1;
    return x.buffer === this.raw.memory.buffer ? x.byteOffset : -1;
  }

  /** A staging column with room for the call's count; its view has exactly that length. */
  private slot(index: number): { address: number; capacity: number; view: Float64Array } {
    const slot = (this.slots[index] ??= { address: 0, capacity: 0, view: new Float64Array(0) });
    if (slot.capacity < this.count) {
      slot.capacity = Math.max(this.count, 2 * slot.capacity);
      slot.address = this.alloc(slot.capacity * 8);
    }
    if (slot.view.length !== this.count) slot.view = this.f64(slot.address, this.count);
    return slot;
  }
}

function columnError(name: string, what: string): GrandModelError {
  return new GrandModelError('BAD_ARGUMENT', `Cannot compute an indicator: ${name} ${what}`, { name });
}
