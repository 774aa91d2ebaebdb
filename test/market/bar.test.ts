import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/core/bytes.ts';
import { BAR_5M_MS } from '../../src/core/units.ts';
import { barCodec, rejectionOf } from '../../src/market/bar.ts';
import type { Bar } from '../../src/market/bar.ts';

const good: Bar = { symbol: 'X', tsMs: 600_000, open: 10, high: 12, low: 9, close: 11, volume: 5 };

describe('rejectionOf', () => {
  it('takes a sound bar and one without volume', () => {
    expect(rejectionOf(good, null, BAR_5M_MS)).toBeNull();
    expect(rejectionOf({ ...good, volume: 0 }, 300_000, BAR_5M_MS)).toBeNull();
  });

  it.each([
    [{ close: Number.NaN }, 'NON_FINITE', 'close'],
    [{ high: Number.POSITIVE_INFINITY }, 'NON_FINITE', 'high'],
    [{ tsMs: Number.NaN }, 'NON_FINITE', 'tsMs'],
    [{ low: -1 }, 'PRICE_NOT_POSITIVE', 'low'],
    [{ open: 0 }, 'PRICE_NOT_POSITIVE', 'open'],
    [{ high: 1e10 }, 'OUT_OF_RANGE', 'high'],
    [{ low: 10.5 }, 'LOW_ABOVE_BODY', 'low'],
    [{ high: 10.5 }, 'HIGH_BELOW_BODY', 'high'],
    [{ volume: -1 }, 'VOLUME_NEGATIVE', 'volume'],
    [{ tsMs: 600_001 }, 'OFF_GRID', 'tsMs'],
    [{ tsMs: 300_000.5 }, 'OFF_GRID', 'tsMs'],
    [{ tsMs: 300_000 }, 'DUPLICATE', 'tsMs'],
    [{ tsMs: 0 }, 'BACKWARD', 'tsMs'],
    [{ tsMs: -300_000 }, 'OUT_OF_RANGE', 'tsMs'],
    [{ tsMs: 1e15 }, 'OUT_OF_RANGE', 'tsMs'],
  ] as const)('refuses %o as %s in %s and keeps the bar unchanged', (change, reason, field) => {
    const bar = { ...good, ...change };
    const before = { ...bar };
    expect(rejectionOf(bar, 300_000, BAR_5M_MS)).toEqual({ reason, field, value: bar[field] });
    expect(bar).toEqual(before);
  });
});

describe('barCodec', () => {
  it('carries a bar whose stamp could not be read', () => {
    const writer = new ByteWriter();
    const bad = { ...good, tsMs: Number.NaN, close: Number.NEGATIVE_INFINITY };
    barCodec.write(writer, bad);
    expect(barCodec.read(new ByteReader(writer.copy()))).toEqual(bad);
  });
});
