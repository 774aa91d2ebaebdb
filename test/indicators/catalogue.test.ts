// Every function over columns gives what its class gives bar by bar; the ones TA-Lib has, what TA-Lib gives.

import { beforeAll, describe, expect, it } from 'vitest';
import * as api from '../../src/indicators/index.ts';
import { randomBars } from '../fixtures/random-bars.ts';
import { loadTaLib } from '../fixtures/talib.ts';
import type { TaCall } from '../fixtures/talib.ts';

type Bars = Record<'open' | 'high' | 'low' | 'close' | 'volume' | 'tsMs', Float64Array>;
type Bar = Record<keyof Bars, number>;
type Series = { push(x: number): number };
type Whole = { push(bar: Bar): number };
interface Pair {
  readonly name: string;
  readonly series?: (k: api.Indicators) => Series;
  readonly whole?: (k: api.Indicators) => Whole;
  readonly column: (k: api.Indicators, x: Bars) => Float64Array;
  /** The other lines, and where the class has them. */
  readonly lines?: (k: api.Indicators, x: Bars) => Record<string, Float64Array>;
}

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const N = 2_500;
const bars: Bar[] = randomBars(seed, N).map((bar, i) => ({ ...bar, tsMs: i * 300_000 }));
const column = (name: keyof Bars): Float64Array => Float64Array.from(bars, (bar) => bar[name]);
const columns: Bars = {
  open: column('open'),
  high: column('high'),
  low: column('low'),
  close: column('close'),
  volume: column('volume'),
  tsMs: column('tsMs'),
};
let k: api.Indicators;
let talib: TaCall;
beforeAll(async () => {
  k = await api.loadIndicators();
  talib = await loadTaLib();
  console.log(`catalogue: SEED=${seed}`);
});

const PAIRS: readonly Pair[] = [
  { name: 'dema', series: (h) => new api.Dema(h, 9), column: (h, x) => api.dema(h, x.close, 9) },
  { name: 'tema', series: (h) => new api.Tema(h, 9), column: (h, x) => api.tema(h, x.close, 9) },
  { name: 'hma', series: (h) => new api.Hma(h), column: (h, x) => api.hma(h, x.close) },
  { name: 'roc', series: (h) => new api.Roc(h), column: (h, x) => api.roc(h, x.close) },
  { name: 'mmd', series: (h) => new api.Mmd(h, 8), column: (h, x) => api.mmd(h, x.close, 8) },
  { name: 'cci', whole: (h) => new api.Cci(h), column: (h, x) => api.cci(h, x) },
  { name: 'mfi', whole: (h) => new api.Mfi(h), column: (h, x) => api.mfi(h, x) },
  { name: 'natr', whole: (h) => new api.Natr(h), column: (h, x) => api.natr(h, x) },
  { name: 'garmanKlass', whole: (h) => new api.GarmanKlass(h), column: (h, x) => api.garmanKlass(h, x) },
  { name: 'yangZhang', whole: (h) => new api.YangZhang(h), column: (h, x) => api.yangZhang(h, x) },
  { name: 'edgeSpread', whole: (h) => new api.EdgeSpread(h), column: (h, x) => api.edgeSpread(h, x) },
  { name: 'amihud', whole: (h) => new api.Amihud(h), column: (h, x) => api.amihud(h, x) },
  {
    name: 'donchian',
    whole: (h) => new api.Donchian(h),
    column: (h, x) => api.donchian(h, x).middle,
    lines: (h, x) => ({ ...pick(api.donchian(h, x), 'upper', 'lower'), percentR: api.williamsR(h, x, 20) }),
  },
  {
    name: 'keltner',
    whole: (h) => new api.Keltner(h),
    column: (h, x) => api.keltner(h, x).middle,
    lines: (h, x) => pick(api.keltner(h, x), 'upper', 'lower'),
  },
  {
    name: 'ichimoku',
    whole: (h) => new api.Ichimoku(h),
    column: (h, x) => api.ichimoku(h, x).conversion,
    lines: (h, x) => pick(api.ichimoku(h, x), 'base', 'spanA', 'spanB'),
  },
  {
    name: 'supertrend',
    whole: (h) => new api.Supertrend(h),
    column: (h, x) => api.supertrend(h, x).line,
    lines: (h, x) => pick(api.supertrend(h, x), 'direction'),
  },
  {
    name: 'parabolicSar',
    whole: (h) => new api.ParabolicSar(h),
    column: (h, x) => api.parabolicSar(h, x).line,
    lines: (h, x) => pick(api.parabolicSar(h, x), 'direction'),
  },
  {
    name: 'stochasticRsi',
    series: (h) => new api.StochasticRsi(h),
    column: (h, x) => api.stochasticRsi(h, x.close).slowK,
    lines: (h, x) => pick(api.stochasticRsi(h, x.close), 'slowD'),
  },
  {
    name: 'heikinAshi',
    whole: (h) => new api.HeikinAshi(h),
    column: (h, x) => api.heikinAshi(h, x).close,
    lines: (h, x) => pick(api.heikinAshi(h, x), 'open', 'high', 'low'),
  },
  {
    name: 'volumeProfile',
    whole: (h) => new api.VolumeProfile(h),
    column: (h, x) => api.volumeProfile(h, x).control,
    lines: (h, x) => pick(api.volumeProfile(h, x), 'lowNode', 'distance'),
  },
  {
    name: 'nwRqk',
    series: (h) => new api.NwRqk(h),
    column: (h, x) => api.nwRqk(h, x.close).line,
    lines: (h, x) => pick(api.nwRqk(h, x.close), 'second'),
  },
  {
    name: 'mlmi',
    whole: (h) => new api.Mlmi(h),
    column: (h, x) => api.mlmi(h, x).value,
    lines: (h, x) => pick(api.mlmi(h, x), 'slow', 'quick'),
  },
  {
    name: 'fvg',
    whole: (h) => new api.Fvg(h),
    column: (h, x) => api.fvg(h, x).touched,
    lines: (h, x) => pick(api.fvg(h, x), 'born', 'bulls', 'bears', 'nearest'),
  },
];

function pick<K extends string>(lines: Record<K, Float64Array>, ...names: K[]): Record<string, Float64Array> {
  return Object.fromEntries(names.map((name) => [name, lines[name].slice()]));
}

function expectRow(name: string, row: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(row.length).toBe(expected.length);
  for (let i = 0; i < row.length; i++) {
    const [y = NaN, x = NaN] = [row[i], expected[i]];
    const same = Number.isNaN(x) ? Number.isNaN(y) : Math.abs(y - x) <= 1e-10 * Math.max(Math.abs(x), 100);
    if (!same) expect.fail(`${name} at ${i}: ${y} is not ${x}`);
  }
}

describe.each(PAIRS)('$name', ({ name, series, whole, column: over, lines }) => {
  it('gives over columns what it gives bar by bar', () => {
    const state = series ? series(k) : whole!(k);
    const expected = bars.map((bar) =>
      series ? (state as Series).push(bar.close) : (state as Whole).push(bar),
    );
    expectRow(name, over(k, columns), expected);
    expect(expected.filter(Number.isFinite).length).toBeGreaterThan(N / 2);
    for (const [line, row] of Object.entries(lines?.(k, columns) ?? {})) {
      expect((state as unknown as Record<string, number>)[line]).toBeCloseTo(row[N - 1] ?? NaN, 8);
    }
  });
});

it('finds the fair value gaps of a rise and a fall', () => {
  const x = {
    tsMs: Float64Array.from({ length: 20 }, (_, i) => i * 300_000),
    high: Float64Array.from({ length: 20 }, (_, i) => (i < 14 ? 10 : [10, 12, 13, 13.5, 13.2, 12][i - 14]!)),
    low: Float64Array.from({ length: 20 }, (_, i) =>
      i < 14 ? 9 : [9, 10.5, 11.2, 12.6, 11.8, 9.8][i - 14]!,
    ),
    close: Float64Array.from({ length: 20 }, (_, i) =>
      i < 14 ? 9.5 : [9.5, 11.5, 12.5, 13, 12, 10][i - 14]!,
    ),
  };
  expect([...api.fvg(k, x, 0.01).born.slice(14)]).toEqual([0, 1, 1, 1, 0, -1]);
});

describe('beside TA-Lib', () => {
  const rows = (name: keyof Bars): number[] => [...columns[name]];
  it.each([
    ['DEMA', ['close'], [9], () => api.dema(k, columns.close, 9)],
    ['TEMA', ['close'], [9], () => api.tema(k, columns.close, 9)],
    ['WILLR', ['high', 'low', 'close'], [14], () => api.williamsR(k, columns, 14)],
    ['NATR', ['high', 'low', 'close'], [14], () => api.natr(k, columns, 14)],
    ['SAR', ['high', 'low'], [0.02, 0.2], () => api.parabolicSar(k, columns).line],
  ] as [string, (keyof Bars)[], number[], () => Float64Array][])('%s', (name, inputs, options, run) => {
    const [expected = []] = talib(name, inputs.map(rows), options);
    expectRow(name, run(), expected);
  });
});
