// The engine's own market for training: recorded bars, the paper broker's pessimistic fills on them, and the
// reward R = u − (1 − q)·|u|. One step is what lies between two decisions. Prices do not react to positions.
// src/execution/paper-broker.ts, fill-model.ts and ledger.ts are what these fills are held to.

import { tanh } from '../math/elementary';
import { rngUniform } from '../random';

/** A recorded market and the account that trades it. Addresses of arrays, then figures. */
@unmanaged
class EngineTape {
  /** i32[bars, 4]: open, high, low, close in ticks. */
  prices: usize;
  /** f64[bars] lots. */
  volumes: usize;
  /** f64[bars, 2], known before the bar: half-spread and one bar's standard deviation, basis points. */
  conditions: usize;
  /** i32[decisions]: the bar at whose close it falls. */
  decisions: usize;
  /** i32[decisions, 2]: directions of the regime and of a live synergy, −1 0 1. */
  leans: usize;
  /** f32[decisions, width]. */
  features: usize;
  width: i32;
  /** 1 where volume is not a quantity. */
  noVolume: i32;
  /** Micro-quote of one lot and tick; fee in ppm of notional; risk budget in micro-quote. */
  tickMicro: f64;
  feePpm: f64;
  budgetMicro: f64;
  /** Bound c of the utility. */
  bound: f64;
  /** Share of equity at position ±1, and share of the risk budget that a return of 1 is worth there. */
  exposure: f64;
  unit: f64;
}

/** One path: where it starts, what position 1 is, the seed of its latencies. */
@unmanaged
class EnginePath {
  lots: f64;
  decision: i32;
  seed: u32;
}
const PATH_BYTES: usize = 16;

/** Order styles, the third agent's actions. */
const NONE: i32 = 0;
const MARKET: i32 = 1;
const LIMIT_TOUCH: i32 = 2;
const LIMIT_MID: i32 = 3;
const TWAP_3: i32 = 4;

const BP: f64 = 10000;
const PPM: f64 = 1000000;
/** The pessimistic model: share of a bar's volume, ticks through a limit, latency in ms. */
const PARTICIPATION: f64 = 0.1;
const THROUGH: f64 = 1;
const LATENCY_MIN: f64 = 50;
const LATENCY_SPAN: f64 = 450;
const BAR_MS: f64 = 300000;
const ASSUMED_PARTICIPATION: f64 = 0.01;
/** Bars an order works. */
const LIFE: i32 = 6;
const SLICES: f64 = 3;
/** Slippage at which the execution gate is shut, basis points; share of equity the net limit allows. */
const GUARD_BP: f64 = 25;
const NET_LIMIT: f64 = 1;

/** Results of `work`, handed over in globals. */
let heldLots: f64 = 0;
let netMicro: f64 = 0;
let openedLots: f64 = 0;
let slippageLots: f64 = 0;

/** Reused for the latency generator. */
const latency: usize = memory.data(4);

/** Bytes of a tape's header and of n paths. */
export function engineTapeBytes(): usize {
  return offsetof<EngineTape>();
}
export function enginePathBytes(n: i32): usize {
  return <usize>n * PATH_BYTES;
}

/** Writes a tape's header; see EngineTape for the arguments. */
export function engineTapeInit(
  at: usize,
  prices: usize,
  volumes: usize,
  conditions: usize,
  decisions: usize,
  leans: usize,
  features: usize,
  width: i32,
  noVolume: i32,
  tickMicro: f64,
  feePpm: f64,
  budgetMicro: f64,
  bound: f64,
  exposure: f64,
  unit: f64,
): void {
  const tape = changetype<EngineTape>(at);
  tape.prices = prices;
  tape.volumes = volumes;
  tape.conditions = conditions;
  tape.decisions = decisions;
  tape.leans = leans;
  tape.features = features;
  tape.width = width;
  tape.noVolume = noVolume;
  tape.tickMicro = tickMicro;
  tape.feePpm = feePpm;
  tape.budgetMicro = budgetMicro;
  tape.bound = bound;
  tape.exposure = exposure;
  tape.unit = unit;
}

/** Puts a path on a decision. */
export function enginePlace(paths: usize, path: i32, decision: i32, lots: f64, seed: u32): void {
  const at = changetype<EnginePath>(paths + <usize>path * PATH_BYTES);
  at.decision = decision;
  at.lots = lots;
  at.seed = seed;
}

/** features f32[n, width] and, unless it is the last, returns f32[n] of one step. */
export function engineScene(
  tape: usize,
  paths: usize,
  n: i32,
  step: i32,
  features: usize,
  returns: usize,
): void {
  const market = changetype<EngineTape>(tape);
  const bytes = <usize>market.width << 2;
  for (let i = 0; i < n; i++) {
    const path = changetype<EnginePath>(paths + <usize>i * PATH_BYTES);
    const decision = path.decision + step;
    memory.copy(features + <usize>i * bytes, market.features + <usize>decision * bytes, bytes);
    if (returns != 0) store<f32>(returns + (<usize>i << 2), <f32>returnOf(market, path, decision));
  }
}

/** One step with the joint actions i32[n] each: after f32[n], rewards f32[n], net f64[n] in risk budgets. */
export function enginePlay(
  tape: usize,
  paths: usize,
  n: i32,
  step: i32,
  agents: i32,
  first: usize,
  second: usize,
  third: usize,
  positions: usize,
  after: usize,
  rewards: usize,
  net: usize,
): void {
  const market = changetype<EngineTape>(tape);
  for (let i = <usize>0; i < <usize>n; i++) {
    const path = changetype<EnginePath>(paths + i * PATH_BYTES);
    const cell = i << 2;
    const held = lotsOf(path, <f64>load<f32>(positions + cell));
    const style = agents == 1 ? MARKET : load<i32>(third + cell);
    const wanted = lotsWanted(path, agents, load<i32>(first + cell), load<i32>(second + cell));
    const decision = path.decision + step;
    work(market, decision, held, wanted, style, path.seed + <u32>step);
    const x = netMicro / market.budgetMicro;
    store<f32>(after + cell, <f32>(heldLots / path.lots));
    store<f32>(rewards + cell, <f32>rewardOf(market, path, decision, wanted - held, x));
    store<f64>(net + (i << 3), x);
  }
}

/**
 * Worth of each action of the last agent, the earlier agents' actions given: out[rows, 5] = reward +
 * γ·next(position after). Row i belongs to path i / repeat of returns f32[] and next f32[, nodes]. The drawn
 * return is exchanged for the given one where the position does not depend on it: on what is held and, but
 * for limits, on what is traded.
 */
export function engineWorths(
  tape: usize,
  paths: usize,
  step: i32,
  agents: i32,
  first: usize,
  second: usize,
  positions: usize,
  returns: usize,
  next: usize,
  nodes: i32,
  repeat: i32,
  rows: i32,
  gamma: f64,
  out: usize,
): void {
  const market = changetype<EngineTape>(tape);
  for (let i = 0; i < rows; i++) {
    const row = <usize>(i / repeat);
    const path = changetype<EnginePath>(paths + row * PATH_BYTES);
    const table = next + ((row * <usize>nodes) << 2);
    const decision = path.decision + step;
    const cell = <usize>i << 2;
    const held = lotsOf(path, <f64>load<f32>(positions + cell));
    const surprise = <f64>load<f32>(returns + (row << 2)) - <f64><f32>returnOf(market, path, decision);
    for (let action = 0; action < 5; action++) {
      const style = agents == 1 ? MARKET : action;
      const chosen = agents == 1 ? action : load<i32>(first + cell);
      const wanted = lotsWanted(path, agents, chosen, load<i32>(second + cell));
      work(market, decision, held, wanted, style, path.seed + <u32>step);
      const limit = style == LIMIT_TOUCH || style == LIMIT_MID;
      const exposed = (limit ? held : heldLots) / path.lots;
      const x = netMicro / market.budgetMicro + exposed * surprise * market.unit;
      const after = heldLots / path.lots;
      const reward = rewardOf(market, path, decision, wanted - held, x);
      store<f32>(out + (<usize>action << 2), <f32>(reward + gamma * between(table, nodes, after)));
    }
    out += 20;
  }
}

/** Value at a position between nodes −1 … 1, linear. */
@inline
function between(table: usize, nodes: i32, position: f64): f64 {
  const at = (position + 1.0) * 0.5 * <f64>(nodes - 1);
  const low = max(0, min(nodes - 2, <i32>at));
  const weight = at - <f64>low;
  const cell = table + (<usize>low << 2);
  return (1.0 - weight) * <f64>load<f32>(cell) + weight * <f64>load<f32>(cell, 4);
}

@inline
function lotsOf(path: EnginePath, position: f64): f64 {
  return Math.round(position * path.lots);
}

/** Lots after a joint action: direction −1 … 1, times a share 0 … 1 where a second agent sizes it. */
@inline
function lotsWanted(path: EnginePath, agents: i32, first: i32, second: i32): f64 {
  const direction = <f64>(first - 2) * 0.5;
  return Math.round(path.lots * (agents == 1 ? direction : direction * <f64>second * 0.25));
}

@inline
function priceAt(market: EngineTape, bar: i32, column: i32): f64 {
  return <f64>load<i32>(market.prices + ((<usize>bar << 2) + <usize>column << 2));
}

/** The bar at whose close a decision falls. */
@inline
function barOf(market: EngineTape, decision: i32): i32 {
  return load<i32>(market.decisions + (<usize>decision << 2));
}

/** Gain of position 1 held over a step, in units of the tape's typical one. */
@inline
function returnOf(market: EngineTape, path: EnginePath, decision: i32): f64 {
  const move = priceAt(market, barOf(market, decision + 1), 3) - priceAt(market, barOf(market, decision), 3);
  return (path.lots * move * market.tickMicro) / (market.budgetMicro * market.unit);
}

/** Works one order over the bars of a step and marks the position at its end. */
function work(market: EngineTape, decision: i32, held: f64, wanted: f64, style: i32, seed: u32): void {
  const first = barOf(market, decision) + 1;
  const last = barOf(market, decision + 1);
  const start = priceAt(market, first - 1, 3);
  let left = style == NONE ? 0.0 : wanted - held;
  const buys = left > 0;
  const limit = style == LIMIT_TOUCH ? touchOf(market, first, start, buys) : start;
  let slices: f64 = style == TWAP_3 ? SLICES : 1;
  let paid: f64 = 0;
  let fees: f64 = 0;
  heldLots = held;
  openedLots = 0;
  slippageLots = 0;
  store<u32>(latency, seed);
  for (let bar = first; bar <= last && bar < first + LIFE && left != 0; bar++) {
    const quote = style == LIMIT_TOUCH || style == LIMIT_MID ? limitFill(market, bar, limit, buys) : 0.0;
    if (quote < 0) continue;
    const size = min(Math.ceil(abs(left) / slices), available(market, bar));
    if (slices > 1) slices -= 1;
    if (size == 0) continue;
    const price = quote > 0 ? quote : crossing(market, bar, size, buys);
    const lots = buys ? size : -size;
    paid += lots * price;
    fees += Math.floor((size * price * market.tickMicro * market.feePpm) / PPM + 0.5);
    const opened = heldLots * lots >= 0 ? size : max(0.0, size - abs(heldLots));
    openedLots += opened;
    slippageLots += max(0.0, ((buys ? price - start : start - price) / start) * BP) * opened;
    heldLots += lots;
    left -= lots;
  }
  netMicro = (heldLots * priceAt(market, last, 3) - held * start - paid) * market.tickMicro - fees;
}

/** Lots that one account gets of a bar. */
@inline
function available(market: EngineTape, bar: i32): f64 {
  if (market.noVolume) return f64.MAX_SAFE_INTEGER;
  return Math.floor(load<f64>(market.volumes + (<usize>bar << 3)) * PARTICIPATION);
}

/** The near side of the spread at the decision, rounded away from the market. */
@inline
function touchOf(market: EngineTape, bar: i32, close: f64, buys: bool): f64 {
  const half = (close * load<f64>(market.conditions + (<usize>bar << 4))) / BP;
  if (!(half >= 0)) return close;
  return buys ? max(1.0, Math.floor(close - half)) : Math.ceil(close + half);
}

/** Fill price of a limit order, or −1: only when price trades through it, and never better than it. */
@inline
function limitFill(market: EngineTape, bar: i32, limit: f64, buys: bool): f64 {
  const high = priceAt(market, bar, 1);
  const low = priceAt(market, bar, 2);
  if (buys) return low > limit - THROUGH ? -1 : min(limit, high);
  return high < limit + THROUGH ? -1 : max(limit, low);
}

/** Price of crossing the market at the open: half-spread, square-root impact, latency, rounded against us. */
function crossing(market: EngineTape, bar: i32, size: f64, buys: bool): f64 {
  const open = priceAt(market, bar, 0);
  const halfSpread = load<f64>(market.conditions + (<usize>bar << 4));
  const sigma = load<f64>(market.conditions + (<usize>bar << 4), 8);
  const volume = market.noVolume ? 0.0 : load<f64>(market.volumes + (<usize>bar << 3));
  const share = volume > 0 ? size / volume : ASSUMED_PARTICIPATION;
  let cost = halfSpread + sigma * Math.sqrt(share);
  cost += sigma * Math.sqrt((LATENCY_MIN + LATENCY_SPAN * rngUniform(latency)) / BAR_MS);
  if (!(cost > 0 && cost < BP)) cost = 0;
  const move = (open * cost) / BP;
  return buys ? Math.ceil(open + move) : max(1.0, Math.floor(open - move));
}

/**
 * R = u − (1 − q)·|u| of the step that `work` just played. q: entries not against the regime, not against a
 * live synergy, slippage against half the guard, exposure against half the net limit. Only lots that were
 * filled and opened count as entries.
 */
function rewardOf(market: EngineTape, path: EnginePath, decision: i32, asked: f64, x: f64): f64 {
  const u = market.bound * tanh(x / market.bound);
  let q: f64 = 1;
  if (openedLots > 0) {
    const side = asked > 0 ? 1 : -1;
    const leans = market.leans + (<usize>decision << 3);
    if (load<i32>(leans) == -side || load<i32>(leans, 4) == -side) q = 0;
    q *= clipped(2 * (1 - slippageLots / openedLots / GUARD_BP));
  }
  q *= clipped(2 * (1 - (abs(heldLots / path.lots) * market.exposure) / NET_LIMIT));
  return u - (1 - q) * abs(u);
}

@inline
function clipped(x: f64): f64 {
  return max(0.0, min(1.0, x));
}
