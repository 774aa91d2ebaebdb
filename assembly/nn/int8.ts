// Dense layers whose weights are 8-bit integers and whose inputs are 16-bit ones: i32x4.dot_i16x8 takes eight
// weights at once and integer sums have no rounding. An approximation, so only the analysis module exports
// it; src/backtest/int8-policy.ts packs the weights and knows the error.

import { softmax } from './pointwise';

/** Outputs of a wide panel, and of the narrow ones that the rest goes into. */
const WIDE: i32 = 32;
const NARROW: i32 = 8;

/** One layer of the table; addresses in bytes. */
@unmanaged
class Layer {
  /** i8 panels: for each pair of inputs, two weights of each output of the panel. */
  weights: u32;
  /** f32[n], what one step of a weight is worth. */
  scales: u32;
  /** f32[n]. */
  bias: u32;
  /** f32[n padded to 8]. */
  out: u32;
  k: i32;
  n: i32;
  /** 1: negative outputs become 0. */
  relu: i32;
  /** Largest integer of an input: k of them times 127 stay within i32. */
  limit: i32;
}

/**
 * Runs `layers` layers on f32[k] at `input`, the softmax of the last into f32[n] at `out`. `list` is scratch
 * of 8 bytes for each pair of inputs and 8 more; an odd k needs a readable f32 behind the input.
 */
export function int8Run(table: usize, layers: i32, input: usize, list: usize, out: usize): void {
  let x = input;
  let n = 0;
  for (let i = 0; i < layers; i++, table += offsetof<Layer>()) {
    const layer = changetype<Layer>(table);
    const step = quantise(x, layer.k, layer.limit, list);
    dense(layer, step, list);
    x = layer.out;
    n = layer.n;
  }
  softmax(x, out, 1, n);
}

/**
 * Writes the pairs of inputs that are not both zero as {2 × i16, byte offset of the pair, in pairs}, behind
 * the address of the list's end; gives the value of one step.
 */
function quantise(x: usize, k: i32, limit: i32, list: usize): f32 {
  let most = f32x4.splat(0);
  let i = 0;
  for (; i + 3 < k; i += 4) most = f32x4.pmax(most, f32x4.abs(v128.load(x + (<usize>i << 2))));
  let top: f32 = max<f32>(
    max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (; i < k; i++) top = max<f32>(top, abs<f32>(load<f32>(x + (<usize>i << 2))));
  const factor = f32x4.splat(top > 0 ? <f32>limit / top : 0);
  let at = list + 8;
  const pairs = (k + 1) >> 1;
  let pair = 0;
  for (; pair + 3 < k >> 1; pair += 4) {
    const from = x + (<usize>pair << 3);
    const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from), factor)));
    const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(from, 16), factor)));
    const four = i16x8.narrow_i32x4_s(low, high);
    at = append(at, i32x4.extract_lane(four, 0), pair);
    at = append(at, i32x4.extract_lane(four, 1), pair + 1);
    at = append(at, i32x4.extract_lane(four, 2), pair + 2);
    at = append(at, i32x4.extract_lane(four, 3), pair + 3);
  }
  const one = f32x4.extract_lane(factor, 0);
  for (; pair < pairs; pair++) {
    const from = x + (<usize>pair << 3);
    const first = <i32>nearest<f32>(load<f32>(from) * one);
    const second = 2 * pair + 1 < k ? <i32>nearest<f32>(load<f32>(from, 4) * one) : 0;
    at = append(at, (first & 0xffff) | (second << 16), pair);
  }
  store<usize>(list, at);
  return top / <f32>limit;
}

@inline
function append(at: usize, both: i32, pair: i32): usize {
  store<i32>(at, both);
  store<i32>(at, pair, 4);
  return at + select<usize>(8, 0, both != 0);
}

function dense(layer: Layer, step: f32, list: usize): void {
  const n = layer.n;
  const padded = (n + NARROW - 1) & ~(NARROW - 1);
  let panel: usize = layer.weights;
  const panelBytes = <usize>((layer.k + 1) & ~1);
  let column = 0;
  for (; column + WIDE <= padded; column += WIDE) {
    wide(list, panel, layer.out + (<usize>column << 2));
    panel += panelBytes * WIDE;
  }
  for (; column < padded; column += NARROW) {
    narrow(list, panel, layer.out + (<usize>column << 2));
    panel += panelBytes * NARROW;
  }
  const scale = f32x4.splat(step);
  const floor = f32x4.splat(layer.relu ? 0 : -Infinity);
  for (let at: usize = 0; at < <usize>padded << 2; at += 16) {
    const sums = f32x4.convert_i32x4_s(v128.load(layer.out + at));
    const y = f32x4.mul(sums, f32x4.mul(scale, v128.load(layer.scales + at)));
    v128.store(layer.out + at, f32x4.pmax(floor, f32x4.add(y, v128.load(layer.bias + at))));
  }
}

/** Sums of 32 outputs, as i32. */
function wide(list: usize, panel: usize, out: usize): void {
  const zero = i32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
  const end = load<usize>(list);
  for (let at = list + 8; at < end; at += 8) {
    const v = v128.load32_splat(at);
    const w = panel + (<usize>load<u32>(at, 4) << 6);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v, v128.load8x8_s(w)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 8)));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 16)));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 24)));
    s4 = i32x4.add(s4, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 32)));
    s5 = i32x4.add(s5, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 40)));
    s6 = i32x4.add(s6, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 48)));
    s7 = i32x4.add(s7, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 56)));
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
}

/** Sums of 8 outputs, as i32. */
function narrow(list: usize, panel: usize, out: usize): void {
  let s0 = i32x4.splat(0);
  let s1 = i32x4.splat(0);
  const end = load<usize>(list);
  for (let at = list + 8; at < end; at += 8) {
    const v = v128.load32_splat(at);
    const w = panel + (<usize>load<u32>(at, 4) << 4);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v, v128.load8x8_s(w)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v, v128.load8x8_s(w, 8)));
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
}
