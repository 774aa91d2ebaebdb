// The kernel's exports for position sizing and correlation shocks; mirror of assembly/risk.

/** Fractions of equity; every input outside its range gives 0. Definitions: assembly/risk/sizing.ts. */
export interface SizingAbi {
  /** Kelly fraction of a bet that wins `b` with probability `p` and loses 1 otherwise. */
  kellyFraction(p: number, b: number): number;
  /** Baker–McHale share 0..1 of the Kelly fraction kept when p has standard error `se`. */
  kellyShrinkage(p: number, b: number, se: number): number;
  /** λ = ln β / ln α of the drawdown constraint; NaN outside (0, 1). */
  drawdownAversion(alpha: number, beta: number): number;
  /** Largest fraction with E[(1 + f r)^−λ] ≤ 1. */
  kellyDrawdownBound(p: number, b: number, lambda: number): number;
  /** Grossman–Zhou factor 0..1 at a drawdown, both fractions. */
  drawdownRoom(drawdown: number, limit: number): number;
  /** Fraction of equity that may be lost at the stop, before uncertainty and caps. */
  riskFraction(p: number, b: number, closedTrades: number, drawdown: number, limit: number): number;
}

/** Correlation of two return series. State is position-independent bytes; one address per pair. */
export interface CorrelationAbi {
  correlationPairBytes(): number;
  correlationPairInit(address: number): void;
  /** Two finite returns of one bar. */
  correlationPairPush(address: number, x: number, y: number): void;
  /** EWMA(.94) correlation −1..1; NaN before 20 bars. */
  correlationPairRho(address: number): number;
  /** 1 when the pair moves more strongly together than before by `threshold` standard errors. */
  correlationPairShocked(address: number, threshold: number): number;
}

/** The numbers behind `correlationPairShocked`. */
export interface CorrelationShockAbi {
  /** Fisher z of 12 against 250 bars; NaN before 262. */
  correlationPairShock(address: number): number;
  /** Fisher z of two sample correlations. */
  fisherShock(rhoShort: number, nShort: number, rhoLong: number, nLong: number): number;
}
