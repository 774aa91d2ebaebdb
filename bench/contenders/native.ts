// TA-Lib and Tulip in C on columns of one shared buffer: no copy, no argument, one call.

import type { BarColumns } from '../lib/random-columns.ts';

/** The addon of bench/peers/native/addon.c. */
export interface NativePeers {
  share(buffer: ArrayBuffer): void;
  call(): number;
}

/** Which columns each of the nine reads, in the order of `tasksOf`, and its options. */
const CALLS: readonly {
  readonly inputs: readonly (keyof BarColumns)[];
  readonly options: readonly number[];
}[] = [
  { inputs: ['close'], options: [20] },
  { inputs: ['close'], options: [20] },
  { inputs: ['close'], options: [14] },
  { inputs: ['close'], options: [12, 26, 9] },
  { inputs: ['close'], options: [20, 2] },
  { inputs: ['high', 'low', 'close'], options: [14] },
  { inputs: ['high', 'low', 'close'], options: [14] },
  { inputs: ['high', 'low', 'close'], options: [14, 3, 3] },
  { inputs: ['close', 'volume'], options: [] },
];
/** f64 that describe the call, before the columns. */
const HEADER = 16;
const INPUTS = ['open', 'high', 'low', 'close', 'volume'] as const;
/** Tulip's BBANDS gives the lower band first; the middle one is compared. */
const TULIP_BANDS = 4;

/** The two libraries on n bars. */
export interface NativeContenders {
  /** Copies the bars into the shared buffer. */
  load(bars: BarColumns): void;
  readonly libraries: readonly {
    readonly name: string;
    /** Runs indicator `index` once. */
    run(index: number): void;
    /** Its first output, aligned to the end. */
    output(index: number): Float64Array;
  }[];
}

/** Null where the addon could not be built. */
export function nativeContenders(peers: NativePeers | null, n: number): NativeContenders | null {
  if (peers === null) return null;
  const memory = new Float64Array(HEADER + 8 * n);
  peers.share(memory.buffer);
  const place = (i: number): number => HEADER + i * n;
  const describe = (library: number, index: number): void => {
    const { inputs, options } = CALLS[index] ?? { inputs: [], options: [] };
    memory.set([library, index, n]);
    inputs.forEach((name, i) => (memory[3 + i] = place(INPUTS.indexOf(name)) * 8));
    for (let i = 0; i < 3; i++) memory[8 + i] = place(5 + i) * 8;
    options.forEach((option, i) => (memory[11 + i] = option));
  };
  const library = (name: string, id: number): NativeContenders['libraries'][number] => ({
    name,
    run: (index) => {
      describe(id, index);
      if (peers.call() !== 0) throw new Error(`${name} refused call ${index}`);
    },
    output: (index) => {
      const start = place(id === 1 && index === TULIP_BANDS ? 6 : 5);
      return memory.subarray(start, start + (memory[15] ?? 0));
    },
  });
  return {
    load: (bars) => INPUTS.forEach((name, i) => memory.set(bars[name], place(i))),
    libraries: [library('TA-Lib C (gcc -O2)', 0), library('Tulip C (gcc -O3 -march=native)', 1)],
  };
}
