// Random bars as columns: a geometric walk around 100 with gaps, ranges and volume; new ones at each fill.

/** Columns of n bars. */
export interface BarColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Overwrites the columns with new bars. */
export function fillRandom({ open, high, low, close, volume }: BarColumns): void {
  let price = 100;
  for (let i = 0; i < close.length; i++) {
    const scale = price * (0.001 + 0.01 * Math.random());
    const from = price + (Math.random() - 0.5) * scale;
    const to = from + (Math.random() - 0.5) * 2 * scale;
    open[i] = from;
    high[i] = Math.max(from, to) + Math.random() * scale;
    low[i] = Math.min(from, to) - Math.random() * scale;
    close[i] = to;
    volume[i] = 10 + Math.floor(990 * Math.random());
    // drawn towards 100, so that a million bars stay in the range of prices
    price = to + 0.001 * (100 - to);
  }
}
