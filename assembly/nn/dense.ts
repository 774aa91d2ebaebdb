// Dense layers in f32. Every output is one sum over the inner index in ascending order, whatever the lane
// width, so a result does not depend on the path that computed it.

/** Widest panel of packed weights, in output columns. */
const PANEL: i32 = 32;

/** Rows whose non-zero inputs are listed together; their panels then come from the nearest cache. */
const GROUP: i32 = 8;

/**
 * Bytes of scratch that matMulPacked needs for m rows of k inputs: for each row of a group its list and the
 * list's length.
 */
@inline
function listBytes(k: i32): usize {
  return (<usize>k << 3) + 8;
}

/**
 * out[m, n] = start + a[m, k] · b, with b constant, finite and packed in column panels: 32 columns wide while
 * 32 remain, then 4 wide, the last padded with zeros; inside a panel row after row. `bias` is f32[n padded to
 * 4] or 0. `scratch` holds min(m, 8) · (8 k + 8) bytes. A zero input adds nothing and is skipped, by way of a
 * list of the others: exact, and without a branch that nobody can predict.
 */
export function matMulPacked(
  a: usize,
  b: usize,
  bias: usize,
  out: usize,
  m: i32,
  k: i32,
  n: i32,
  scratch: usize,
): void {
  const stride = <usize>n << 2;
  for (let base = 0; base < m; base += GROUP) {
    const rows = min(GROUP, m - base);
    for (let row = 0; row < rows; row++, a += <usize>k << 2) {
      listInputs(a, k, scratch + <usize>row * listBytes(k));
    }
    let panel = b;
    let column = 0;
    for (; column + PANEL <= n; column += PANEL) {
      const start = bias ? bias + (<usize>column << 2) : 0;
      let target = out + (<usize>column << 2);
      let list = scratch;
      // The first row stands apart: called from one place only, panel32 would be put inline, and engines then
      // keep its sums in memory instead of registers (1.75 times slower).
      panel32(list, panel, start, target);
      for (let row = 1; row < rows; row++) {
        target += stride;
        list += listBytes(k);
        panel32(list, panel, start, target);
      }
      panel += (<usize>k * PANEL) << 2;
    }
    for (; column < n; column += 8) {
      const start = bias ? bias + (<usize>column << 2) : 0;
      for (let row = 0; row < rows; row++) {
        const target = out + <usize>row * stride + (<usize>column << 2);
        const list = scratch + <usize>row * listBytes(k);
        if (n - column > 4) panels8(list, panel, <usize>k << 4, start, target, n - column);
        else panel4(list, panel, start, target, n - column);
      }
      panel += <usize>k << 5;
    }
    out += <usize>rows * stride;
  }
}

/**
 * Writes the inputs that are not zero as {f32 value, i32 index}, ascending, behind the address of the list's
 * end.
 */
function listInputs(a: usize, k: i32, list: usize): void {
  let at = list + 8;
  for (let i = 0; i < k; i++, a += 4) {
    const x = load<f32>(a);
    store<f32>(at, x);
    store<i32>(at, i, 4);
    at += select<usize>(8, 0, x != 0);
  }
  store<usize>(list, at);
}

@inline
function startAt(bias: usize, lane: usize): v128 {
  return bias ? v128.load(bias + lane) : f32x4.splat(0);
}

function panel32(list: usize, panel: usize, bias: usize, out: usize): void {
  let s0 = startAt(bias, 0);
  let s1 = startAt(bias, 16);
  let s2 = startAt(bias, 32);
  let s3 = startAt(bias, 48);
  let s4 = startAt(bias, 64);
  let s5 = startAt(bias, 80);
  let s6 = startAt(bias, 96);
  let s7 = startAt(bias, 112);
  const end = load<usize>(list);
  for (let at = list + 8; at < end; at += 8) {
    const v = v128.load32_splat(at);
    const w = panel + (<usize>load<u32>(at, 4) << 7);
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

/** Two panels of 4 side by side, so that neither waits for its own sums. Stores `columns` of 5..8 or more. */
function panels8(list: usize, panel: usize, next: usize, bias: usize, out: usize, columns: i32): void {
  let s0 = startAt(bias, 0);
  let s1 = startAt(bias, 16);
  const end = load<usize>(list);
  for (let at = list + 8; at < end; at += 8) {
    const v = v128.load32_splat(at);
    const w = panel + (<usize>load<u32>(at, 4) << 4);
    s0 = f32x4.add(s0, f32x4.mul(v, v128.load(w)));
    s1 = f32x4.add(s1, f32x4.mul(v, v128.load(w + next)));
  }
  v128.store(out, s0);
  storeLanes(out + 16, s1, columns - 4);
}

function panel4(list: usize, panel: usize, bias: usize, out: usize, columns: i32): void {
  let sum = startAt(bias, 0);
  const end = load<usize>(list);
  for (let at = list + 8; at < end; at += 8) {
    const w = panel + (<usize>load<u32>(at, 4) << 4);
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(at), v128.load(w)));
  }
  storeLanes(out, sum, columns);
}

/** Only as many lanes as belong to the row: behind them lies the next row. */
function storeLanes(out: usize, lanes: v128, count: i32): void {
  if (count >= 4) {
    v128.store(out, lanes);
    return;
  }
  v128.store32_lane(out, lanes, 0);
  if (count > 1) v128.store32_lane(out, lanes, 1, 4);
  if (count > 2) v128.store32_lane(out, lanes, 2, 8);
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
