import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/core/bytes.ts';
import { BUILT_IN_SYMBOLS, defaultLot, inferTick, resolveInstrument } from '../../src/market/built-in.ts';
import {
  instrumentCodec,
  parseInstrument,
  priceToTicks,
  tickValueMicro,
  ticksToPrice,
} from '../../src/market/instrument.ts';

const PRICES: Record<string, number> = {
  NQ: 22000,
  MNQ: 22000,
  ES: 6300,
  MES: 6300,
  YM: 42000,
  RTY: 2200,
  CL: 70,
  GC: 3450,
  SI: 33,
  SPX: 4000,
  SPY: 500,
  QQQ: 450,
  EURUSD: 1.1,
  GBPUSD: 1.36,
  AUDUSD: 0.71,
  USDJPY: 153.3,
  BTCUSDT: 82000,
  ETHUSDT: 1773,
  BNBUSDT: 587,
  SOLUSDT: 150,
  LTCUSDT: 59,
  DASHUSDT: 75,
  XRPUSDT: 2,
  ADAUSDT: 0.69,
  DOGEUSDT: 0.197,
  SIM: 100,
};

describe('instruments', () => {
  it.each(BUILT_IN_SYMBOLS.map((symbol) => [symbol]))(
    'gives %s an exact tick value at any price near today',
    (symbol) => {
      const price = PRICES[symbol] as number;
      for (const factor of [0.1, 0.5, 1, 2, 10]) {
        const instrument = resolveInstrument(symbol, [price * factor]);
        expect(tickValueMicro(instrument)).toBeGreaterThanOrEqual(1);
        const ticks = priceToTicks(instrument, price);
        expect(priceToTicks(instrument, ticksToPrice(instrument, ticks))).toBe(ticks);
      }
      const one = resolveInstrument(symbol, [price]);
      const lotsOfEquity = 100_000 / (price * one.multiplier * one.lot);
      expect(lotsOfEquity).toBeGreaterThan(3100);
      expect(lotsOfEquity).toBeLessThan(32_000);
    },
  );

  it('infers the price step from closes', () => {
    expect(inferTick([22173.25, 22175.75, 22174])).toBe(0.25);
    expect(inferTick([1.10457, 1.10435, 1.1044])).toBe(0.00001);
    expect(inferTick([51552.61, 51622.99])).toBe(0.01);
    expect(inferTick([100, 100, 100])).toBe(1);
    expect(inferTick([1300, 1250, 1300])).toBe(50);
    expect(inferTick([3454.9, 3451.1])).toBe(0.1);
  });

  it('infers an unknown symbol and says what it inferred', () => {
    const found = resolveInstrument('MYCOIN', [Number.NaN, 0.5012, 0.5013]);
    expect(found).toMatchObject({ tick: 0.0001, lot: 10, multiplier: 1, feeBps: 1, session: 'always' });
    expect(found.inferred).toEqual(['tick', 'lot', 'multiplier', 'quote', 'session', 'feeBps']);
    expect(() => resolveInstrument('MYCOIN', [Number.NaN, -1])).toThrow('no close is finite and positive');
    expect(() => resolveInstrument('toString ', [1])).toThrow('symbol "toString "');
    expect(resolveInstrument('toString', [1]).inferred).toContain('tick');
  });

  it('takes the coarser step of a crypto venue, but never doubts a futures contract', () => {
    const closes = Float64Array.from({ length: 200 }, (_, i) => 81_794.8 + i / 10).map(
      (x) => Math.round(x * 10) / 10,
    );
    expect(resolveInstrument('BTCUSDT', closes)).toMatchObject({ tick: 0.1, inferred: ['tick', 'lot'] });
    expect(resolveInstrument('BTCUSDT', closes.subarray(0, 5)).tick).toBe(0.01);
    expect(resolveInstrument('NQ', closes).tick).toBe(0.25);
  });

  it('raises the lot until one tick of it is whole micro-quote', () => {
    expect(defaultLot(82_000, 0.01, 1, 100_000)).toBe(0.0001);
    expect(defaultLot(1e9, 0.01, 1, 100_000)).toBe(0.0001);
  });

  it('reads JSON and names what is wrong', () => {
    const read = parseInstrument({ symbol: 'ABC', tick: 0.01, lot: 1, session: 'us-cash' });
    expect(read.inferred).toEqual(['multiplier', 'quote', 'feeBps']);
    const writer = new ByteWriter();
    instrumentCodec.write(writer, read);
    expect(instrumentCodec.read(new ByteReader(writer.copy()))).toEqual(read);
    expect(() => parseInstrument([])).toThrow('Cannot read instrument: file');
    expect(() => parseInstrument({ symbol: 'A', tick: 0, lot: 1 })).toThrow('tick 0 is not a number from');
    expect(() => parseInstrument({ symbol: 'A', tick: 0.01, lot: '1' })).toThrow(
      'lot "1" is not a number from',
    );
    expect(() => parseInstrument({ symbol: 'A', tick: 0.01, lot: 1, session: 'x' })).toThrow(
      'session "x" is not one of',
    );
    expect(() => parseInstrument({ symbol: 'A', tick: 0.01, lot: 1, fee: 3 })).toThrow(
      'fee "fee" is not one of',
    );
    expect(() => parseInstrument({ symbol: 'A', tick: 1e-8, lot: 1e-8 })).toThrow(
      'is not a whole number of 1e-6',
    );
    expect(() => parseInstrument({ symbol: 'A', tick: 1, lot: 1, feeBps: 0.001 })).toThrow('feeBps 0.001');
  });
});
