// The seeded generator: mulberry32, four bytes of state at an address, so that a snapshot is a copy.

import { cosTurns } from './math/circular';
import { log } from './math/elementary';

/** Bytes of one generator. */
export const RNG_BYTES: usize = 4;

/** Sets the state from a seed; only its low 32 bits count. */
export function rngInit(p: usize, seed: i32): void {
  store<i32>(p, seed);
}

/** Next integer 0..2^32−1. */
export function rngNext(p: usize): u32 {
  const a = load<u32>(p) + 0x6d2b79f5;
  store<u32>(p, a);
  let t = (a ^ (a >>> 15)) * (a | 1);
  t = (t + (t ^ (t >>> 7)) * (t | 61)) ^ t;
  return t ^ (t >>> 14);
}

/** Next uniform in [0, 1), a multiple of 2^-32. */
export function rngUniform(p: usize): f64 {
  return <f64>rngNext(p) * 2.3283064365386962890625e-10;
}

/**
 * Next standard normal, √(−2 ln(1−u₁)) · cos 2πu₂ (Box & Muller 1958, first coordinate): two uniforms each.
 */
export function rngNormal(p: usize): f64 {
  const u = rngUniform(p);
  const v = rngUniform(p);
  return Math.sqrt(-2.0 * log(1.0 - u)) * cosTurns(v);
}

/**
 * Next Student t with a whole number of degrees of freedom, not scaled to unit variance: z / √(χ²/ν), where
 * χ² is the sum of ν squared normals drawn after z.
 */
export function rngStudent(p: usize, degrees: i32): f64 {
  const z = rngNormal(p);
  let chi = 0.0;
  for (let i = 0; i < degrees; i++) {
    const x = rngNormal(p);
    chi += x * x;
  }
  return z / Math.sqrt(chi / <f64>degrees);
}
