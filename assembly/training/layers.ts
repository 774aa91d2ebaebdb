// What stands between the matrix products of a network: bias, activation, LayerNorm, Conv1d; each forward and
// backward. A dense layer is matrixProduct + biasActivate; its gradients are two products and columnSums.

import { tanhf, tanhQuad } from '../math/single';

/** Codes of the activations. */
const TANH: i32 = 1;
const RELU: i32 = 2;

/** y[rows, n] = activation(y + bias): 0 none, 1 tanh, 2 relu. */
export function biasActivate(y: usize, bias: usize, rows: i32, n: i32, activation: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < rows; i++) {
    let j = 0;
    if (activation == TANH) {
      // Two at once: what one waits for leaves room for the other.
      for (; j + 8 <= n; j += 8) {
        const at = bias + (<usize>j << 2);
        const low = tanhQuad(f32x4.add(v128.load(y), v128.load(at)));
        const high = tanhQuad(f32x4.add(v128.load(y, 16), v128.load(at, 16)));
        v128.store(y, low);
        v128.store(y, high, 16);
        y += 32;
      }
    }
    for (; j + 4 <= n; j += 4) {
      let v = f32x4.add(v128.load(y), v128.load(bias + (<usize>j << 2)));
      if (activation == TANH) v = tanhQuad(v);
      else if (activation == RELU) v = f32x4.max(v, zero);
      v128.store(y, v);
      y += 16;
    }
    for (; j < n; j++) {
      let v = load<f32>(y) + load<f32>(bias + (<usize>j << 2));
      if (activation == TANH) v = tanhf(v);
      else if (activation == RELU) v = max<f32>(v, 0);
      store<f32>(y, v);
      y += 4;
    }
  }
}

/** dy *= activation′, told from the layer's output y; both f32[count], readable to a multiple of 4. */
export function activationGradient(dy: usize, y: usize, count: i32, activation: i32): void {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2;
    const out = v128.load(y + at);
    const slope = v128.load(dy + at);
    if (activation == TANH) v128.store(dy + at, f32x4.mul(slope, f32x4.sub(one, f32x4.mul(out, out))));
    else if (activation == RELU) v128.store(dy + at, v128.and(slope, f32x4.gt(out, zero)));
  }
}

/** sums[n] = Σ over rows of x[rows, n]. */
export function columnSums(x: usize, sums: usize, rows: i32, n: i32): void {
  memory.fill(sums, 0, <usize>n << 2);
  for (let i = 0; i < rows; i++) {
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      const at = sums + (<usize>j << 2);
      v128.store(at, f32x4.add(v128.load(at), v128.load(x)));
      x += 16;
    }
    for (; j < n; j++) {
      const at = sums + (<usize>j << 2);
      store<f32>(at, load<f32>(at) + load<f32>(x));
      x += 4;
    }
  }
}

/**
 * y[rows, n] = (x − mean)/√(variance + epsilon) · gain + shift, per row; `rowStatistics` f32[rows][2] keeps
 * mean and 1/√(…) for the way back.
 *
 * @source Ba, Kiros & Hinton 2016
 */
export function layerNormForward(
  x: usize,
  gain: usize,
  shift: usize,
  y: usize,
  rowStatistics: usize,
  rows: i32,
  n: i32,
  epsilon: f64,
): void {
  for (let i = 0; i < rows; i++) {
    let sum: f64 = 0;
    for (let j = 0; j < n; j++) sum += <f64>load<f32>(x + (<usize>j << 2));
    const mean = sum / <f64>n;
    let squares: f64 = 0;
    for (let j = 0; j < n; j++) {
      const d = <f64>load<f32>(x + (<usize>j << 2)) - mean;
      squares += d * d;
    }
    const inverse = 1.0 / Math.sqrt(squares / <f64>n + epsilon);
    for (let j = 0; j < n; j++) {
      const at = <usize>j << 2;
      const unit = (<f64>load<f32>(x + at) - mean) * inverse;
      store<f32>(y + at, <f32>(unit * <f64>load<f32>(gain + at) + <f64>load<f32>(shift + at)));
    }
    store<f32>(rowStatistics, <f32>mean);
    store<f32>(rowStatistics, <f32>inverse, 4);
    rowStatistics += 8;
    x += <usize>n << 2;
    y += <usize>n << 2;
  }
}

/**
 * Gradients of layerNormForward: dx may be dy; dGain and dShift are overwritten, summed over rows in order.
 */
export function layerNormBackward(
  dy: usize,
  x: usize,
  gain: usize,
  rowStatistics: usize,
  dx: usize,
  dGain: usize,
  dShift: usize,
  rows: i32,
  n: i32,
): void {
  memory.fill(dGain, 0, <usize>n << 2);
  memory.fill(dShift, 0, <usize>n << 2);
  for (let i = 0; i < rows; i++) {
    const mean = <f64>load<f32>(rowStatistics);
    const inverse = <f64>load<f32>(rowStatistics, 4);
    let sum: f64 = 0;
    let cross: f64 = 0;
    for (let j = 0; j < n; j++) {
      const at = <usize>j << 2;
      const unit = (<f64>load<f32>(x + at) - mean) * inverse;
      const slope = <f64>load<f32>(dy + at);
      store<f32>(dGain + at, load<f32>(dGain + at) + <f32>(slope * unit));
      store<f32>(dShift + at, load<f32>(dShift + at) + <f32>slope);
      const scaled = slope * <f64>load<f32>(gain + at);
      sum += scaled;
      cross += scaled * unit;
    }
    sum /= <f64>n;
    cross /= <f64>n;
    for (let j = 0; j < n; j++) {
      const at = <usize>j << 2;
      const unit = (<f64>load<f32>(x + at) - mean) * inverse;
      const scaled = <f64>load<f32>(dy + at) * <f64>load<f32>(gain + at);
      store<f32>(dx + at, <f32>(inverse * (scaled - sum - unit * cross)));
    }
    rowStatistics += 8;
    x += <usize>n << 2;
    dy += <usize>n << 2;
    dx += <usize>n << 2;
  }
}

/**
 * Conv1d as a product: patches[rows · steps, kernel · channels] of x[rows, length, channels] (time before
 * channel, so a patch is one stretch of memory); steps = ⌊(length − kernel)/stride⌋ + 1, no padding.
 */
export function patchesOf(
  x: usize,
  patches: usize,
  rows: i32,
  length: i32,
  channels: i32,
  kernel: i32,
  stride: i32,
): void {
  const steps = (length - kernel) / stride + 1;
  const width = <usize>(kernel * channels) << 2;
  for (let i = 0; i < rows; i++) {
    let from = x;
    for (let step = 0; step < steps; step++) {
      memory.copy(patches, from, width);
      patches += width;
      from += <usize>(stride * channels) << 2;
    }
    x += <usize>(length * channels) << 2;
  }
}

/** The way back: dx[rows, length, channels] = Σ of the patches that covered each cell, in order of time. */
export function patchesBack(
  dPatches: usize,
  dx: usize,
  rows: i32,
  length: i32,
  channels: i32,
  kernel: i32,
  stride: i32,
): void {
  const steps = (length - kernel) / stride + 1;
  const width = kernel * channels;
  memory.fill(dx, 0, <usize>(rows * length * channels) << 2);
  for (let i = 0; i < rows; i++) {
    let to = dx;
    for (let step = 0; step < steps; step++) {
      for (let j = 0; j < width; j++) {
        const at = to + (<usize>j << 2);
        store<f32>(at, load<f32>(at) + load<f32>(dPatches));
        dPatches += 4;
      }
      to += <usize>(stride * channels) << 2;
    }
    dx += <usize>(length * channels) << 2;
  }
}
