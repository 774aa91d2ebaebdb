// Element-wise and row-wise layers in f32: Add, Mul, Relu, Tanh, LayerNormalization, Softmax, copies.

import { exp, tanh } from '../math/elementary';

/** out[i] = a[i] + b[i mod period], i < count; the period divides the count. */
export function addRepeated(a: usize, b: usize, out: usize, count: i32, period: i32): void {
  for (let base = 0; base < count; base += period) {
    let i = 0;
    for (; i + 4 <= period; i += 4) {
      const at = (<usize>(base + i)) << 2;
      v128.store(out + at, f32x4.add(v128.load(a + at), v128.load(b + ((<usize>i) << 2))));
    }
    for (; i < period; i++) {
      const at = (<usize>(base + i)) << 2;
      store<f32>(out + at, load<f32>(a + at) + load<f32>(b + ((<usize>i) << 2)));
    }
  }
}

/** out[i] = a[i] · b[i mod period], i < count; the period divides the count. */
export function mulRepeated(a: usize, b: usize, out: usize, count: i32, period: i32): void {
  for (let base = 0; base < count; base += period) {
    let i = 0;
    for (; i + 4 <= period; i += 4) {
      const at = (<usize>(base + i)) << 2;
      v128.store(out + at, f32x4.mul(v128.load(a + at), v128.load(b + ((<usize>i) << 2))));
    }
    for (; i < period; i++) {
      const at = (<usize>(base + i)) << 2;
      store<f32>(out + at, load<f32>(a + at) * load<f32>(b + ((<usize>i) << 2)));
    }
  }
}

/** max(x, 0); NaN stays NaN. */
export function relu(x: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = (<usize>i) << 2;
    v128.store(out + at, f32x4.max(v128.load(x + at), zero));
  }
  for (; i < count; i++) {
    const at = (<usize>i) << 2;
    store<f32>(out + at, max<f32>(load<f32>(x + at), 0));
  }
}

/** Hyperbolic tangent, rounded once from f64. */
export function tanhLayer(x: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    store<f32>(out + at, <f32>tanh(<f64>load<f32>(x + at)));
  }
}

/**
 * Each row of n: (x − mean)/√(variance + epsilon) · scale + bias; sums in f64, ascending. `bias` may be 0.
 */
export function layerNorm(
  x: usize,
  scale: usize,
  bias: usize,
  out: usize,
  rows: i32,
  n: i32,
  epsilon: f64,
): void {
  const size = <f64>n;
  for (let row = 0; row < rows; row++) {
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) sum += <f64>load<f32>(x + ((<usize>i) << 2));
    const mean = sum / size;
    let squares: f64 = 0;
    for (let i = 0; i < n; i++) {
      const d = <f64>load<f32>(x + ((<usize>i) << 2)) - mean;
      squares += d * d;
    }
    const inverse = 1.0 / Math.sqrt(squares / size + epsilon);
    for (let i = 0; i < n; i++) {
      const at = (<usize>i) << 2;
      const shift: f64 = bias ? <f64>load<f32>(bias + at) : 0;
      store<f32>(
        out + at,
        <f32>((<f64>load<f32>(x + at) - mean) * inverse * <f64>load<f32>(scale + at) + shift),
      );
    }
    x += (<usize>n) << 2;
    out += (<usize>n) << 2;
  }
}

/** Each row of n: e^(x − max)/Σ e^(x − max), exponentials and sum in f64, ascending. */
export function softmax(x: usize, out: usize, rows: i32, n: i32): void {
  for (let row = 0; row < rows; row++) {
    let top = load<f32>(x);
    for (let i = 1; i < n; i++) top = max<f32>(top, load<f32>(x + ((<usize>i) << 2)));
    let sum: f64 = 0;
    for (let i = 0; i < n; i++) sum += exp(<f64>load<f32>(x + ((<usize>i) << 2)) - <f64>top);
    for (let i = 0; i < n; i++) {
      const at = (<usize>i) << 2;
      store<f32>(out + at, <f32>(exp(<f64>load<f32>(x + at) - <f64>top) / sum));
    }
    x += (<usize>n) << 2;
    out += (<usize>n) << 2;
  }
}

/**
 * Copies `rows` pieces of `pieceBytes`, from one after the other to every `strideBytes`: one operand of a
 * Concat.
 */
export function scatterRows(x: usize, out: usize, rows: i32, pieceBytes: i32, strideBytes: i32): void {
  for (let row = 0; row < rows; row++) {
    memory.copy(out, x, <usize>pieceBytes);
    x += <usize>pieceBytes;
    out += <usize>strideBytes;
  }
}
