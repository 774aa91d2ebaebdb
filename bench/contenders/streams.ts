// One bar a call: our bundle of eleven outputs beside the five indicators of @debut and of trading-signals.

import { IndicatorBundle } from '../../src/indicators/bundle.ts';
import type { Indicators } from '../../src/indicators/memory.ts';
import type { Contender } from '../lib/race.ts';
import type { BarColumns } from '../lib/random-columns.ts';
import type { PeerOf } from './script.ts';

type Step = (high: number, low: number, close: number, volume: number) => void;
type Constructor = new (...args: unknown[]) => {
  nextValue(...args: number[]): unknown;
  add(value: unknown): unknown;
};

/** Each contender pushes all bars into fresh states; `rsi` is its newest RSI afterwards. */
export interface StreamContender extends Contender {
  rsi(): number;
}

/**
 * Ours first. Every contender has a loop of its own, so that each stays monomorphic; no peers without a
 * loader.
 */
export function streamContenders(
  indicators: Indicators,
  bars: BarColumns,
  peerOf: PeerOf | null,
): StreamContender[] {
  const { high, low, close, volume } = bars;
  const bundle = new IndicatorBundle(indicators);
  const ours: StreamContender = {
    name: 'ours',
    run() {
      for (let i = 0; i < close.length; i++) {
        bundle.push(high[i] ?? 0, low[i] ?? 0, close[i] ?? 0, volume[i] ?? 0);
      }
    },
    rsi: () => bundle.value,
  };
  return peerOf === null ? [ours] : [ours, debut(bars, peerOf), tradingSignals(bars, peerOf)];
}

function debut(bars: BarColumns, peerOf: PeerOf): StreamContender {
  const k = peerOf('@debut/indicators') as Record<string, Constructor>;
  const rsi = new k['RSI']!(14);
  const macd = new k['MACD']!(12, 26, 9);
  const bands = new k['BollingerBands']!(20, 2);
  const atr = new k['ATR']!(14, 'WEMA');
  const adx = new k['ADX']!(14);
  let newest: unknown;
  const step: Step = (high, low, close) => {
    newest = rsi.nextValue(close);
    macd.nextValue(close);
    bands.nextValue(close);
    atr.nextValue(high, low, close);
    adx.nextValue(high, low, close);
  };
  return { name: '@debut/indicators, five indicators', run: loop(bars, step), rsi: () => newest as number };
}

function tradingSignals(bars: BarColumns, peerOf: PeerOf): StreamContender {
  const k = peerOf('trading-signals') as Record<string, Constructor>;
  const rsi = new k['RSI']!(14);
  const macd = new k['MACD']!(new k['EMA']!(12), new k['EMA']!(26), new k['EMA']!(9));
  const bands = new k['BollingerBands']!(20, 2);
  const atr = new k['ATR']!(14);
  const adx = new k['ADX']!(14);
  let newest: unknown;
  const step: Step = (high, low, close) => {
    newest = rsi.add(close);
    macd.add(close);
    bands.add(close);
    atr.add({ high, low, close });
    adx.add({ high, low, close });
  };
  return { name: 'trading-signals, five indicators', run: loop(bars, step), rsi: () => newest as number };
}

function loop({ high, low, close, volume }: BarColumns, step: Step): () => void {
  return () => {
    for (let i = 0; i < close.length; i++) step(high[i] ?? 0, low[i] ?? 0, close[i] ?? 0, volume[i] ?? 0);
  };
}
