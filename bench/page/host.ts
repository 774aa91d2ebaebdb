// What the browser can do, as far as it bears on the figures.

import { present } from 'bench-peers-present';
import { hasRelaxedSimd } from '../../src/wasm/training.ts';

/** Facts about the browser and this build of the page. */
export interface HostFacts {
  readonly userAgent: string;
  readonly cores: number;
  readonly crossOriginIsolated: boolean;
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
  /** Smallest step of the clock that was seen, microseconds. */
  readonly clockUs: number;
  /** Whether the JavaScript libraries were built in. */
  readonly peers: boolean;
}

/** The smallest module with v128: (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt). */
const SIMD_PROBE = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
];
const CLOCK_READINGS = 50;

/** Looks at this browser. */
export function hostFacts(): HostFacts {
  return {
    userAgent: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    crossOriginIsolated: globalThis.crossOriginIsolated,
    simd: WebAssembly.validate(Uint8Array.from(SIMD_PROBE)),
    relaxedSimd: hasRelaxedSimd(),
    clockUs: clockStep(),
    peers: present,
  };
}

/** The smallest difference of two readings that is not zero, microseconds. */
function clockStep(): number {
  let least = Infinity;
  for (let i = 0; i < CLOCK_READINGS; i++) {
    const from = performance.now();
    let to = from;
    while (to === from) to = performance.now();
    least = Math.min(least, to - from);
  }
  return Math.round(least * 1e4) / 10;
}
