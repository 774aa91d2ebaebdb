// ABI of the streaming indicators that only dist/indicators.wasm exports, in the manner of abi-indicators.ts:
// the outputs are the first f64 of the state, in the order named here.

/** Seven indicators in one push. */
export interface BundleAbi {
  /** Outputs: RSI, MACD, signal, histogram, middle, upper, lower, ATR, ADX, OBV, VWAP. */
  bundleBytes(): number;
  bundleInit(p: number): void;
  /** `first` is 1 on the first bar of a session. */
  bundlePush(p: number, high: number, low: number, close: number, volume: number, first: number): number;
}

/** Averages made of averages. */
export interface AverageCatalogueAbi {
  /** `stages` 2 is DEMA, 3 TEMA. */
  multipleEmaBytes(): number;
  multipleEmaInit(p: number, period: number, stages: number): void;
  multipleEmaPush(p: number, x: number): number;
  hmaBytes(period: number): number;
  hmaInit(p: number, period: number): void;
  hmaPush(p: number, x: number): number;
}

/** Channels, trailing lines, relative forms. */
export interface ChannelCatalogueAbi {
  /** Outputs: middle, upper, lower, Williams %R. */
  donchianBytes(period: number): number;
  donchianInit(p: number, period: number): void;
  donchianPush(p: number, high: number, low: number, close: number): number;
  /** Outputs: middle, upper, lower. */
  keltnerBytes(): number;
  keltnerInit(p: number, period: number, atrPeriod: number, width: number): void;
  keltnerPush(p: number, high: number, low: number, close: number): number;
  /** Outputs: conversion, base, span A, span B. */
  ichimokuBytes(conversion: number, base: number, span: number): number;
  ichimokuInit(p: number, conversion: number, base: number, span: number): void;
  ichimokuPush(p: number, high: number, low: number, close: number): number;
  /** Outputs: line, direction. */
  supertrendBytes(): number;
  supertrendInit(p: number, period: number, width: number): void;
  supertrendPush(p: number, high: number, low: number, close: number): number;
  /** Outputs: line, direction. */
  parabolicSarBytes(): number;
  parabolicSarInit(p: number, step: number, most: number): void;
  parabolicSarPush(p: number, high: number, low: number): number;
  /** Outputs: slow %K, slow %D, fast %K. */
  stochasticRsiBytes(kPeriod: number, slowing: number, dPeriod: number): number;
  stochasticRsiInit(p: number, rsiPeriod: number, kPeriod: number, slowing: number, dPeriod: number): void;
  stochasticRsiPush(p: number, x: number): number;
  natrBytes(): number;
  natrInit(p: number, period: number): void;
  natrPush(p: number, high: number, low: number, close: number): number;
}

/** Estimators, distributions and the engine's own. */
export interface EstimatorCatalogueAbi {
  garmanKlassBytes(period: number): number;
  garmanKlassInit(p: number, period: number): void;
  garmanKlassPush(p: number, open: number, high: number, low: number, close: number): number;
  /** Kind 0 Yang-Zhang, 1 EDGE, 2 Amihud. */
  estimatorBytes(kind: number, period: number): number;
  estimatorInit(p: number, kind: number, period: number): void;
  estimatorPush(p: number, open: number, high: number, low: number, close: number, volume: number): number;
  /** Outputs: point of control, low-volume node, distance to it in percent. */
  priceProfileBytes(period: number): number;
  priceProfileInit(p: number, period: number): void;
  priceProfilePush(p: number, high: number, low: number, close: number, volume: number): number;
  discrepancyBytes(period: number): number;
  discrepancyInit(p: number, period: number): void;
  discrepancyPush(p: number, x: number): number;
  /** Outputs: line, second line. */
  nwRqkBytes(): number;
  nwRqkInit(p: number): void;
  nwRqkPush(p: number, x: number): number;
  /** Outputs: value, slow RSI, quick RSI. */
  mlmiBytes(): number;
  mlmiInit(p: number): void;
  mlmiPush(p: number, open: number, high: number, low: number, close: number): number;
  /**
   * Outputs: touched direction, its strength, born direction, its size, bull count, bear count, nearest
   * distance, age, direction.
   */
  fvgBytes(): number;
  fvgInit(p: number): void;
  fvgPush(p: number, tsMs: number, high: number, low: number, close: number, tick: number): number;
}

/** The rest of the catalogue. */
export interface CatalogueAbi
  extends BundleAbi, AverageCatalogueAbi, ChannelCatalogueAbi, EstimatorCatalogueAbi {}
