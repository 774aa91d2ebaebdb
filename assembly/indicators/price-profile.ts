// Volume by price over a trailing window of bars, with its low-volume nodes. Outputs from byte 0; NaN in
// warm-up.

import { Ring, ringBytes } from './ring';

const BINS: i32 = 24;
/** A node is low when it holds less than this share of the mean of all bins. */
const LOW_SHARE: f64 = 0.5;

/** Bins of the last description; rewritten by each, so no part of any state. */
const bins: usize = memory.data(192, 16);

/**
 * A window of typical prices, with a second ring of volumes behind it. Describing it changes nothing in it:
 * 24 bins between its lowest and its highest price.
 * @source Steidlmayer 1984 (market profile), by volume
 */
@unmanaged
export class PricedVolume {
  init(period: i32): void {
    this.prices.init(period);
    this.volumes.init(period);
  }

  get prices(): Ring {
    return changetype<Ring>(changetype<usize>(this));
  }

  get volumes(): Ring {
    return changetype<Ring>(changetype<usize>(this) + ringBytes(this.prices.size));
  }

  /** Takes one closed bar; true when the window is full. */
  push(high: f64, low: f64, close: f64, volume: f64): bool {
    this.prices.push((high + low + close) / 3.0);
    this.volumes.push(volume);
    return this.prices.full;
  }

  /** Middle of the fullest bin. The window must be full. */
  control(): f64 {
    const bottom = this.prices.lowest;
    const width = this.fill(bottom);
    let fullest = 0;
    for (let i = 1; i < BINS; i++) if (held(i) > held(fullest)) fullest = i;
    return bottom + (<f64>fullest + 0.5) * width;
  }

  /**
   * Middle of the low-volume bin nearest to a price: an inner bin not above its neighbours, with less than
   * half of the mean volume. NaN when the window is not full or no bin is low.
   */
  lowNode(price: f64): f64 {
    if (!this.prices.full) return NaN;
    const bottom = this.prices.lowest;
    const width = this.fill(bottom);
    let total = 0.0;
    for (let i = 0; i < BINS; i++) total += held(i);
    let found: f64 = NaN;
    let nearest: f64 = Infinity;
    for (let i = 1; i < BINS - 1; i++) {
      const volume = held(i);
      const valley = volume <= held(i - 1) && volume <= held(i + 1);
      if (!valley || !(volume * <f64>BINS < LOW_SHARE * total)) continue;
      const node = bottom + (<f64>i + 0.5) * width;
      if (abs(node - price) >= nearest) continue;
      nearest = abs(node - price);
      found = node;
    }
    return found;
  }

  /** Sums the volumes into the bins, in order of time; returns the width of a bin. */
  private fill(bottom: f64): f64 {
    const width = (this.prices.highest - bottom) / <f64>BINS;
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
    return width;
  }
}

/** Bytes of a window of `period` bars. */
export function pricedVolumeBytes(period: i32): usize {
  return 2 * ringBytes(period);
}

@inline
function held(bin: i32): f64 {
  return load<f64>(bins + ((<usize>bin) << 3));
}

/**
 * Volume profile of the public catalogue: point of control (middle of the fullest bin), nearest low-volume
 * node, its distance from the close in percent. The window follows.
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
    this.window.init(period);
  }

  get window(): PricedVolume {
    return changetype<PricedVolume>(changetype<usize>(this) + offsetof<PriceProfile>());
  }

  /** NaN for the first period − 1 bars. */
  push(high: f64, low: f64, close: f64, volume: f64): f64 {
    const window = this.window;
    if (!window.push(high, low, close, volume)) return NaN;
    const node = window.lowNode(close);
    this.value = window.control();
    this.lowNode = node == node ? node : close;
    this.distance = (100.0 * (this.lowNode - close)) / close;
    return this.value;
  }
}

export function priceProfileBytes(period: i32): usize {
  return offsetof<PriceProfile>() + pricedVolumeBytes(period);
}

export function priceProfileInit(p: usize, period: i32): void {
  changetype<PriceProfile>(p).init(period);
}

export function priceProfilePush(p: usize, high: f64, low: f64, close: f64, volume: f64): f64 {
  return changetype<PriceProfile>(p).push(high, low, close, volume);
}
