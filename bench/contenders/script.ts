// The JavaScript libraries as their users call them: arrays of numbers in, arrays or one result a bar out.

/** The bars as the libraries take them; filled anew each round. */
export interface Arrays {
  high: number[];
  low: number[];
  close: number[];
  volume: number[];
}

type Result = number[] | number[][] | Record<string, number[]>;
type Call = (...args: (number | number[] | object)[]) => Result;
interface Streaming {
  nextValue?(...args: number[]): unknown;
  add?(value: unknown): unknown;
}
type Constructor = new (...args: unknown[]) => Streaming;

/** One library: its calls in the order of `tasksOf`, null where it has none; a result's first line. */
export interface ScriptContender {
  readonly name: string;
  readonly calls: readonly ((() => unknown) | null)[];
  /** The newest value of the first output. */
  newest(index: number, result: unknown): number;
}

const last = (x: unknown): number => (Array.isArray(x) ? (x.at(-1) as number) : NaN);

/** Gives a library by its name: `require` of bench/peers, or what a bundler put in. */
export type PeerOf = (name: string) => unknown;

/** The five libraries on the given arrays. */
export function scriptContenders(x: Arrays, peerOf: PeerOf): ScriptContender[] {
  return [ixjb94, indicatorts, technical, debut, signals].map((library) => library(x, peerOf));
}

function ixjb94(x: Arrays, peerOf: PeerOf): ScriptContender {
  const { IndicatorsSync } = peerOf('@ixjb94/indicators') as {
    IndicatorsSync: new () => Record<string, Call>;
  };
  const k = new IndicatorsSync();
  return {
    name: '@ixjb94/indicators',
    calls: [
      () => k['sma']!(x.close, 20),
      () => k['ema']!(x.close, 20),
      () => k['rsi']!(x.close, 14),
      () => k['macd']!(x.close, 12, 26, 9),
      () => k['bbands']!(x.close, 20, 2),
      () => k['atr']!(x.high, x.low, x.close, 14),
      () => k['adx']!(x.high, x.low, 14),
      () => k['stoch']!(x.high, x.low, x.close, 14, 3, 3),
      () => k['obv']!(x.close, x.volume),
    ],
    // bands come lower, middle, upper
    newest: (index, result) => {
      const lines = result as unknown[];
      return Array.isArray(lines[0]) ? last(lines[index === 4 ? 1 : 0]) : last(lines);
    },
  };
}

function indicatorts(x: Arrays, peerOf: PeerOf): ScriptContender {
  const k = peerOf('indicatorts') as Record<string, Call>;
  const first = ['', '', '', 'macdLine', 'middle', 'atrLine', '', 'k', ''];
  return {
    name: 'indicatorts',
    calls: [
      () => k['sma']!(x.close, { period: 20 }),
      () => k['ema']!(x.close, { period: 20 }),
      () => k['rsi']!(x.close, { period: 14 }),
      () => k['macd']!(x.close, { fast: 12, slow: 26, signal: 9 }),
      () => k['bb']!(x.close, { period: 20 }),
      () => k['atr']!(x.high, x.low, x.close, { period: 14 }),
      null,
      // it has no slowing: its %K is the fast one, its %D our slow %K
      () => k['stoch']!(x.high, x.low, x.close, { kPeriod: 14, dPeriod: 3 }),
      () => k['obv']!(x.close, x.volume),
    ],
    newest: (index, result) => {
      const name = index === 7 ? 'd' : first[index];
      return last(name ? (result as Record<string, unknown>)[name] : result);
    },
  };
}

function technical(x: Arrays, peerOf: PeerOf): ScriptContender {
  const k = peerOf('technicalindicators') as Record<string, { calculate(input: object): unknown[] }>;
  const bars = (): object => ({ high: x.high, low: x.low, close: x.close, period: 14 });
  const ema = { SimpleMAOscillator: false, SimpleMASignal: false };
  const macd = { fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, ...ema };
  const names = ['', '', '', 'MACD', 'middle', '', 'adx', 'd', ''];
  return {
    name: 'technicalindicators',
    calls: [
      () => k['SMA']!.calculate({ period: 20, values: x.close }),
      () => k['EMA']!.calculate({ period: 20, values: x.close }),
      () => k['RSI']!.calculate({ period: 14, values: x.close }),
      () => k['MACD']!.calculate({ ...macd, values: x.close }),
      () => k['BollingerBands']!.calculate({ period: 20, stdDev: 2, values: x.close }),
      () => k['ATR']!.calculate(bars()),
      () => k['ADX']!.calculate(bars()),
      () => k['Stochastic']!.calculate({ ...bars(), signalPeriod: 3 }),
      () => k['OBV']!.calculate({ close: x.close, volume: x.volume }),
    ],
    newest: (index, result) => {
      const value = (result as unknown[]).at(-1);
      return names[index]
        ? ((value as Record<string, number> | null)?.[names[index]] ?? NaN)
        : (value as number);
    },
  };
}

function debut(x: Arrays, peerOf: PeerOf): ScriptContender {
  const k = peerOf('@debut/indicators') as Record<string, Constructor>;
  const series =
    (name: string, ...args: number[]) =>
    (): unknown[] => {
      const state = new k[name]!(...args) as { nextValue(x: number): unknown };
      return x.close.map((value) => state.nextValue(value));
    };
  const bars =
    (name: string, ...args: unknown[]) =>
    (): unknown[] => {
      const state = new k[name]!(...args) as { nextValue(h: number, l: number, c: number): unknown };
      return x.close.map((value, i) => state.nextValue(x.high[i] ?? NaN, x.low[i] ?? NaN, value));
    };
  const names = ['', '', '', 'macd', 'middle', '', 'adx', 'd', ''];
  return {
    name: '@debut/indicators',
    calls: [
      series('SMA', 20),
      series('EMA', 20),
      series('RSI', 14),
      series('MACD', 12, 26, 9),
      series('BollingerBands', 20, 2),
      bars('ATR', 14, 'WEMA'),
      bars('ADX', 14),
      bars('Stochastic', 14, 3),
      null,
    ],
    newest: (index, result) => {
      const value = (result as unknown[]).at(-1);
      return names[index]
        ? ((value as Record<string, number> | null)?.[names[index]] ?? NaN)
        : (value as number);
    },
  };
}

function signals(x: Arrays, peerOf: PeerOf): ScriptContender {
  const k = peerOf('trading-signals') as Record<string, Constructor>;
  const series = (create: () => Streaming) => (): unknown[] => {
    const state = create() as { add(x: number): unknown };
    return x.close.map((value) => state.add(value));
  };
  const bars = (create: () => Streaming) => (): unknown[] => {
    const state = create() as { add(bar: object): unknown };
    return x.close.map((close, i) =>
      state.add({ high: x.high[i], low: x.low[i], close, volume: x.volume[i] }),
    );
  };
  const names = ['', '', '', 'macd', 'middle', '', '', 'stochK', ''];
  return {
    name: 'trading-signals',
    calls: [
      series(() => new k['SMA']!(20)),
      series(() => new k['EMA']!(20)),
      series(() => new k['RSI']!(14)),
      series(() => new k['MACD']!(new k['EMA']!(12), new k['EMA']!(26), new k['EMA']!(9))),
      series(() => new k['BollingerBands']!(20, 2)),
      bars(() => new k['ATR']!(14)),
      bars(() => new k['ADX']!(14)),
      bars(() => new k['StochasticOscillator']!(14, 3, 3)),
      null,
    ],
    newest: (index, result) => {
      const value = (result as unknown[]).at(-1);
      return names[index]
        ? ((value as Record<string, number> | null)?.[names[index]] ?? NaN)
        : (value as number);
    },
  };
}
