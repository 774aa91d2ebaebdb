// ABI of the streaming indicators. Every state is `xBytes` position-independent bytes; the outputs are its
// first f64, in the order named here, readable at p after a push. A push returns the first output; NaN in
// warm-up. Inputs are finite.

/** Averages and bands of one series. */
export interface AverageAbi {
  smaBytes(period: number): number;
  smaInit(p: number, period: number): void;
  smaPush(p: number, x: number): number;
  emaBytes(): number;
  emaInit(p: number, period: number): void;
  emaPush(p: number, x: number): number;
  wmaBytes(period: number): number;
  wmaInit(p: number, period: number): void;
  wmaPush(p: number, x: number): number;
  /** Outputs: middle, upper, lower, population standard deviation. */
  bollingerBytes(period: number): number;
  bollingerInit(p: number, period: number, width: number): void;
  bollingerPush(p: number, x: number): number;
}

/** Oscillators of one series. */
export interface OscillatorAbi {
  rsiBytes(): number;
  rsiInit(p: number, period: number): void;
  rsiPush(p: number, x: number): number;
  /** Outputs: macd, signal, histogram. */
  macdBytes(): number;
  macdInit(p: number, fast: number, slow: number, signal: number): void;
  macdPush(p: number, x: number): number;
  rocBytes(period: number): number;
  rocInit(p: number, period: number): void;
  rocPush(p: number, x: number): number;
}

/** Indicators of high, low, close. */
export interface RangeAbi {
  /** Outputs: atr, true range. */
  atrBytes(): number;
  atrInit(p: number, period: number): void;
  atrPush(p: number, high: number, low: number, close: number): number;
  /** Outputs: adx, +DI, −DI, dx. */
  adxBytes(): number;
  adxInit(p: number, period: number): void;
  adxPush(p: number, high: number, low: number, close: number): number;
  /** Outputs: slow %K, slow %D, fast %K. */
  stochasticBytes(kPeriod: number, slowing: number, dPeriod: number): number;
  stochasticInit(p: number, kPeriod: number, slowing: number, dPeriod: number): void;
  stochasticPush(p: number, high: number, low: number, close: number): number;
  cciBytes(period: number): number;
  cciInit(p: number, period: number): void;
  cciPush(p: number, high: number, low: number, close: number): number;
  /** Outputs: close, open, high, low. */
  heikinAshiBytes(): number;
  heikinAshiInit(p: number): void;
  heikinAshiPush(p: number, open: number, high: number, low: number, close: number): number;
}

/** Indicators that read volume. */
export interface VolumeAbi {
  obvBytes(): number;
  obvInit(p: number): void;
  obvPush(p: number, close: number, volume: number): number;
  vwapBytes(): number;
  vwapInit(p: number): void;
  /** `first` is 1 on the first bar of a session. */
  vwapPush(p: number, high: number, low: number, close: number, volume: number, first: number): number;
  mfiBytes(period: number): number;
  mfiInit(p: number, period: number): void;
  mfiPush(p: number, high: number, low: number, close: number, volume: number): number;
}

/** Every streaming indicator. */
export interface IndicatorAbi extends AverageAbi, OscillatorAbi, RangeAbi, VolumeAbi {}
