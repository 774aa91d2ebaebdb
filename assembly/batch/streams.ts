// Indicators whose next value depends on the last in a way that no scan takes apart: the streaming form, run
// over whole columns inside the module.

import { alloc } from '../memory';
import { GarmanKlass, Estimator } from '../indicators/estimator';
import { Discrepancy } from '../indicators/discrepancy';
import { PriceProfile } from '../indicators/price-profile';
import { fvgInit, fvgPush, mlmiInit, mlmiPush, nwRqkInit, nwRqkPush } from '../indicators/research';
import { ParabolicSar, Supertrend } from '../indicators/trail';
import { at, put } from './lanes';

/** More than any state of periods up to 4,096 needs: EDGE keeps 64 bytes a bar. */
const STATE_BYTES: usize = 4096 * 64 + 4096;

let space: usize = 0;

/** Room for one state, reserved once; never part of a result. */
function state(): usize {
  if (space == 0) space = alloc(STATE_BYTES);
  return space;
}

/** Output `index` of a state into bar i of a column. */
@inline
function copy(from: usize, index: i32, column: usize, i: i32): void {
  put(column, i, at(from, index));
}

export function batchSupertrend(
  high: usize, low: usize, close: usize, line: usize, direction: usize, n: i32, period: i32, width: f64,
): void {
  const p = state();
  const s = changetype<Supertrend>(p);
  s.init(period, width);
  for (let i = 0; i < n; i++) {
    s.push(at(high, i), at(low, i), at(close, i));
    copy(p, 0, line, i);
    copy(p, 1, direction, i);
  }
}

export function batchParabolicSar(
  high: usize, low: usize, line: usize, direction: usize, n: i32, step: f64, most: f64,
): void {
  const p = state();
  const s = changetype<ParabolicSar>(p);
  s.init(step, most);
  for (let i = 0; i < n; i++) {
    s.push(at(high, i), at(low, i));
    copy(p, 0, line, i);
    copy(p, 1, direction, i);
  }
}

export function batchGarmanKlass(
  open: usize, high: usize, low: usize, close: usize, out: usize, n: i32, period: i32,
): void {
  const s = changetype<GarmanKlass>(state());
  s.init(period);
  for (let i = 0; i < n; i++) put(out, i, s.push(at(open, i), at(high, i), at(low, i), at(close, i)));
}

/** Kind 0 Yang-Zhang, 1 EDGE, 2 Amihud. */
export function batchEstimator(
  kind: i32, open: usize, high: usize, low: usize, close: usize, volume: usize, out: usize, n: i32,
  period: i32,
): void {
  const s = changetype<Estimator>(state());
  s.init(kind, period);
  for (let i = 0; i < n; i++) {
    put(out, i, s.push(at(open, i), at(high, i), at(low, i), at(close, i), at(volume, i)));
  }
}

export function batchPriceProfile(
  high: usize, low: usize, close: usize, volume: usize, control: usize, node: usize, distance: usize, n: i32,
  period: i32,
): void {
  const p = state();
  const s = changetype<PriceProfile>(p);
  s.init(period);
  for (let i = 0; i < n; i++) {
    s.push(at(high, i), at(low, i), at(close, i), at(volume, i));
    copy(p, 0, control, i);
    copy(p, 1, node, i);
    copy(p, 2, distance, i);
  }
}

export function batchDiscrepancy(x: usize, out: usize, n: i32, period: i32): void {
  const s = changetype<Discrepancy>(state());
  s.init(period);
  for (let i = 0; i < n; i++) put(out, i, s.push(at(x, i)));
}

export function batchNwRqk(x: usize, line: usize, second: usize, n: i32): void {
  const p = state();
  nwRqkInit(p);
  for (let i = 0; i < n; i++) {
    put(line, i, nwRqkPush(p, at(x, i)));
    copy(p, 1, second, i);
  }
}

export function batchMlmi(
  open: usize, high: usize, low: usize, close: usize, value: usize, slow: usize, quick: usize, n: i32,
): void {
  const p = state();
  mlmiInit(p);
  for (let i = 0; i < n; i++) {
    put(value, i, mlmiPush(p, at(open, i), at(high, i), at(low, i), at(close, i)));
    copy(p, 1, slow, i);
    copy(p, 2, quick, i);
  }
}

/** Touched direction, born direction, bull count, bear count, distance to the nearest in percent. */
export function batchFvg(
  tsMs: usize, high: usize, low: usize, close: usize, touched: usize, born: usize, bulls: usize, bears: usize,
  nearest: usize, n: i32, tick: f64,
): void {
  const p = state();
  fvgInit(p);
  for (let i = 0; i < n; i++) {
    put(touched, i, fvgPush(p, at(tsMs, i), at(high, i), at(low, i), at(close, i), tick));
    copy(p, 2, born, i);
    copy(p, 4, bulls, i);
    copy(p, 5, bears, i);
    copy(p, 6, nearest, i);
  }
}
