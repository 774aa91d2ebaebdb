// A market scan on one thread: any number of symbols over as many kernels as they need, fed by files or by
// simulated markets. A symbol's row depends on its own bars alone, so scans can be cut anywhere and joined
// again.

import { GrandModelError } from '../core/errors.ts';
import { createColumns } from '../data/bar-table.ts';
import type { BarColumns } from '../data/bar-table.ts';
import { createMarket } from '../data/market-generator.ts';
import type { ModelFiles } from '../engine/open.ts';
import { loadAnalysis } from '../wasm/analysis.ts';
import { SCAN_ROW } from './scan-row.ts';
import { ScanShard } from './scan-shard.ts';
import type { ScanListing } from './scan-shard.ts';

/** Most symbols of one scan: 10 GB of arenas. */
export const SCAN_SYMBOLS_MAX = 100_000;
/** Bars from which on most symbols have both matrices; one before the close of a 30m row. */
export const WARMUP_BARS = 1_655;

/** Where the bars of a scan come from. */
export type ScanSource =
  | {
      readonly kind: 'simulated';
      /** Numbers of the symbols: each is a market of its own, made from the seed and its number. */
      readonly from: number;
      readonly to: number;
      readonly seed: number;
      /** Bars before the one that is scanned. */
      readonly warmup: number;
    }
  | {
      readonly kind: 'tables';
      /** The last bar of each table is the one that is scanned. */
      readonly tables: readonly ScanTable[];
    };

/** One symbol's bars. */
export interface ScanTable {
  readonly listing: ScanListing;
  readonly bars: BarColumns;
  readonly rows: number;
}

/** A scan whose symbols have taken their past. */
export class MarketScan {
  private readonly models: ModelFiles;
  private readonly module: WebAssembly.Module | undefined;
  private readonly shards: ScanShard[] = [];
  private next: BarColumns = createColumns(0);
  private filled = 0;

  private constructor(models: ModelFiles, module?: WebAssembly.Module) {
    this.models = models;
    this.module = module;
  }

  /**
   * Opens a scan and feeds it the past of its symbols.
   *
   * @param progress  called with the symbols opened so far
   * @throws          GrandModelError BAD_MODEL, BAD_ARGUMENT for a source without symbols or bars, LIMIT
   */
  static async open(
    source: ScanSource,
    models: ModelFiles,
    module?: WebAssembly.Module,
    progress: (symbols: number) => void = () => {},
  ): Promise<MarketScan> {
    const scan = new MarketScan(models, module);
    if (source.kind === 'simulated') await scan.openSimulated(source, progress);
    else await scan.openTables(source.tables, progress);
    scan.eachShard((shard, first) => shard.rehearse(scan.next, first));
    return scan;
  }

  get symbols(): number {
    return this.filled;
  }

  /**
   * Takes the new bar of every symbol.
   *
   * @returns f64[symbols × SCAN_ROW], see scan-row.ts
   */
  step(): Float64Array {
    const out = new Float64Array(this.filled * SCAN_ROW);
    this.eachShard((shard, first) => shard.step(this.next, first, out));
    return out;
  }

  /** Every shard with the number of its first symbol. */
  private eachShard(use: (shard: ScanShard, first: number) => void): void {
    let first = 0;
    for (const shard of this.shards) {
      use(shard, first);
      first += shard.count;
    }
  }

  private async openSimulated(
    source: ScanSource & { kind: 'simulated' },
    progress: (symbols: number) => void,
  ): Promise<void> {
    const { from, to, seed, warmup } = source;
    this.next = createColumns(checkedCount(to - from));
    const feed = await loadAnalysis(this.module);
    const bars = createColumns(warmup + 1);
    for (let symbol = from; symbol < to; symbol++) {
      const market = createMarket(feed, seedOf(seed, symbol));
      market.next(bars, warmup + 1);
      const { tick, session, volume } = market.options;
      await this.add({ tick, session, noVolume: volume === 0 }, bars, warmup);
      progress(this.filled);
    }
  }

  private async openTables(tables: readonly ScanTable[], progress: (symbols: number) => void): Promise<void> {
    this.next = createColumns(checkedCount(tables.length));
    for (const { listing, bars, rows } of tables) {
      if (rows < 1) throw new GrandModelError('BAD_ARGUMENT', 'Cannot scan: a symbol has no bar', { rows });
      await this.add(listing, bars, rows - 1);
      progress(this.filled);
    }
  }

  /**
   * Adds a symbol to the last shard, or to a new one when that is full; the bar after its past is the new
   * one.
   */
  private async add(listing: ScanListing, bars: BarColumns, count: number): Promise<void> {
    const last = this.shards[this.shards.length - 1];
    if (!last?.add(listing, bars, count)) {
      const shard = new ScanShard(await loadAnalysis(this.module), this.models);
      if (!shard.add(listing, bars, count)) {
        throw new GrandModelError('LIMIT', 'Cannot scan: a kernel has no room for one symbol', {});
      }
      this.shards.push(shard);
    }
    const at = this.filled++;
    this.next.tsMs[at] = bars.tsMs[count]!;
    this.next.open[at] = bars.open[count]!;
    this.next.high[at] = bars.high[count]!;
    this.next.low[at] = bars.low[count]!;
    this.next.close[at] = bars.close[count]!;
    this.next.volume[at] = bars.volume[count]!;
  }
}

function checkedCount(symbols: number): number {
  if (Number.isInteger(symbols) && symbols >= 1 && symbols <= SCAN_SYMBOLS_MAX) return symbols;
  throw new GrandModelError(
    'BAD_ARGUMENT',
    `Cannot scan: ${symbols} symbols is not a whole number from 1 to ${SCAN_SYMBOLS_MAX}`,
    { symbols },
  );
}

/**
 * Seed of a symbol's market: neighbours share nothing (finaliser of MurmurHash3, Appleby 2011).
 *
 * @example seedOf(1, 0) === seedOf(1, 1) // false
 */
export function seedOf(seed: number, symbol: number): number {
  let h = (Math.imul(symbol + 1, 0x9e3779b1) ^ seed) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
