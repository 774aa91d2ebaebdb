// What a trailing window of bars looks like as a distribution: volume by price with its low-volume nodes,
// maximum mean discrepancy of returns. Outputs from byte 0; NaN in warm-up.

import { exp, log } from '../math/elementary';
import { Ring, ringBytes } from './ring';

const BINS: i32 = 24;
/** A node is low when it holds less than this share of the mean of all bins. */
const LOW_SHARE: f64 = 0.5;

/**
 * Volume profile: point of control (middle of the fullest bin), nearest low-volume node, its distance from
 * the close in percent. 24 bins between the lowest and the highest typical price of the window; rings of
 * prices and volumes and the bins follow.
 */
@unmanaged
export class PriceProfile {
  value: f64;
  /** Middle of the low-volume bin nearest to the close; the close itself when no bin is low. */
  lowNode: f64;
  /** (node − close)/close in percent; 0 when no bin is low. */
  distance: f64;
  pad: f64;

  init(period: i32): void {
    this.value = NaN;
    this.lowNode = NaN;
    this.distance = NaN;
    this.pad = 0.0;
    this.prices.init(period);
    this.volumes.init(period);
    memory.fill(this.bins, 0, <usize>BINS * 8);
  }

  get prices(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<PriceProfile>());
  }

  get volumes(): Ring {
    const prices = this.prices;
    return changetype<Ring>(changetype<usize>(prices) + ringBytes(prices.size));
  }

  get bins(): usize {
    const prices = this.prices;
    return changetype<usize>(prices) + 2 * ringBytes(prices.size);
  }

  /** NaN for the first period − 1 bars. Source: Steidlmayer 1984 (market profile), by volume. */
  push(high: f64, low: f64, close: f64, volume: f64): f64 {
    const prices = this.prices;
    prices.push((high + low + close) / 3.0);
    this.volumes.push(volume);
    if (!prices.full) return NaN;
    const bottom = prices.lowest;
    const width = (prices.highest - bottom) / <f64>BINS;
    this.fill(bottom, width);
    this.describe(bottom, width, close);
    return this.value;
  }

  private fill(bottom: f64, width: f64): void {
    const bins = this.bins;
    memory.fill(bins, 0, <usize>BINS * 8);
    const n = this.prices.size;
    const prices = this.prices.oldest;
    const volumes = this.volumes.oldest;
    for (let i = 0; i < n; i++) {
      const place = (<usize>i) << 3;
      const share = width > 0.0 ? (load<f64>(prices + place) - bottom) / width : 0.0;
      const bin = bins + ((<usize>min(<i32>share, BINS - 1)) << 3);
      store<f64>(bin, load<f64>(bin) + load<f64>(volumes + place));
    }
  }

  private describe(bottom: f64, width: f64, close: f64): void {
    const bins = this.bins;
    let total = 0.0;
    let fullest = 0;
    for (let i = 0; i < BINS; i++) {
      const volume = load<f64>(bins + ((<usize>i) << 3));
      total += volume;
      if (volume > load<f64>(bins + ((<usize>fullest) << 3))) fullest = i;
    }
    this.value = bottom + (<f64>fullest + 0.5) * width;
    this.lowNode = close;
    let nearest: f64 = Infinity;
    for (let i = 1; i < BINS - 1; i++) {
      const at = bins + ((<usize>i) << 3);
      const volume = load<f64>(at);
      const valley = volume <= load<f64>(at - 8) && volume <= load<f64>(at + 8);
      if (!valley || !(volume * <f64>BINS < LOW_SHARE * total)) continue;
      const node = bottom + (<f64>i + 0.5) * width;
      if (abs(node - close) >= nearest) continue;
      nearest = abs(node - close);
      this.lowNode = node;
    }
    this.distance = (100.0 * (this.lowNode - close)) / close;
  }
}

/**
 * Maximum mean discrepancy between the newest `period` log returns and the `period` before them, squared and
 * biased (never below 0), Gaussian kernel as wide as the deviation of all; the ring of 2·period returns
 * follows.
 */
@unmanaged
export class Discrepancy {
  value: f64;
  close: f64;

  init(period: i32): void {
    this.value = NaN;
    this.close = NaN;
    this.ring.init(2 * period);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Discrepancy>());
  }

  /** NaN for the first 2·period values; 0 when nothing moves. Source: Gretton et al. 2012, equation 5. */
  push(x: f64): f64 {
    const before = this.close;
    this.close = x;
    if (before != before) return NaN;
    const ring = this.ring;
    ring.push(log(x / before));
    if (!ring.full) return NaN;
    const n = ring.size;
    const at = ring.oldest;
    const mean = ring.mean;
    let variance = 0.0;
    for (let i = 0; i < n; i++) {
      const d = load<f64>(at + ((<usize>i) << 3)) - mean;
      variance += d * d;
    }
    variance /= <f64>n;
    this.value = variance > 0.0 ? discrepancy(at, n >> 1, -0.5 / variance) : 0.0;
    return this.value;
  }
}

/** Mean of the kernel within both halves of 2n values less twice the mean between them. */
function discrepancy(at: usize, n: i32, rate: f64): f64 {
  let within = 0.0;
  let between = 0.0;
  for (let i = 0; i < 2 * n; i++) {
    const x = load<f64>(at + ((<usize>i) << 3));
    for (let j = i + 1; j < 2 * n; j++) {
      const d = x - load<f64>(at + ((<usize>j) << 3));
      const y = exp(rate * d * d);
      if (i < n && j >= n) between += y;
      else within += y;
    }
  }
  const y = (2.0 * within + 2.0 * <f64>n - 2.0 * between) / (<f64>n * <f64>n);
  return y > 0.0 ? y : 0.0;
}

export function priceProfileBytes(period: i32): usize {
  return offsetof<PriceProfile>() + 2 * ringBytes(period) + <usize>BINS * 8;
}

export function priceProfileInit(p: usize, period: i32): void {
  changetype<PriceProfile>(p).init(period);
}

export function priceProfilePush(p: usize, high: f64, low: f64, close: f64, volume: f64): f64 {
  return changetype<PriceProfile>(p).push(high, low, close, volume);
}

export function discrepancyBytes(period: i32): usize {
  return offsetof<Discrepancy>() + ringBytes(2 * period);
}

export function discrepancyInit(p: usize, period: i32): void {
  changetype<Discrepancy>(p).init(period);
}

export function discrepancyPush(p: usize, x: f64): f64 {
  return changetype<Discrepancy>(p).push(x);
}
