// Every layer and every loss against central differences of the same network in f64.

import { describe, expect, test } from 'vitest';
import type { LayerSpec } from '../../src/training/layers.ts';
import { Network } from '../../src/training/network.ts';
import type { TrainingKernel } from '../../src/wasm/training.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import { forwardDouble, logSoftmaxDouble, surrogateDouble } from './double-network.ts';

const ROWS = 29;
const CLIP = 0.2;
const ENTROPY = 0.03;
const REACH = 0.4;
const COOLING = 0.1;
const STEP = 1e-6;
const TOLERANCE = 1e-5;
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

const NETWORKS: Readonly<Record<string, { inputWidth: number; layers: readonly LayerSpec[] }>> = {
  'dense tanh': {
    inputWidth: 23,
    layers: [dense(36, 'tanh'), dense(19, 'tanh'), dense(5, 'none')],
  },
  'dense relu': {
    inputWidth: 23,
    layers: [dense(36, 'relu'), dense(19, 'relu'), dense(5, 'none')],
  },
  'layer norm': {
    inputWidth: 11,
    layers: [
      dense(22, 'tanh'),
      { kind: 'layerNorm' },
      dense(17, 'relu'),
      { kind: 'layerNorm' },
      dense(5, 'none'),
    ],
  },
  'layer norm first': { inputWidth: 9, layers: [{ kind: 'layerNorm' }, dense(5, 'none')] },
  conv1d: {
    inputWidth: 60,
    layers: [
      { kind: 'conv1d', length: 12, channels: 5, filters: 6, kernel: 4, stride: 2, activation: 'tanh' },
      { kind: 'conv1d', length: 5, channels: 6, filters: 3, kernel: 2, stride: 1, activation: 'relu' },
      dense(5, 'none'),
    ],
  },
};

function dense(width: number, activation: 'tanh' | 'relu' | 'none'): LayerSpec {
  return { kind: 'dense', width, activation };
}

interface Bench {
  readonly kernel: TrainingKernel;
  readonly network: Network;
  readonly input: Float64Array;
  readonly output: number;
  readonly draw: () => number;
}

async function prepare(name: string): Promise<Bench> {
  const kernel = await loadTraining();
  const rng = kernel.alloc(4);
  kernel.raw.rngInit(rng, 7);
  const draw = (): number => kernel.raw.rngNormal(rng);
  const shape = NETWORKS[name] as { inputWidth: number; layers: readonly LayerSpec[] };
  const network = new Network(kernel, { ...shape, headGain: 1 }, ROWS, rng);
  for (const tensor of network.layers.flatMap((layer) => layer.tensors)) {
    const values = network.tensor(tensor);
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + 0.1 * draw();
  }
  const x = kernel.alloc(4 * ROWS * shape.inputWidth);
  const view = kernel.f32(x, ROWS * shape.inputWidth);
  for (let i = 0; i < view.length; i++) view[i] = draw();
  return { kernel, network, input: Float64Array.from(view), output: network.forward(x, ROWS), draw };
}

/** Relative Euclidean distance between the kernels' gradient and central differences of the loss. */
function distance(bench: Bench, loss: (output: Float64Array) => number): number {
  const { kernel, network, input } = bench;
  const parameters = Float64Array.from(kernel.f32(network.parameters, network.size));
  const gradient = kernel.f32(network.gradients, network.size);
  const at = (): number => loss(forwardDouble(network, parameters, input, ROWS));
  let [apart, length] = [0, 0];
  for (const tensor of network.layers.flatMap((layer) => layer.tensors)) {
    const end = tensor.offset + network.tensor(tensor).length;
    for (let i = tensor.offset; i < end; i++) {
      const kept = parameters[i] as number;
      parameters[i] = kept + STEP;
      const up = at();
      parameters[i] = kept - STEP;
      const slope = (up - at()) / (2 * STEP);
      parameters[i] = kept;
      apart += (slope - (gradient[i] as number)) ** 2;
      length += slope * slope;
    }
  }
  return Math.sqrt(apart / length);
}

/** Old log probabilities moved off the new ones, so that some rows are clipped. */
function moved(bench: Bench, logP: Float32Array): Float32Array {
  return logP.map((value) => value + 0.25 * bench.draw());
}

function place(kernel: TrainingKernel, values: Float32Array): number {
  const address = kernel.alloc(values.byteLength);
  kernel.f32(address, values.length).set(values);
  return address;
}

describe.each(Object.keys(NETWORKS))('%s', (name) => {
  test('sampled categorical policy', async () => {
    const bench = await prepare(name);
    const { kernel, network } = bench;
    const [logP, actions, old, rng, statistics] = [4 * ROWS * 5, 4 * ROWS, 4 * ROWS, 4, 32].map(kernel.alloc);
    if (!logP || !actions || !old || !rng || !statistics) throw new Error('no memory');
    kernel.raw.logSoftmax(bench.output, logP, ROWS, 5);
    kernel.raw.chooseActions(logP, ROWS, 5, actions, rng, 0);
    kernel.raw.pickColumns(logP, actions, old, ROWS, 5);
    kernel.f32(old, ROWS).set(moved(bench, kernel.f32(old, ROWS)));
    const advantages = place(kernel, Float32Array.from({ length: ROWS }, bench.draw));
    kernel.raw.ppoCategorical(
      ...[logP, ROWS, 5, actions, old, advantages, CLIP, ENTROPY, network.outputGradient, statistics],
    );
    network.backward(ROWS);
    const chosen = kernel.i32(actions, ROWS);
    const loss = (output: Float64Array): number => {
      const l = logSoftmaxDouble(output, 5);
      let sum = ENTROPY * l.reduce((total, value) => total + Math.exp(value) * value, 0);
      for (let i = 0; i < ROWS; i++) {
        const difference = (l[5 * i + (chosen[i] ?? 0)] as number) - (kernel.f32(old, ROWS)[i] as number);
        sum += surrogateDouble(difference, kernel.f32(advantages, ROWS)[i] as number, CLIP);
      }
      return sum / ROWS;
    };
    expect(kernel.f64(statistics, 4)[3]).toBeGreaterThan(0);
    expect(kernel.f64(statistics, 1)[0]).toBeCloseTo(
      loss(Float64Array.from(kernel.f32(bench.output, ROWS * 5))),
      5,
    );
    expect(distance(bench, loss)).toBeLessThan(TOLERANCE);
  });

  test('mirror descent with every advantage known', async () => {
    const bench = await prepare(name);
    const { kernel, network } = bench;
    const logP = kernel.alloc(4 * ROWS * 5);
    kernel.raw.logSoftmax(bench.output, logP, ROWS, 5);
    const old = place(kernel, moved(bench, kernel.f32(logP, ROWS * 5)));
    kernel.raw.logSoftmax(old, old, ROWS, 5);
    const advantages = place(kernel, Float32Array.from({ length: ROWS * 5 }, bench.draw));
    const statistics = kernel.alloc(32);
    const out = [network.outputGradient, statistics] as const;
    kernel.raw.mirrorStep(logP, ROWS, 5, old, advantages, REACH, COOLING, ...out);
    network.backward(ROWS);
    const loss = (output: Float64Array): number => {
      const l = logSoftmaxDouble(output, 5);
      const [before, values] = [kernel.f32(old, ROWS * 5), kernel.f32(advantages, ROWS * 5)];
      const gaps = l.map((now, i) => {
        const step = Math.max(-REACH, Math.min(REACH, values[i] as number));
        return now - ((1 - COOLING) * (before[i] as number) + step);
      });
      let sum = 0;
      for (let row = 0; row < gaps.length; row += 5) {
        const part = gaps.subarray(row, row + 5);
        const mean = part.reduce((total, gap) => total + gap, 0) / 5;
        for (const gap of part) sum += 0.5 * (gap - mean) ** 2;
      }
      return sum / ROWS;
    };
    expect(distance(bench, loss)).toBeLessThan(TOLERANCE);
  });

  test('Gaussian policy and its ln σ', async () => {
    const bench = await prepare(name);
    const { kernel, network } = bench;
    const sigma = place(kernel, Float32Array.of(-0.3, -0.2, -0.1, 0, 0.1));
    const [actions, old, rng, slope, statistics] = [4 * ROWS * 5, 4 * ROWS, 4, 20, 32].map(kernel.alloc);
    if (!actions || !old || !rng || !slope || !statistics) throw new Error('no memory');
    kernel.raw.drawGaussian(bench.output, sigma, ROWS, 5, actions, old, rng, 0);
    kernel.f32(old, ROWS).set(moved(bench, kernel.f32(old, ROWS)));
    const advantages = place(kernel, Float32Array.from({ length: ROWS }, bench.draw));
    kernel.raw.ppoGaussian(
      ...[bench.output, sigma, ROWS, 5, actions, old, advantages, CLIP, ENTROPY],
      ...([network.outputGradient, slope, statistics] as const),
    );
    network.backward(ROWS);
    const taken = kernel.f32(actions, ROWS * 5);
    const lossAt = (output: Float64Array, logSigma: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < ROWS; i++) {
        let logP = 0;
        logSigma.forEach((l, j) => {
          const z = ((taken[5 * i + j] as number) - (output[5 * i + j] as number)) / Math.exp(l);
          logP -= 0.5 * z * z + l + HALF_LOG_2PI;
        });
        const difference = logP - (kernel.f32(old, ROWS)[i] as number);
        sum += surrogateDouble(difference, kernel.f32(advantages, ROWS)[i] as number, CLIP);
      }
      return sum / ROWS - ENTROPY * logSigma.reduce((total, l) => total + l + HALF_LOG_2PI + 0.5, 0);
    };
    const logSigma = Float64Array.from(kernel.f32(sigma, 5));
    expect(distance(bench, (output) => lossAt(output, logSigma))).toBeLessThan(TOLERANCE);
    const output = Float64Array.from(kernel.f32(bench.output, ROWS * 5));
    logSigma.forEach((kept, j) => {
      const [up, down] = [STEP, -STEP].map((h) => lossAt(output, logSigma.with(j, kept + h)));
      const expected = ((up as number) - (down as number)) / (2 * STEP);
      expect(kernel.f32(slope, 5)[j]).toBeCloseTo(expected, 5);
    });
  });

  test('value loss, and the gradient by the input', async () => {
    const bench = await prepare(name);
    const { kernel, network, input } = bench;
    const targets = place(kernel, Float32Array.from({ length: ROWS * 5 }, bench.draw));
    const dx = kernel.alloc(4 * input.length);
    kernel.raw.valueLoss(bench.output, targets, ROWS * 5, 0.7, network.outputGradient);
    network.backward(ROWS, dx);
    const loss = (output: Float64Array): number => {
      const values = kernel.f32(targets, ROWS * 5);
      return output.reduce((sum, v, i) => sum + 0.35 * (v - (values[i] as number)) ** 2, 0) / output.length;
    };
    expect(distance(bench, loss)).toBeLessThan(TOLERANCE);
    const parameters = Float64Array.from(kernel.f32(network.parameters, network.size));
    let [apart, length] = [0, 0];
    for (let i = 0; i < input.length; i += 7) {
      const kept = input[i] as number;
      const [up, down] = [kept + STEP, kept - STEP].map((value) =>
        loss(forwardDouble(network, parameters, input.with(i, value), ROWS)),
      );
      const slope = ((up as number) - (down as number)) / (2 * STEP);
      apart += (slope - (kernel.f32(dx, input.length)[i] as number)) ** 2;
      length += slope * slope;
    }
    expect(Math.sqrt(apart / length)).toBeLessThan(TOLERANCE);
  });
});
