// strategic48x13 as one writes it by hand in JavaScript: incremental, typed arrays, every window kept sorted
// by binary search, nothing allocated per bar. Definitions: system.md §3; no reference symbol, regime 0.

const ROWS = 48;
const COLUMNS = 13;
const BAND = 20;
const PAIR = 8;

const clip = (x: number, limit: number): number => Math.max(-limit, Math.min(limit, x));
const ratio = (a: number, b: number): number => (a === 0 && b === 0 ? 0 : a / b);

/** A trailing window that also keeps its values sorted. */
class SortedWindow {
  private readonly ring: Float64Array;
  private readonly sorted: Float64Array;
  private head = 0;
  known = 0;

  constructor(size: number) {
    this.ring = new Float64Array(size);
    this.sorted = new Float64Array(size);
  }

  get full(): boolean {
    return this.known === this.ring.length;
  }

  push(x: number): void {
    const { ring, sorted } = this;
    if (this.full) {
      const at = this.below(ring[this.head]!);
      sorted.copyWithin(at, at + 1, this.known--);
    }
    ring[this.head] = x;
    this.head = this.head + 1 === ring.length ? 0 : this.head + 1;
    const to = this.below(x);
    sorted.copyWithin(to + 1, to, this.known++);
    sorted[to] = x;
  }

  private below(x: number): number {
    const { sorted } = this;
    let [low, high] = [0, this.known];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  rank(x: number, minimum: number): number {
    if (!(x === x) || this.known < minimum) return NaN;
    const from = this.below(x);
    let to = from;
    while (to < this.known && this.sorted[to] === x) to++;
    return (from + to) / (2 * this.known);
  }

  quantile(p: number, minimum: number): number {
    const n = this.known;
    if (n < minimum) return NaN;
    const h = p * (n - 1);
    const i = Math.floor(h);
    const low = this.sorted[i]!;
    return i + 1 < n ? low + (h - i) * (this.sorted[i + 1]! - low) : low;
  }
}

/** Exponential average from the mean of its first values. */
class Average {
  value = NaN;
  private sum = 0;
  private count = 0;

  private readonly period: number;
  private readonly factor: number;

  constructor(period: number, factor = 2 / (period + 1)) {
    this.period = period;
    this.factor = factor;
  }

  push(x: number): number {
    if (this.count === this.period) return (this.value += (x - this.value) * this.factor);
    this.sum += x;
    if (++this.count === this.period) this.value = this.sum / this.period;
    return this.value;
  }
}

/** EWMA volatility of returns, seeded by the mean of 20 squares. */
class Volatility {
  sigma = NaN;
  private variance = 0;
  private count = 0;

  private readonly lambda: number;

  constructor(lambda: number) {
    this.lambda = lambda;
  }

  push(r: number): void {
    if (++this.count <= 20) this.variance += (r * r) / 20;
    else this.variance = this.lambda * this.variance + (1 - this.lambda) * r * r;
    if (this.count >= 20) this.sigma = Math.sqrt(this.variance);
  }
}

/** The matrix and all that its next row depends on. */
export class StrategicTwin {
  /** f32[48][13], oldest row first. */
  readonly matrix = new Float32Array(ROWS * COLUMNS).fill(NaN);
  private bars = 0;
  private before = { close: NaN, volume: NaN, mid: NaN, inside: 0 };
  private readonly closes = new Float64Array(BAND);
  private readonly scale = new Volatility(0.97);
  private readonly fast = new Average(12);
  private readonly slow = new Average(26);
  private readonly signal = new Average(9);
  private readonly gain = new Average(14, 1 / 14);
  private readonly loss = new Average(14, 1 / 14);
  private readonly range = new Average(14, 1 / 14);
  private readonly location = new Average(5);
  private readonly moments = new Float64Array(3);
  private readonly cusum = new Float64Array(2);
  private readonly pairs = new Float64Array(PAIR * (BAND - 1));
  private readonly rangeTerms = new Float64Array(3 * BAND);
  private readonly dryness = new Float64Array(BAND);
  private readonly history = new Volatility(0.94);
  private readonly standardised = new SortedWindow(500);
  private readonly volatility = new SortedWindow(250);
  private readonly risks = new SortedWindow(250);
  private readonly spreads = new SortedWindow(250);
  private readonly illiquidity = new SortedWindow(250);
  private readonly volumes = new SortedWindow(48);
  private readonly slots = Array.from({ length: 48 }, () => new SortedWindow(20));
  private readonly last = { spread: NaN, amihud: NaN, var95: NaN };

  /** One closed 30-minute bar. */
  push(tsMs: number, o: number, h: number, l: number, c: number, v: number): void {
    const { closes, matrix, scale, before } = this;
    const bars = ++this.bars;
    const first = bars === 1;
    const r = Math.log(c / before.close);
    const z = first ? NaN : ratio(r, scale.sigma);
    if (!first) scale.push(r);
    closes.copyWithin(0, 1);
    closes[BAND - 1] = c;
    matrix.copyWithin(0, COLUMNS);
    const at = (ROWS - 1) * COLUMNS;
    matrix[at] = clip(z, 5);
    matrix[at + 1] = this.volumeRatio(tsMs, v);
    matrix[at + 3] = bars > 10 ? clip(ratio(Math.log(c / closes[9]!), scale.sigma * Math.sqrt(10)), 5) : NaN;
    const histogram = this.momentum(h, l, c, first);
    const total = this.gain.value + this.loss.value;
    matrix[at + 4] = (total === 0 ? 0 : (100 * this.gain.value) / total - 50) / 50;
    matrix[at + 5] = clip(ratio(histogram, this.range.value), 3);
    matrix[at + 6] = bars >= BAND ? clip(this.band(), 3) : NaN;
    matrix[at + 7] = this.location.push(h > l ? (2 * c - h - l) / (h - l) : 0);
    matrix[at + 8] = first ? NaN : this.correlation(r, v);
    matrix[at + 9] = 0;
    matrix[at + 2] = this.ranges(o, h, l, c, first);
    if (!first) this.risk(r);
    matrix[at + 10] = joined(this.risks, this.last.var95);
    matrix[at + 11] = this.liquidity(r, c, v, first);
    matrix[at + 12] = this.alarm(z);
    before.close = c;
    before.volume = v;
  }

  private volumeRatio(tsMs: number, v: number): number {
    const own = this.slots[Math.floor(tsMs / 1_800_000) % 48]!;
    const usual = own.full ? own.quantile(0.5, 20) : this.volumes.quantile(0.5, 48);
    own.push(v);
    this.volumes.push(v);
    if (Number.isNaN(usual)) return NaN;
    return v > 0 && usual > 0 ? clip(Math.log(v / usual), 4) : -4;
  }

  private momentum(h: number, l: number, c: number, first: boolean): number {
    const { close } = this.before;
    if (!first) {
      this.gain.push(c > close ? c - close : 0);
      this.loss.push(c < close ? close - c : 0);
      this.range.push(Math.max(h, close) - Math.min(l, close));
    }
    const slow = this.slow.push(c);
    const line = this.bars > 14 ? this.fast.push(c) - slow : NaN;
    return Number.isNaN(line) ? NaN : line - this.signal.push(line);
  }

  private band(): number {
    const { closes } = this;
    let mean = 0;
    for (let i = 0; i < BAND; i++) mean += closes[i]!;
    mean /= BAND;
    let squares = 0;
    for (let i = 0; i < BAND; i++) squares += (closes[i]! - mean) * (closes[i]! - mean);
    const deviation = Math.sqrt(squares / BAND);
    return deviation > mean * 1e-12 ? (closes[BAND - 1]! - mean) / (2 * deviation) : 0;
  }

  private correlation(r: number, v: number): number {
    const { moments, before } = this;
    const change = v > 0 && before.volume > 0 ? Math.log(v / before.volume) : 0;
    const keep = this.bars === 2 ? 0 : 0.94;
    moments[0] = keep * moments[0]! + (1 - keep) * r * r;
    moments[1] = keep * moments[1]! + (1 - keep) * change * change;
    moments[2] = keep * moments[2]! + (1 - keep) * r * change;
    if (this.bars < 21) return NaN;
    const product = moments[0] * moments[1];
    return product > 0 ? clip(moments[2] / Math.sqrt(product), 1) : 0;
  }

  /** Yang-Zhang against its median; EDGE on the way, both from the same four logarithms. */
  private ranges(o: number, h: number, l: number, c: number, first: boolean): number {
    const { before, rangeTerms } = this;
    const overnight = Math.log(o / before.close);
    const [high, low, body] = [Math.log(h / o), Math.log(l / o), Math.log(c / o)];
    this.edge(o, h, l, c, overnight, 0.5 * (high + low), body, first);
    if (!first) {
      rangeTerms.copyWithin(0, 3);
      rangeTerms[57] = overnight;
      rangeTerms[58] = body;
      rangeTerms[59] = high * (high - body) + low * (low - body);
    }
    if (this.bars <= BAND) return NaN;
    const value = Math.sqrt(Math.max(yangZhang(rangeTerms), 1e-18));
    this.volatility.push(value);
    return clip(Math.log(value / this.volatility.quantile(0.5, 48)), 3);
  }

  private edge(
    o: number,
    h: number,
    l: number,
    c: number,
    overnight: number,
    mid: number,
    body: number,
    first: boolean,
  ): void {
    const { pairs, before } = this;
    if (!first) {
      pairs.copyWithin(0, PAIR);
      const at = PAIR * (BAND - 2);
      const traded = Number(h !== l || l !== before.close);
      pairs[at] = mid;
      pairs[at + 1] = overnight - before.mid;
      pairs[at + 2] = mid + overnight;
      pairs[at + 3] = -before.mid;
      pairs[at + 4] = overnight;
      pairs[at + 5] = traded;
      pairs[at + 6] = traded * (Number(o !== h) + Number(o !== l));
      pairs[at + 7] = traded * before.inside;
    }
    before.mid = mid - body;
    before.inside = Number(c !== h) + Number(c !== l);
    if (this.bars < BAND) return;
    const squared = edgeSquared(pairs);
    if (!Number.isNaN(squared)) this.last.spread = Math.sqrt(Math.abs(squared));
  }

  private risk(r: number): void {
    const { history, standardised, last } = this;
    if (history.sigma > 0) standardised.push(r / history.sigma);
    history.push(r);
    if (standardised.known >= 96) last.var95 = Math.max(0, -standardised.quantile(0.05, 96) * history.sigma);
  }

  private liquidity(r: number, c: number, v: number, first: boolean): number {
    const { dryness, last } = this;
    const spread = joined(this.spreads, last.spread);
    if (!first) {
      dryness.copyWithin(0, 1);
      dryness[BAND - 1] = v > 0 ? Math.abs(r) / (c * v) : NaN;
    }
    if (this.bars > BAND) {
      let [sum, known] = [0, 0];
      for (const x of dryness) {
        if (x === x) {
          sum += x;
          known++;
        }
      }
      if (known > 0) last.amihud = sum / known;
    }
    return 1 - 0.5 * (spread + joined(this.illiquidity, last.amihud));
  }

  private alarm(z: number): number {
    const { cusum } = this;
    if (Number.isFinite(z)) {
      cusum[0] = Math.max(0, cusum[0]! + z - 0.5);
      cusum[1] = Math.max(0, cusum[1]! - z - 0.5);
    }
    return Number.isNaN(z) ? NaN : Math.min(1, Math.max(cusum[0]!, cusum[1]!) / 5);
  }
}

/** Rank among the past, which x then joins. */
function joined(past: SortedWindow, x: number): number {
  const rank = past.rank(x, 48);
  if (x === x) past.push(x);
  return rank;
}

function yangZhang(terms: Float64Array): number {
  let [overnight, close, satchell] = [0, 0, 0];
  for (let i = 0; i < 60; i += 3) {
    overnight += terms[i]!;
    close += terms[i + 1]!;
    satchell += terms[i + 2]!;
  }
  overnight /= BAND;
  close /= BAND;
  let [overnight2, close2] = [0, 0];
  for (let i = 0; i < 60; i += 3) {
    const [a, b] = [terms[i]! - overnight, terms[i + 1]! - close];
    overnight2 += a * a;
    close2 += b * b;
  }
  const k = 0.34 / (1.34 + (BAND + 1) / (BAND - 1));
  return (overnight2 + k * close2) / (BAND - 1) + ((1 - k) * satchell) / BAND;
}

function edgeSquared(pairs: Float64Array): number {
  const m = BAND - 1;
  let [sum1, sum3, sum5, traded, opens, closes] = [0, 0, 0, 0, 0, 0];
  let reopened = false;
  for (let at = 0; at < PAIR * m; at += PAIR) {
    sum1 += pairs[at]!;
    sum3 += pairs[at + 2]!;
    sum5 += pairs[at + 4]!;
    reopened ||= pairs[at + 4] !== 0;
    traded += pairs[at + 5]!;
    opens += pairs[at + 6]!;
    closes += pairs[at + 7]!;
  }
  if (traded < 2 || opens === 0 || closes === 0) return NaN;
  const [open, close] = [(-4 * m) / opens, (-4 * m) / closes];
  const [mean1, mean3, mean5] = [sum1 / traded, sum3 / traded, sum5 / traded];
  let [e1, e2, q1, q2] = [0, 0, 0, 0];
  for (let at = 0; at < PAIR * m; at += PAIR) {
    const mark = pairs[at + 5]!;
    const [r4, r5] = [pairs[at + 3]!, pairs[at + 4]!];
    const d1 = open * (pairs[at]! - mean1 * mark);
    const d3 = close * (pairs[at + 2]! - mean3 * mark);
    const x1 = d1 * pairs[at + 1]! + d3 * r4;
    const x2 = d1 * r5 + close * (r5 - mean5 * mark) * r4;
    e1 += x1;
    e2 += x2;
    q1 += x1 * x1;
    q2 += x2 * x2;
  }
  e1 /= m;
  e2 /= m;
  if (!reopened) return e1;
  const [v1, v2] = [Math.max(0, q1 / m - e1 * e1), Math.max(0, q2 / m - e2 * e2)];
  return v1 + v2 > 0 ? (v2 * e1 + v1 * e2) / (v1 + v2) : 0.5 * (e1 + e2);
}
