// Correlations between the symbols of one ledger: groups for the exposure cap, shocks that halve new risk.

import { f64, i64, list, struct } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import type { CorrelationAbi } from '../wasm/abi-sizing.ts';

/** |ρ| from which two instruments count as one group. */
export const GROUP_RHO = 0.7;
/** Standard errors of Fisher z that make a shock. */
export const SHOCK_THRESHOLD = 3.5;
/** Symbols watched at most: 496 pairs of 4 KiB. */
export const SYMBOLS_MAX = 32;

/** Newest 30-minute return of each symbol; the pairs' statistics live in kernel memory. */
export interface CorrelationMonitor {
  /** Open stamp of the newest return, −1 before the first. */
  lastTsMs: number[];
  lastReturn: number[];
}

/** Canonical encoding of the monitor's plain part. */
export const correlationMonitorCodec: Codec<CorrelationMonitor> = struct<CorrelationMonitor>({
  lastTsMs: list(i64, SYMBOLS_MAX),
  lastReturn: list(f64, SYMBOLS_MAX),
});

/**
 * A monitor of n symbols.
 *
 * @throws GrandModelError BAD_ARGUMENT outside 1..SYMBOLS_MAX
 */
export function createCorrelationMonitor(symbols: number): CorrelationMonitor {
  if (!Number.isInteger(symbols) || symbols < 1 || symbols > SYMBOLS_MAX) {
    const message = `Cannot watch correlations: symbols ${symbols} is not 1..${SYMBOLS_MAX}`;
    throw new GrandModelError('BAD_ARGUMENT', message, { symbols });
  }
  return { lastTsMs: new Array<number>(symbols).fill(-1), lastReturn: new Array<number>(symbols).fill(0) };
}

/** Kernel bytes the pairs of n symbols need; 0 for one symbol. Zeroed memory is a valid start. */
export function correlationBytes(kernel: CorrelationAbi, symbols: number): number {
  return ((symbols * (symbols - 1)) / 2) * kernel.correlationPairBytes();
}

/**
 * Takes the log return of a closed 30-minute bar and joins it with every symbol that has closed the same bar.
 *
 * @param base  kernel address of the pairs, `correlationBytes` long
 */
export function pushReturn(
  monitor: CorrelationMonitor,
  kernel: CorrelationAbi,
  base: number,
  symbolIndex: number,
  tsMs: number,
  logReturn: number,
): void {
  if (!Number.isFinite(logReturn)) return;
  monitor.lastTsMs[symbolIndex] = tsMs;
  monitor.lastReturn[symbolIndex] = logReturn;
  for (let other = 0; other < monitor.lastTsMs.length; other++) {
    if (other === symbolIndex || monitor.lastTsMs[other] !== tsMs) continue;
    const theirs = monitor.lastReturn[other] ?? 0;
    const address = pairAddress(kernel, base, symbolIndex, other);
    if (symbolIndex < other) kernel.correlationPairPush(address, logReturn, theirs);
    else kernel.correlationPairPush(address, theirs, logReturn);
  }
}

/** EWMA(.94) correlation of two symbols; NaN during warm-up. */
export function correlationOf(kernel: CorrelationAbi, base: number, a: number, b: number): number {
  return kernel.correlationPairRho(pairAddress(kernel, base, a, b));
}

/**
 * True when some pair of the symbol moves together, or against each other, more than 250 bars would explain.
 */
export function isShocked(
  monitor: CorrelationMonitor,
  kernel: CorrelationAbi,
  base: number,
  symbol: number,
): boolean {
  for (let other = 0; other < monitor.lastTsMs.length; other++) {
    if (other === symbol) continue;
    const address = pairAddress(kernel, base, symbol, other);
    if (kernel.correlationPairShocked(address, SHOCK_THRESHOLD) === 1) return true;
  }
  return false;
}

/**
 * Gross exposure of the other members of a symbol's group: all that are linked to it by chains of |ρ| ≥ .7.
 *
 * @param exposureMicro  |exposure| by symbol
 * @returns              micro-quote, or null when nothing is correlated with it
 */
export function groupOthersMicro(
  monitor: CorrelationMonitor,
  kernel: CorrelationAbi,
  base: number,
  symbol: number,
  exposureMicro: readonly number[],
): number | null {
  const symbols = monitor.lastTsMs.length;
  const group = [symbol];
  const inside = new Array<boolean>(symbols).fill(false);
  inside[symbol] = true;
  for (const member of group) {
    for (let other = 0; other < symbols; other++) {
      if (inside[other] || !(Math.abs(correlationOf(kernel, base, member, other)) >= GROUP_RHO)) continue;
      inside[other] = true;
      group.push(other);
    }
  }
  if (group.length === 1) return null;
  return group.reduce((sum, member) => sum + (member === symbol ? 0 : (exposureMicro[member] ?? 0)), 0);
}

function pairAddress(kernel: CorrelationAbi, base: number, a: number, b: number): number {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  return base + ((high * (high - 1)) / 2 + low) * kernel.correlationPairBytes();
}
