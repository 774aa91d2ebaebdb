// The seeded simulated market: regimes with drift and volatility, clustered and seasonal Student-t moves,
// jumps, volume that follows volatility, and a documented planted edge. A pure function of seed and options
// with the kernel's own exp, log and generator: the same bars on every host. Simulated: say so wherever it
// shows.

import { BAR_30M_MS, BAR_5M_MS, DAY_MS } from '../core/units.ts';
import { isOpen } from '../market/session.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { createColumns } from './bar-table.ts';
import type { BarColumns, BarTable } from './bar-table.ts';
import { GapEdge } from './market-gaps.ts';
import { marketOptions } from './market-options.ts';
import type { MarketOptions } from './market-options.ts';

const SLOTS = 48;
/** Volatility of each regime in units of sigma30m: BULL, BEAR, SIDEWAYS, VOLATILE. */
const REGIME_SIGMA = [1, 1.3, 0.6, 2.4] as const;
/** Planted drift of each regime in units of `drift`. */
const REGIME_DRIFT = [1, -1, 0, 0] as const;
/** Where a regime goes when it ends, cumulative over BULL, BEAR, SIDEWAYS, VOLATILE. */
const REGIME_NEXT = [
  [0, 0.25, 0.75, 1],
  [0.25, 0.25, 0.65, 1],
  [0.45, 0.85, 0.85, 1],
  [0.3, 0.65, 1, 1],
] as const;
/**
 * Volatility through the UTC day by 30m slot, before normalisation: quiet Asia, Europe, the US open and
 * close.
 */
const SEASON = [
  0.7, 0.7, 0.65, 0.6, 0.6, 0.55, 0.55, 0.55, 0.55, 0.55, 0.6, 0.65, 0.75, 0.85, 1, 1.1, 1.05, 1, 0.95, 0.9,
  0.85, 0.85, 0.9, 0.95, 1, 1.1, 1.3, 1.75, 1.9, 1.8, 1.6, 1.45, 1.3, 1.2, 1.1, 1.1, 1.1, 1.2, 1.35, 1.6, 1.1,
  0.8, 0.65, 0.6, 0.6, 0.65, 0.7, 0.7,
] as const;
/** Log volatility clusters beyond the regimes: AR(1) per 30m. */
const CLUSTER_KEEP = 0.97;
const CLUSTER_NOISE = 0.06;

/**
 * A running market. `next` continues where the last call ended, so a million bars never lie in memory
 * together.
 */
export interface MarketGenerator {
  readonly options: MarketOptions;
  /**
   * Makes the next bars.
   *
   * @param into     columns that hold at least `count` bars; rows 0..count − 1 are overwritten
   * @param count    bars to make
   * @param regimes  u8[count], optional: the true regime of each bar, a code of MARKET_REGIMES
   */
  next(into: BarColumns, count: number, regimes?: Uint8Array): void;
}

/**
 * A simulated market.
 *
 * @param kernel   the kernel whose arithmetic makes the bars; 16 bytes of it are kept
 * @param seed     whole number; its low 32 bits count
 * @param changes  what differs from MARKET_DEFAULTS
 * @throws         GrandModelError BAD_ARGUMENT naming an option out of range
 */
export function createMarket(
  kernel: Kernel,
  seed: number,
  changes: Partial<MarketOptions> = {},
): MarketGenerator {
  return new Market(kernel, seed, marketOptions(changes));
}

/** A whole simulated market in columns, for tests and small runs. */
export function simulatedBars(
  kernel: Kernel,
  seed: number,
  count: number,
  changes: Partial<MarketOptions> = {},
): BarTable {
  const columns = createColumns(count);
  createMarket(kernel, seed, changes).next(columns, count);
  return { ...columns, rows: count, noVolume: changes.volume === 0, intervalMs: BAR_5M_MS };
}

class Market implements MarketGenerator {
  readonly options: MarketOptions;
  private readonly raw: Kernel['raw'];
  private readonly rng: number;
  private readonly logSeason: readonly number[];
  private readonly logRegime: readonly number[];
  private readonly unitStudent: number;
  private readonly anchor: number;
  private readonly gaps: GapEdge;
  private tsMs: number;
  /** Log price. */
  private x: number;
  private lastClose: number;
  private slot = -1;
  private regime = 2;
  private cluster = 0;
  /** Closed or missing 5m slots since the last bar. */
  private skipped = 0;

  constructor(kernel: Kernel, seed: number, options: MarketOptions) {
    const { raw } = kernel;
    this.options = options;
    this.raw = raw;
    this.rng = kernel.alloc(16);
    raw.rngInit(this.rng, seed | 0);
    let square = 0;
    for (const factor of SEASON) square += factor * factor;
    const rms = Math.sqrt(square / SLOTS);
    this.logSeason = SEASON.map((factor) => raw.log(factor / rms));
    this.logRegime = REGIME_SIGMA.map((sigma) => raw.log(sigma));
    this.unitStudent = Math.sqrt((options.degrees - 2) / options.degrees);
    this.anchor = raw.log(options.startPrice);
    this.gaps = new GapEdge(options.tick);
    this.tsMs = options.startMs;
    this.x = this.anchor;
    this.lastClose = this.price(this.x);
  }

  next(into: BarColumns, count: number, regimes?: Uint8Array): void {
    for (let i = 0; i < count; i++) {
      this.toNextOpenSlot();
      this.bar(into, i);
      if (regimes) regimes[i] = this.regime;
      this.tsMs += BAR_5M_MS;
    }
  }

  /** Passes closed hours and the bars that the feed loses; the price moves on across them, at half speed. */
  private toNextOpenSlot(): void {
    while (!isOpen(this.options.session, this.tsMs) || this.isLost()) {
      this.skipped += 1;
      this.tsMs += BAR_5M_MS;
    }
  }

  private isLost(): boolean {
    const { missing } = this.options;
    return missing > 0 && this.raw.rngUniform(this.rng) < missing;
  }

  private bar(into: BarColumns, i: number): void {
    const { raw, rng, options } = this;
    const open = this.skipped > 0 ? this.reopen() : this.lastClose;
    const slot = Math.floor(this.tsMs / BAR_30M_MS);
    if (slot !== this.slot) this.nextSlot(slot);
    const logVolatility = this.logVolatility();
    const sigma = (options.sigma30m * raw.exp(logVolatility)) / Math.sqrt(6);
    const z = raw.rngStudent(rng, options.degrees) * this.unitStudent;
    const start = this.x;
    const end = start + this.driftOf(sigma) + sigma * z + this.jump(sigma);
    // Extremes of a Brownian bridge from start to end: exact inverse transform (Karatzas & Shreve 1991,
    // 4.3.40).
    const square = (end - start) * (end - start);
    const reach = 2 * sigma * sigma;
    const up = 0.5 * (start + end + Math.sqrt(square - reach * raw.log(1 - raw.rngUniform(rng))));
    const down = 0.5 * (start + end - Math.sqrt(square - reach * raw.log(1 - raw.rngUniform(rng))));
    const close = this.price(end);
    const high = Math.max(this.price(up), open, close);
    const low = Math.min(this.price(down), open, close);
    into.tsMs[i] = this.tsMs;
    into.open[i] = open;
    into.high[i] = high;
    into.low[i] = low;
    into.close[i] = close;
    into.volume[i] = this.volume(logVolatility, Math.abs(z));
    this.gaps.take(high, low, close);
    this.x = end;
    this.lastClose = close;
  }

  /** Price after closed or lost slots: they count half, at the volatility of the regime. */
  private reopen(): number {
    const { raw, rng, options } = this;
    const sigma =
      options.sigma30m * raw.exp(this.logRegime[this.regime] as number) * Math.sqrt(this.skipped / 6);
    this.x += 0.5 * sigma * raw.rngNormal(rng);
    this.skipped = 0;
    this.gaps.interrupt();
    return this.price(this.x);
  }

  private nextSlot(slot: number): void {
    const { raw, rng } = this;
    this.slot = slot;
    this.cluster = CLUSTER_KEEP * this.cluster + CLUSTER_NOISE * raw.rngNormal(rng);
    const leave = raw.rngUniform(rng) >= this.options.stay;
    const where = raw.rngUniform(rng);
    if (!leave) return;
    const next = REGIME_NEXT[this.regime] as readonly number[];
    this.regime = next.findIndex((limit) => where < limit);
  }

  private logVolatility(): number {
    const season = this.logSeason[Math.floor((this.tsMs % DAY_MS) / BAR_30M_MS)] as number;
    return season + (this.logRegime[this.regime] as number) + this.cluster;
  }

  /** Planted drift of the regime and of a held gap, and the pull to the anchor, per 5m bar. */
  private driftOf(sigma: number): number {
    const { edge, drift, followThrough, sigma30m, anchorSlots } = this.options;
    const regime = (REGIME_DRIFT[this.regime] as number) * drift * sigma30m;
    const pull = anchorSlots > 0 ? (this.anchor - this.x) / anchorSlots : 0;
    return edge * (regime / 6 + this.gaps.push * followThrough * sigma) + pull / 6;
  }

  private jump(sigma: number): number {
    const { raw, rng, options } = this;
    const happens = raw.rngUniform(rng) < options.jumpsPerDay / 288;
    return happens ? raw.rngNormal(rng) * options.jumpSize * sigma * Math.sqrt(6) : 0;
  }

  private volume(logVolatility: number, size: number): number {
    const { raw, rng, options } = this;
    const noise = raw.rngNormal(rng);
    if (options.volume === 0) return 0;
    const level = raw.exp(1.1 * logVolatility + 0.35 * (size - 0.75) + 0.35 * noise);
    return Math.max(1, Math.round(options.volume * Math.min(level, 1e3)));
  }

  /** Nearest tick, never under one. */
  private price(x: number): number {
    const { tick } = this.options;
    const ticks = Math.max(1, Math.round(this.raw.exp(x) / tick));
    const perUnit = Math.round(1 / tick);
    return perUnit > 1 ? ticks / perUnit : ticks * tick;
  }
}
