// The engine's own indicators with outputs at byte 0, as the others have them: NW-RQK (line, second line),
// MLMI (value, slow RSI, quick RSI) and fair value gaps with their own ATR14.

import { Atr, ATR_BYTES } from './atr';
import { Fvg, FVG_BYTES } from './fvg';
import { HeikinAshi, HEIKIN_ASHI_BYTES } from './heikin-ashi';
import { Mlmi, MLMI_BYTES } from './mlmi';
import { NwRqk, NW_RQK_BYTES } from './nw-rqk';

/** Bytes of the two outputs before the filter. */
const LINES: usize = 16;

export function nwRqkBytes(): usize {
  return LINES + NW_RQK_BYTES;
}

export function nwRqkInit(p: usize): void {
  store<f64>(p, NaN);
  store<f64>(p, NaN, 8);
  changetype<NwRqk>(p + LINES).init();
}

/** NaN for the first 25 values. */
export function nwRqkPush(p: usize, x: f64): f64 {
  const filter = changetype<NwRqk>(p + LINES);
  filter.push(x);
  store<f64>(p, filter.line);
  store<f64>(p, filter.second, 8);
  return filter.line;
}

export function mlmiBytes(): usize {
  return MLMI_BYTES + HEIKIN_ASHI_BYTES;
}

export function mlmiInit(p: usize): void {
  changetype<Mlmi>(p).init();
  changetype<HeikinAshi>(p + MLMI_BYTES).init();
}

/** NaN until four crosses of WMA5 and WMA20 of the Heikin-Ashi closes are labelled. */
export function mlmiPush(p: usize, open: f64, high: f64, low: f64, close: f64): f64 {
  const state = changetype<Mlmi>(p);
  state.push(changetype<HeikinAshi>(p + MLMI_BYTES).push(open, high, low, close));
  return state.value;
}

const ATR_PERIOD: i32 = 14;

export function fvgBytes(): usize {
  return FVG_BYTES + ATR_BYTES;
}

export function fvgInit(p: usize): void {
  changetype<Fvg>(p).init();
  changetype<Atr>(p + FVG_BYTES).init(ATR_PERIOD);
}

/** One closed 5-minute bar; returns the direction of a gap touched now. Outputs in the order of the class. */
export function fvgPush(p: usize, tsMs: f64, high: f64, low: f64, close: f64, tick: f64): f64 {
  const state = changetype<Fvg>(p);
  state.push(tsMs, high, low, close, changetype<Atr>(p + FVG_BYTES).push(high, low, close), tick);
  return state.eventDirection;
}
