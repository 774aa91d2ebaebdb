// Dense layers in f32. Every output is one sum over the inner index in ascending order, whatever the lane
// width, so a result does not depend on the path that computed it.

/** Widest panel of packed weights, in output columns. */
const PANEL: i32 = 32;

/**
 * out[m, n] = start + a[m, k] · b, with b constant and packed in column panels: 32 columns wide while 32
 * remain, then 4 wide, the last padded with zeros; inside a panel row after row. `bias` is f32[n padded to 4]
 * or 0. `out` has room for 3 more f32, because the last panel is stored whole. A zero input adds nothing and
 * is skipped.
 */
export function matMulPacked(a: usize, b: usize, bias: usize, out: usize, m: i32, k: i32, n: i32): void {
  for (let row = 0; row < m; row++) {
    let panel = b;
    let column = 0;
    for (; column + PANEL <= n; column += PANEL) {
      panel32(a, panel, bias ? bias + (<usize>column << 2) : 0, out + (<usize>column << 2), k);
      panel += (<usize>k * PANEL) << 2;
    }
    for (; column < n; column += 4) {
      panel4(a, panel, bias ? bias + (<usize>column << 2) : 0, out + (<usize>column << 2), k);
      panel += <usize>k << 4;
    }
    a += <usize>k << 2;
    out += <usize>n << 2;
  }
}

@inline
function startAt(bias: usize, lane: usize): v128 {
  return bias ? v128.load(bias + lane) : f32x4.splat(0);
}

function panel32(a: usize, w: usize, bias: usize, out: usize, k: i32): void {
  let s0 = startAt(bias, 0);
  let s1 = startAt(bias, 16);
  let s2 = startAt(bias, 32);
  let s3 = startAt(bias, 48);
  let s4 = startAt(bias, 64);
  let s5 = startAt(bias, 80);
  let s6 = startAt(bias, 96);
  let s7 = startAt(bias, 112);
  for (let i = 0; i < k; i++, w += 128) {
    const x = load<f32>(a + (<usize>i << 2));
    if (x == 0) continue;
    const v = f32x4.splat(x);
    s0 = f32x4.add(s0, f32x4.mul(v, v128.load(w)));
    s1 = f32x4.add(s1, f32x4.mul(v, v128.load(w, 16)));
    s2 = f32x4.add(s2, f32x4.mul(v, v128.load(w, 32)));
    s3 = f32x4.add(s3, f32x4.mul(v, v128.load(w, 48)));
    s4 = f32x4.add(s4, f32x4.mul(v, v128.load(w, 64)));
    s5 = f32x4.add(s5, f32x4.mul(v, v128.load(w, 80)));
    s6 = f32x4.add(s6, f32x4.mul(v, v128.load(w, 96)));
    s7 = f32x4.add(s7, f32x4.mul(v, v128.load(w, 112)));
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

function panel4(a: usize, w: usize, bias: usize, out: usize, k: i32): void {
  let sum = startAt(bias, 0);
  for (let i = 0; i < k; i++, w += 16) {
    const x = load<f32>(a + (<usize>i << 2));
    if (x == 0) continue;
    sum = f32x4.add(sum, f32x4.mul(f32x4.splat(x), v128.load(w)));
  }
  v128.store(out, sum);
}

/**
 * out[m, n] = rowBias[m] (or 0) + a[m, k] · b[k, n], both operands plain row-major; used where b is computed.
 */
export function matMulPlain(a: usize, b: usize, rowBias: usize, out: usize, m: i32, k: i32, n: i32): void {
  const stride = <usize>n << 2;
  for (let row = 0; row < m; row++) {
    const start: f32 = rowBias ? load<f32>(rowBias + (<usize>row << 2)) : 0;
    let column = 0;
    for (; column + 4 <= n; column += 4) {
      let sum = f32x4.splat(start);
      let at = b + (<usize>column << 2);
      for (let i = 0; i < k; i++, at += stride) {
        sum = f32x4.add(sum, f32x4.mul(f32x4.splat(load<f32>(a + (<usize>i << 2))), v128.load(at)));
      }
      v128.store(out + (<usize>column << 2), sum);
    }
    for (; column < n; column++) {
      let sum = start;
      let at = b + (<usize>column << 2);
      for (let i = 0; i < k; i++, at += stride) sum += load<f32>(a + (<usize>i << 2)) * load<f32>(at);
      store<f32>(out + (<usize>column << 2), sum);
    }
    a += <usize>k << 2;
    out += stride;
  }
}

/** Fields of one convolution, i32 each, in the order the plan stores them. */
@unmanaged
export class ConvShape {
  channels: i32;
  height: i32;
  width: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  outHeight: i32;
  outWidth: i32;
}

/**
 * Unfolds x[channels, height, width] into columns[channels · kh · kw, oh · ow], zero outside: Conv becomes a
 * product.
 */
export function unfold(x: usize, shape: ConvShape, columns: usize): void {
  for (let channel = 0; channel < shape.channels; channel++) {
    const plane = x + (<usize>(channel * shape.height * shape.width) << 2);
    for (let i = 0; i < shape.kernelHeight; i++) {
      for (let j = 0; j < shape.kernelWidth; j++) {
        for (let oy = 0; oy < shape.outHeight; oy++) {
          const y = oy * shape.strideHeight + i * shape.dilationHeight - shape.padTop;
          for (let ox = 0; ox < shape.outWidth; ox++) {
            const at = ox * shape.strideWidth + j * shape.dilationWidth - shape.padLeft;
            const inside = y >= 0 && y < shape.height && at >= 0 && at < shape.width;
            store<f32>(columns, inside ? load<f32>(plane + (<usize>(y * shape.width + at) << 2)) : 0);
            columns += 4;
          }
        }
      }
    }
  }
}
