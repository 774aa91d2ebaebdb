// General matrix product in f32, blocked for registers: 3 rows × 16 columns, then 4 × 4 at the edges.
// Every output is one sum over the inner index in ascending order (in stretches of INNER_MAX), so a result
// does not depend on which block computed it.

import { multiplyAdd } from './multiply';

/** Rows of b that are packed at once: 256 × 16 floats stay in the first-level cache. */
const INNER_MAX: i32 = 256;
const WIDE: i32 = 16;
const NARROW: i32 = 4;

/** Bytes of the packing area that a product with n columns needs. */
export function packBytes(n: i32): usize {
  return (<usize>INNER_MAX * <usize>((n + 15) & ~15)) << 2;
}

/**
 * out[m, n] = (accumulate ? out : 0) + a[m, k] · b[k, n], all f32.
 *
 * @param aRow, aColumn  floats from one row and one column of a to the next: transposed operands cost nothing
 * @param bRow, bColumn  the same for b
 * @param outRow         floats from one row of out to the next; columns are adjacent
 * @param pack           packBytes(n) bytes of scratch on a 16-byte boundary
 * @source               Goto & van de Geijn 2008, Anatomy of high-performance matrix multiplication
 */
export function matrixProduct(
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  out: usize,
  outRow: i32,
  m: i32,
  n: i32,
  k: i32,
  accumulate: bool,
  pack: usize,
): void {
  const row = <usize>aRow << 2;
  const column = <usize>aColumn << 2;
  const stride = <usize>outRow << 2;
  for (let start = 0; start < k; start += INNER_MAX) {
    const inner = min(INNER_MAX, k - start);
    const add = accumulate || start > 0;
    packColumns(b + (<usize>(start * bRow) << 2), bRow, bColumn, inner, n, pack);
    const left = a + <usize>start * column;
    let panel = pack;
    let j = 0;
    for (; j + WIDE <= n; j += WIDE) {
      widePanel(left, row, column, panel, inner, out + (<usize>j << 2), stride, m, add);
      panel += (<usize>inner * WIDE) << 2;
    }
    for (; j < n; j += NARROW) {
      narrowPanel(left, row, column, panel, inner, out + (<usize>j << 2), stride, m, min(NARROW, n - j), add);
      panel += (<usize>inner * NARROW) << 2;
    }
  }
}

/** Copies b into panels of 16 columns while 16 remain, then of 4, the last one padded with zeros. */
function packColumns(b: usize, rowFloats: i32, columnFloats: i32, k: i32, n: i32, out: usize): void {
  const row = <usize>rowFloats << 2;
  const column = <usize>columnFloats << 2;
  let j = 0;
  while (j < n) {
    const width = n - j >= WIDE ? WIDE : NARROW;
    const filled = min(width, n - j);
    let from = b + <usize>j * column;
    for (let i = 0; i < k; i++) {
      if (columnFloats == 1 && filled == width) {
        for (let c = 0; c < width; c += 4) {
          v128.store(out + (<usize>c << 2), v128.load(from + (<usize>c << 2)));
        }
      } else {
        let at = from;
        for (let c = 0; c < width; c++) {
          store<f32>(out + (<usize>c << 2), c < filled ? load<f32>(at) : 0);
          at += column;
        }
      }
      from += row;
      out += <usize>width << 2;
    }
    j += width;
  }
}

function widePanel(
  a: usize,
  row: usize,
  column: usize,
  panel: usize,
  k: i32,
  out: usize,
  stride: usize,
  m: i32,
  add: bool,
): void {
  let i = 0;
  for (; i + 3 <= m; i += 3) {
    block3x16(a, row, column, panel, k, out, stride, add);
    a += 3 * row;
    out += 3 * stride;
  }
  for (; i < m; i++) {
    block1x16(a, column, panel, k, out, add);
    a += row;
    out += stride;
  }
}

function narrowPanel(
  a: usize,
  row: usize,
  column: usize,
  panel: usize,
  k: i32,
  out: usize,
  stride: usize,
  m: i32,
  filled: i32,
  add: bool,
): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    block4x4(a, row, column, panel, k, out, stride, filled, add);
    a += 4 * row;
    out += 4 * stride;
  }
  for (; i < m; i++) {
    block1x4(a, column, panel, k, out, filled, add);
    a += row;
    out += stride;
  }
}

@inline
function store16(out: usize, v0: v128, v1: v128, v2: v128, v3: v128, add: bool): void {
  if (add) {
    v0 = f32x4.add(v0, v128.load(out));
    v1 = f32x4.add(v1, v128.load(out, 16));
    v2 = f32x4.add(v2, v128.load(out, 32));
    v3 = f32x4.add(v3, v128.load(out, 48));
  }
  v128.store(out, v0);
  v128.store(out, v1, 16);
  v128.store(out, v2, 32);
  v128.store(out, v3, 48);
}

/** Twelve sums in registers, three loads of a and four of b for every 48 multiplications. */
function block3x16(
  a: usize,
  row: usize,
  column: usize,
  b: usize,
  k: i32,
  out: usize,
  stride: usize,
  add: bool,
): void {
  const zero = f32x4.splat(0);
  let s00 = zero;
  let s01 = zero;
  let s02 = zero;
  let s03 = zero;
  let s10 = zero;
  let s11 = zero;
  let s12 = zero;
  let s13 = zero;
  let s20 = zero;
  let s21 = zero;
  let s22 = zero;
  let s23 = zero;
  const row2 = row << 1;
  const end = b + (<usize>k << 6);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    s02 = multiplyAdd(x, b2, s02);
    s03 = multiplyAdd(x, b3, s03);
    x = v128.load32_splat(a + row);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    s12 = multiplyAdd(x, b2, s12);
    s13 = multiplyAdd(x, b3, s13);
    x = v128.load32_splat(a + row2);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    s22 = multiplyAdd(x, b2, s22);
    s23 = multiplyAdd(x, b3, s23);
    a += column;
    b += 64;
  }
  store16(out, s00, s01, s02, s03, add);
  store16(out + stride, s10, s11, s12, s13, add);
  store16(out + (stride << 1), s20, s21, s22, s23, add);
}

function block1x16(a: usize, column: usize, b: usize, k: i32, out: usize, add: bool): void {
  const zero = f32x4.splat(0);
  let s0 = zero;
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  const end = b + (<usize>k << 6);
  while (b < end) {
    const x = v128.load32_splat(a);
    s0 = multiplyAdd(x, v128.load(b), s0);
    s1 = multiplyAdd(x, v128.load(b, 16), s1);
    s2 = multiplyAdd(x, v128.load(b, 32), s2);
    s3 = multiplyAdd(x, v128.load(b, 48), s3);
    a += column;
    b += 64;
  }
  store16(out, s0, s1, s2, s3, add);
}

@inline
function storeUpTo4(out: usize, sum: v128, filled: i32, add: bool): void {
  if (filled == 4) {
    v128.store(out, add ? f32x4.add(sum, v128.load(out)) : sum);
    return;
  }
  store<f32>(out, add ? load<f32>(out) + f32x4.extract_lane(sum, 0) : f32x4.extract_lane(sum, 0));
  if (filled < 2) return;
  store<f32>(out, add ? load<f32>(out, 4) + f32x4.extract_lane(sum, 1) : f32x4.extract_lane(sum, 1), 4);
  if (filled < 3) return;
  store<f32>(out, add ? load<f32>(out, 8) + f32x4.extract_lane(sum, 2) : f32x4.extract_lane(sum, 2), 8);
}

function block4x4(
  a: usize,
  row: usize,
  column: usize,
  b: usize,
  k: i32,
  out: usize,
  stride: usize,
  filled: i32,
  add: bool,
): void {
  const zero = f32x4.splat(0);
  let s0 = zero;
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  const row2 = row << 1;
  const row3 = row + row2;
  const end = b + (<usize>k << 4);
  while (b < end) {
    const v = v128.load(b);
    s0 = multiplyAdd(v128.load32_splat(a), v, s0);
    s1 = multiplyAdd(v128.load32_splat(a + row), v, s1);
    s2 = multiplyAdd(v128.load32_splat(a + row2), v, s2);
    s3 = multiplyAdd(v128.load32_splat(a + row3), v, s3);
    a += column;
    b += 16;
  }
  storeUpTo4(out, s0, filled, add);
  storeUpTo4(out + stride, s1, filled, add);
  storeUpTo4(out + (stride << 1), s2, filled, add);
  storeUpTo4(out + 3 * stride, s3, filled, add);
}

function block1x4(a: usize, column: usize, b: usize, k: i32, out: usize, filled: i32, add: bool): void {
  let sum = f32x4.splat(0);
  const end = b + (<usize>k << 4);
  while (b < end) {
    sum = multiplyAdd(v128.load32_splat(a), v128.load(b), sum);
    a += column;
    b += 16;
  }
  storeUpTo4(out, sum, filled, add);
}
