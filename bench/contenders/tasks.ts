// The nine indicators that are measured: ours over columns in place, and our streaming form to check with.

import { bollinger, ema, sma } from '../../src/indicators/averages.ts';
import { Adx, Atr, Obv, Stochastic } from '../../src/indicators/bars.ts';
import type { Indicators } from '../../src/indicators/memory.ts';
import { macd, rsi, stochastic } from '../../src/indicators/oscillators.ts';
import { adx, atr } from '../../src/indicators/ranges.ts';
import { Bollinger, Ema, Macd, Rsi, Sma } from '../../src/indicators/series.ts';
import { obv } from '../../src/indicators/volumes.ts';
import type { BarColumns } from '../lib/random-columns.ts';

/** One indicator: what is timed, where its first output lies, and that output of the newest bar, streamed. */
export interface Task {
  readonly name: string;
  readonly run: () => void;
  readonly output: Float64Array;
  /** The first output after each bar. */
  readonly stream: () => Float64Array;
}

/** The nine, on the given columns of the module's memory. */
export function tasksOf(indicators: Indicators, bars: BarColumns): Task[] {
  const { close } = bars;
  const n = close.length;
  const lines = [indicators.column(n), indicators.column(n), indicators.column(n)] as const;
  const [a, b, c] = lines;
  const series = (create: () => SeriesState) => (): Float64Array => streamSeries(close, create());
  const whole = (create: () => BarState) => (): Float64Array => streamBars(bars, create());
  const task = (name: string, run: () => void, stream: () => Float64Array): Task => ({
    name,
    run,
    output: a,
    stream,
  });
  const k = indicators;
  const macdOut = { macd: a, signal: b, histogram: c };
  const bandsOut = { middle: a, upper: b, lower: c };
  const stochOut = { slowK: a, slowD: b };
  return [
    task(
      'SMA 20',
      () => sma(k, close, 20, a),
      series(() => new Sma(k, 20)),
    ),
    task(
      'EMA 20',
      () => ema(k, close, 20, a),
      series(() => new Ema(k, 20)),
    ),
    task(
      'RSI 14',
      () => rsi(k, close, 14, a),
      series(() => new Rsi(k, 14)),
    ),
    task(
      'MACD 12/26/9',
      () => macd(k, close, 12, 26, 9, macdOut),
      series(() => new Macd(k)),
    ),
    task(
      'Bollinger 20/2',
      () => bollinger(k, close, 20, 2, bandsOut),
      series(() => new Bollinger(k)),
    ),
    task(
      'ATR 14',
      () => atr(k, bars, 14, a),
      whole(() => new Atr(k)),
    ),
    task(
      'ADX 14',
      () => adx(k, bars, 14, a),
      whole(() => new Adx(k)),
    ),
    task(
      'Stochastic 14/3/3',
      () => stochastic(k, bars, 14, 3, 3, stochOut),
      whole(() => new Stochastic(k)),
    ),
    task(
      'OBV',
      () => obv(k, bars, a),
      whole(() => new Obv(k)),
    ),
  ];
}

interface SeriesState {
  push(x: number): number;
}

interface BarState {
  push(bar: Record<keyof BarColumns, number>): number;
}

function streamSeries(close: Float64Array, state: SeriesState): Float64Array {
  return Float64Array.from(close, (x) => state.push(x));
}

function streamBars(bars: BarColumns, state: BarState): Float64Array {
  const at = (column: Float64Array, i: number): number => column[i] ?? NaN;
  return Float64Array.from(bars.close, (close, i) =>
    state.push({
      open: at(bars.open, i),
      high: at(bars.high, i),
      low: at(bars.low, i),
      close,
      volume: at(bars.volume, i),
    }),
  );
}
