// General matrix product in f32, blocked for registers: 4 rows × 8 columns, which with their operands fit the
// fifteen vector registers that V8 hands out on x64; twelve sums and more go to the stack and come back.
// Every output is one sum over the inner index in ascending order (in stretches of INNER_MAX), so a result
// does not depend on which block computed it.

import { multiplyAdd } from './multiply';

/** Inner indices that are packed at once: 256 × 8 floats of b stay in the first-level cache. */
const INNER_MAX: i32 = 256;
/** Rows of a that are packed at once: 64 × 256 floats stay in the second-level cache. */
const ROWS_MAX: i32 = 64;
const ROWS: i32 = 4;
const COLUMNS: i32 = 8;
/** Floats of a cache line. */
const LINE: i32 = 16;
const LEFT_BYTES: usize = (<usize>INNER_MAX * <usize>ROWS_MAX) << 2;
/** A block on its way to an edge of out. */
const BLOCK_BYTES: usize = (<usize>ROWS * <usize>COLUMNS) << 2;

/** Bytes of the packing area that a product with n columns needs. */
export function packBytes(n: i32): usize {
  return BLOCK_BYTES + LEFT_BYTES + ((<usize>INNER_MAX * <usize>((n + 7) & ~7)) << 2);
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
  const stride = <usize>outRow << 2;
  const left = pack + BLOCK_BYTES;
  const right = left + LEFT_BYTES;
  for (let start = 0; start < k; start += INNER_MAX) {
    const inner = min(INNER_MAX, k - start);
    const add = accumulate || start > 0;
    packPanels(b + (<usize>(start * bRow) << 2), bRow, bColumn, inner, n, COLUMNS, right);
    for (let top = 0; top < m; top += ROWS_MAX) {
      const height = min(ROWS_MAX, m - top);
      packPanels(a + (<usize>(top * aRow + start * aColumn) << 2), aColumn, aRow, inner, height, ROWS, left);
      multiplyPanels(left, right, out + <usize>top * stride, stride, height, n, inner, add, pack);
    }
  }
}

/** out[m, n] from panels of a and b, one block after the other; `edge` holds a block. */
function multiplyPanels(
  left: usize,
  right: usize,
  out: usize,
  stride: usize,
  m: i32,
  n: i32,
  k: i32,
  add: bool,
  edge: usize,
): void {
  const leftBytes = <usize>(k * ROWS) << 2;
  const rightBytes = <usize>(k * COLUMNS) << 2;
  for (let j = 0; j < n; j += COLUMNS) {
    const columns = min(COLUMNS, n - j);
    let panel = left;
    let to = out + (<usize>j << 2);
    for (let i = 0; i < m; i += ROWS) {
      const rows = min(ROWS, m - i);
      if (rows == ROWS && columns == COLUMNS) {
        block(panel, right, k, to, stride, add);
      } else {
        block(panel, right, k, edge, COLUMNS << 2, false);
        storePart(edge, to, stride, rows, columns, add);
      }
      panel += leftBytes;
      to += stride * ROWS;
    }
    right += rightBytes;
  }
}

/**
 * Copies x[k, n] into panels [k, width] of `width` columns, the last one padded with zeros.
 *
 * @param row, column  floats from one row and one column of x to the next
 * @param width        4 or 8
 */
function packPanels(x: usize, row: i32, column: i32, k: i32, n: i32, width: i32, out: usize): void {
  const rowBytes = <usize>row << 2;
  const columnBytes = <usize>column << 2;
  const step = <usize>width << 2;
  const panel = <usize>k * step;
  const second = width == ROWS ? panel : 16;
  const third = width == ROWS ? panel << 1 : panel;
  let j = 0;
  if (column == 1) {
    for (; j + LINE <= n; j += LINE) {
      copyLine(x + <usize>j * columnBytes, rowBytes, k, out, step, second, third);
      out += panel * <usize>(LINE / width);
    }
  }
  for (; j < n; j += width) {
    for (let c = 0; c < width; c += 4) {
      const filled = min(4, n - j - c);
      const from = x + <usize>(j + c) * columnBytes;
      const to = out + (<usize>c << 2);
      if (filled == 4 && row == 1) transposeFour(from, columnBytes, k, to, step);
      else copyCells(from, rowBytes, columnBytes, k, filled, to, step);
    }
    out += panel;
  }
}

/**
 * Sixteen adjacent columns, a line of the cache, to where their panels lie.
 *
 * @param second, third  bytes from the first four columns' place to that of the next four and the eight after
 */
function copyLine(
  from: usize,
  row: usize,
  k: i32,
  to: usize,
  step: usize,
  second: usize,
  third: usize,
): void {
  const end = to + <usize>k * step;
  while (to < end) {
    v128.store(to, v128.load(from));
    v128.store(to + second, v128.load(from, 16));
    const half = to + third;
    v128.store(half, v128.load(from, 32));
    v128.store(half + second, v128.load(from, 48));
    from += row;
    to += step;
  }
}

function transposeFour(from: usize, column: usize, k: i32, to: usize, step: usize): void {
  let i = 0;
  for (; i + 4 <= k; i += 4) {
    const v0 = v128.load(from);
    const v1 = v128.load(from + column);
    const v2 = v128.load(from + (column << 1));
    const v3 = v128.load(from + 3 * column);
    const low01 = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i64>(low01, low23, 0, 2));
    to += step;
    v128.store(to, v128.shuffle<i64>(low01, low23, 1, 3));
    to += step;
    v128.store(to, v128.shuffle<i64>(high01, high23, 0, 2));
    to += step;
    v128.store(to, v128.shuffle<i64>(high01, high23, 1, 3));
    to += step;
    from += 16;
  }
  copyCells(from, 4, column, k - i, 4, to, step);
}

function copyCells(
  from: usize,
  row: usize,
  column: usize,
  k: i32,
  filled: i32,
  to: usize,
  step: usize,
): void {
  for (let i = 0; i < k; i++) {
    let at = from;
    for (let c = 0; c < 4; c++) {
      store<f32>(to + (<usize>c << 2), c < filled ? load<f32>(at) : 0);
      at += column;
    }
    from += row;
    to += step;
  }
}

/**
 * out[4, 8] from one panel of each, k ≥ 1: eight sums in registers, six loads for every 32 multiplications.
 * A turn of the loop is two steps with a way out between them: V8 moves all loads of a straight stretch to
 * its start, and those of two steps would not fit the registers beside the sums.
 */
function block(a: usize, b: usize, k: i32, out: usize, stride: usize, add: bool): void {
  const zero = f32x4.splat(0);
  let s00 = zero;
  let s01 = zero;
  let s10 = zero;
  let s11 = zero;
  let s20 = zero;
  let s21 = zero;
  let s30 = zero;
  let s31 = zero;
  const end = b + (<usize>k << 5);
  const last = end - 32;
  while (true) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    if (b == last) break;
    b0 = v128.load(b, 32);
    b1 = v128.load(b, 48);
    x = v128.load32_splat(a, 16);
    s00 = multiplyAdd(x, b0, s00);
    s01 = multiplyAdd(x, b1, s01);
    x = v128.load32_splat(a, 20);
    s10 = multiplyAdd(x, b0, s10);
    s11 = multiplyAdd(x, b1, s11);
    x = v128.load32_splat(a, 24);
    s20 = multiplyAdd(x, b0, s20);
    s21 = multiplyAdd(x, b1, s21);
    x = v128.load32_splat(a, 28);
    s30 = multiplyAdd(x, b0, s30);
    s31 = multiplyAdd(x, b1, s31);
    a += 32;
    b += 64;
    if (b == end) break;
  }
  store8(out, s00, s01, add);
  store8(out + stride, s10, s11, add);
  store8(out + (stride << 1), s20, s21, add);
  store8(out + 3 * stride, s30, s31, add);
}

@inline
function store8(out: usize, v0: v128, v1: v128, add: bool): void {
  if (add) {
    v0 = f32x4.add(v0, v128.load(out));
    v1 = f32x4.add(v1, v128.load(out, 16));
  }
  v128.store(out, v0);
  v128.store(out, v1, 16);
}

/** The part of a block that lies inside out. */
function storePart(from: usize, out: usize, stride: usize, rows: i32, columns: i32, add: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = <usize>j << 2;
      const value = load<f32>(from + at);
      store<f32>(out + at, add ? value + load<f32>(out + at) : value);
    }
    from += COLUMNS << 2;
    out += stride;
  }
}
