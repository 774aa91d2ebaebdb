import { beforeAll, describe, expect, it } from 'vitest';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { barrierLabel } from '../../src/training/barrier-label.ts';
import { fitLogistic } from '../../src/training/logistic.ts';
import { mirrorMarket } from '../../src/training/mirror-market.ts';
import { HALF_LIVES, project, temporalBasis } from '../../src/training/temporal-basis.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { smallModel } from '../fixtures/small-model.ts';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await loadKernel();
});

describe('barrierLabel', () => {
  const bars = (high: number[], low: number[]) => ({
    high: [10, ...high, ...Array<number>(12 - high.length).fill(10)],
    low: [10, ...low, ...Array<number>(12 - low.length).fill(10)],
  });
  it('is the barrier met first', () => {
    expect(barrierLabel(bars([11, 11.5], [9, 9]), 0, 10, 1)).toBe(2);
    expect(barrierLabel(bars([11, 11], [9, 8.5]), 0, 10, 1)).toBe(0);
  });
  it('is HOLD when none is met, or both in one bar', () => {
    expect(barrierLabel(bars([11.4], [8.6]), 0, 10, 1)).toBe(1);
    expect(barrierLabel(bars([11.5], [8.5]), 0, 10, 1)).toBe(1);
  });
  it('is unknown without twelve later bars or without an ATR', () => {
    expect(barrierLabel(bars([], []), 1, 10, 1)).toBeNull();
    expect(barrierLabel(bars([], []), 0, 10, NaN)).toBeNull();
  });
});

describe('fitLogistic', () => {
  /** Samples whose class odds are known: scores 0.8 x0, −0.3 + 0.2 x1, −0.8 x0. */
  function planted(count: number) {
    const generator = kernel.alloc(16);
    kernel.raw.rngInit(generator, 11);
    const features = new Float64Array(2 * count);
    const labels = new Uint8Array(count);
    for (let n = 0; n < count; n++) {
      const a = (features[2 * n] = kernel.raw.rngNormal(generator));
      const b = (features[2 * n + 1] = kernel.raw.rngNormal(generator));
      const p = [0.8 * a, 0.2 * b - 0.3, -0.8 * a].map((score) => kernel.raw.exp(score));
      let draw = kernel.raw.rngUniform(generator) * (p[0]! + p[1]! + p[2]!);
      labels[n] = p.findIndex((weight) => (draw -= weight) < 0);
    }
    return { count, width: 2, features, labels };
  }

  it('finds planted coefficients within their sampling error', () => {
    const { weights, bias } = fitLogistic(planted(40_000), 1e-6, kernel.raw);
    const centre = (bias[0]! + bias[1]! + bias[2]!) / 3;
    expect(weights[0]! - weights[4]!).toBeCloseTo(1.6, 1);
    expect(weights[3]! - (weights[1]! + weights[5]!) / 2).toBeCloseTo(0.2, 1);
    expect(bias[1]! - centre).toBeCloseTo(-0.2, 1);
  });

  it('ends where no step improves, and a larger ridge gives smaller weights', () => {
    const samples = planted(2000);
    const loose = fitLogistic(samples, 1e-4, kernel.raw);
    const tight = fitLogistic(samples, 1, kernel.raw);
    const size = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);
    expect(size(tight.weights)).toBeLessThan(0.3 * size(loose.weights));
    expect(loose.steps).toBeLessThan(12);
    expect(tight.objective).toBeGreaterThan(loose.objective);
  });

  it('refuses no samples and a ridge that is not positive', () => {
    expect(() => fitLogistic({ ...planted(4), count: 0 }, 1, kernel.raw)).toThrow('Cannot fit: 0 samples');
    expect(() => fitLogistic(planted(4), 0, kernel.raw)).toThrow('ridge 0');
  });
});

describe('temporal basis', () => {
  it('is weighted means that sum to one, and the newest row', () => {
    const rows = 60;
    const basis = temporalBasis(kernel, rows);
    for (let k = 0; k <= HALF_LIVES.length; k++) {
      expect(basis.subarray(k * rows, (k + 1) * rows).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
    HALF_LIVES.forEach((halfLife, k) => {
      const at = k * rows + rows - 1;
      expect(basis[at - halfLife]! / basis[at]!).toBeCloseTo(0.5, 5);
    });
    const out = new Float64Array(10);
    const matrix = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? 3 : i));
    project(basis, matrix, 2, out, 0);
    expect(out[0]).toBeCloseTo(3, 5);
    expect(out[9]).toBe(119);
  });
});

describe('mirrorMarket', () => {
  it('turns rises into falls, keeps valid bars, and is its own inverse within a tick', () => {
    const market = simulatedBars(kernel, 5, 2000);
    const mirror = mirrorMarket(market, 0.01);
    const back = mirrorMarket(mirror, 0.01);
    for (let i = 0; i < market.rows; i++) {
      const [open, high, low, close] = [mirror.open[i]!, mirror.high[i]!, mirror.low[i]!, mirror.close[i]!];
      expect(high >= Math.max(open, close) && low <= Math.min(open, close)).toBe(true);
      expect(Math.abs(back.close[i]! - market.close[i]!)).toBeLessThan(0.03);
    }
    const product = market.close[1999]! * mirror.close[1999]!;
    expect(product / (market.open[0]! * market.open[0]!)).toBeCloseTo(1, 3);
  });
});

describe('writeOnnx', () => {
  it('gives the same bytes for the same model, which the strict reader accepts', () => {
    expect(Buffer.from(smallModel()).equals(Buffer.from(smallModel()))).toBe(true);
    const model = readOnnx(smallModel());
    expect(model.nodes.map((node) => node.operator)).toEqual(['Mul', 'Flatten', 'Gemm', 'Softmax']);
    expect([...model.initializers.values()].map(({ dims }) => dims)).toEqual([[3], [6, 3], [3]]);
  });
});
