// ABI of the indicators over columns, exported by dist/indicators.wasm only. Columns are addresses of n f64,
// oldest first; outputs are whole columns, NaN in warm-up, and overlap no input.

/** Averages and bands. */
export interface BatchAverageAbi {
  batchSma(x: number, out: number, n: number, period: number): void;
  batchEma(x: number, out: number, n: number, period: number): void;
  batchWma(x: number, out: number, n: number, period: number): void;
  batchBollinger(
    x: number,
    middle: number,
    upper: number,
    lower: number,
    n: number,
    period: number,
    width: number,
  ): void;
}

/** Oscillators. */
export interface BatchOscillatorAbi {
  batchRsi(x: number, out: number, n: number, period: number): void;
  /** RSI of one bar; NaN in warm-up. */
  rsiAt(x: number, period: number, bar: number): number;
  batchMacd(
    x: number,
    line: number,
    signal: number,
    histogram: number,
    n: number,
    fast: number,
    slow: number,
    smooth: number,
  ): void;
  batchRoc(x: number, out: number, n: number, period: number): void;
  batchStochastic(
    high: number,
    low: number,
    close: number,
    slowK: number,
    slowD: number,
    n: number,
    kPeriod: number,
    slowing: number,
    dPeriod: number,
  ): void;
}

/** Range and direction. */
export interface BatchRangeAbi {
  batchAtr(high: number, low: number, close: number, out: number, n: number, period: number): void;
  batchCci(high: number, low: number, close: number, out: number, n: number, period: number): void;
  batchHeikinAshi(
    open: number,
    high: number,
    low: number,
    close: number,
    outClose: number,
    outOpen: number,
    outHigh: number,
    outLow: number,
    n: number,
  ): void;
  batchAdx(high: number, low: number, out: number, n: number, period: number): void;
}

/** Volume. */
export interface BatchVolumeAbi {
  batchObv(close: number, volume: number, out: number, n: number): void;
  batchMfi(
    high: number,
    low: number,
    close: number,
    volume: number,
    out: number,
    n: number,
    period: number,
  ): void;
  /** One session: bars from..to−1. */
  batchVwap(
    high: number,
    low: number,
    close: number,
    volume: number,
    out: number,
    from: number,
    to: number,
  ): void;
}

/** Averages made of averages, channels, relative ranges; `work` columns are overwritten. */
export interface BatchChannelAbi {
  batchMultipleEma(x: number, out: number, n: number, period: number, stages: number): void;
  batchHma(x: number, out: number, work: number, n: number, period: number): void;
  batchDonchian(
    high: number,
    low: number,
    middle: number,
    upper: number,
    lower: number,
    n: number,
    period: number,
  ): void;
  batchWilliams(
    high: number,
    low: number,
    close: number,
    out: number,
    work: number,
    work2: number,
    n: number,
    period: number,
  ): void;
  batchIchimoku(
    high: number,
    low: number,
    conversion: number,
    base: number,
    spanA: number,
    spanB: number,
    work: number,
    n: number,
    conversionPeriod: number,
    basePeriod: number,
    spanPeriod: number,
  ): void;
  batchKeltner(
    high: number,
    low: number,
    close: number,
    middle: number,
    upper: number,
    lower: number,
    n: number,
    period: number,
    atrPeriod: number,
    width: number,
  ): void;
  batchNatr(high: number, low: number, close: number, out: number, n: number, period: number): void;
  batchStochasticRsi(
    x: number,
    slowK: number,
    slowD: number,
    work: number,
    n: number,
    rsiPeriod: number,
    kPeriod: number,
    slowing: number,
    dPeriod: number,
  ): void;
}

/** Streaming forms run over whole columns. */
export interface BatchStreamAbi {
  batchSupertrend(
    high: number,
    low: number,
    close: number,
    line: number,
    direction: number,
    n: number,
    period: number,
    width: number,
  ): void;
  batchParabolicSar(
    high: number,
    low: number,
    line: number,
    direction: number,
    n: number,
    step: number,
    most: number,
  ): void;
  batchGarmanKlass(
    open: number,
    high: number,
    low: number,
    close: number,
    out: number,
    n: number,
    period: number,
  ): void;
  /** Kind 0 Yang-Zhang, 1 EDGE, 2 Amihud. */
  batchEstimator(
    kind: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    out: number,
    n: number,
    period: number,
  ): void;
  batchPriceProfile(
    high: number,
    low: number,
    close: number,
    volume: number,
    control: number,
    node: number,
    distance: number,
    n: number,
    period: number,
  ): void;
  batchDiscrepancy(x: number, out: number, n: number, period: number): void;
  batchNwRqk(x: number, line: number, second: number, n: number): void;
  batchMlmi(
    open: number,
    high: number,
    low: number,
    close: number,
    value: number,
    slow: number,
    quick: number,
    n: number,
  ): void;
  batchFvg(
    tsMs: number,
    high: number,
    low: number,
    close: number,
    touched: number,
    born: number,
    bulls: number,
    bears: number,
    nearest: number,
    n: number,
    tick: number,
  ): void;
}

/** Every indicator over columns. */
export interface BatchAbi
  extends
    BatchAverageAbi,
    BatchOscillatorAbi,
    BatchRangeAbi,
    BatchVolumeAbi,
    BatchChannelAbi,
    BatchStreamAbi {}
