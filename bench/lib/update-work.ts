// The update that training is timed by: an actor 11 → 256 → 256 → 128 → 5 of 102,405 parameters and a critic
// of 101,889, tanh, one epoch of shuffled minibatches over 4,096 samples; gather, advantages normalised, PPO
// clip with entropy or squared error, backward, gradient clipped at 0.5, Adam. Ours, and what a peer needs to
// do the same.

import { Learner } from '../../src/training/learner.ts';
import type { LessonColumns } from '../../src/training/learner.ts';
import { Network } from '../../src/training/network.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import type { TrainingKernel } from '../../src/wasm/training.ts';

export const INPUTS = 11;
export const HIDDEN = [256, 256, 128] as const;
export const ACTIONS = 5;
export const SAMPLES = 4096;
export const RATE = 1e-4;
export const CLIP = 0.2;
export const ENTROPY = 0.01;
export const NORM_MAX = 0.5;
export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-5;

/** Data, first parameters (weight [in, out] and bias of each layer) and the order of the samples. */
export interface UpdateWork {
  readonly minibatch: number;
  readonly x: Float32Array;
  readonly actions: Int32Array;
  readonly old: Float32Array;
  readonly advantages: Float32Array;
  readonly returns: Float32Array;
  readonly actor: readonly Float32Array[];
  readonly critic: readonly Float32Array[];
  /** Orders of the first epoch. */
  readonly actorOrder: Int32Array;
  readonly criticOrder: Int32Array;
}

/** Someone who does the update. */
export interface Updater {
  readonly name: string;
  /** One epoch; processor nanoseconds per sample, all threads. */
  round(): number | Promise<number>;
  /** All parameters one after the other, actor first. */
  parameters(): Float32Array | Promise<Float32Array>;
  close(): void;
}

/** Processor seconds of this process between two calls. */
export function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

/** A learner of a large network with lessons in its kernel; `outputs` 1 is a critic. */
export function largeLearner(
  kernel: TrainingKernel,
  outputs: number,
  minibatch: number,
  seed: number,
): Learner {
  const rng = kernel.alloc(4);
  kernel.raw.rngInit(rng, seed);
  const hidden = HIDDEN.map((width) => ({ kind: 'dense', width, activation: 'tanh' }) as const);
  const layers = [...hidden, { kind: 'dense', width: outputs, activation: 'none' } as const];
  const headGain = outputs === 1 ? 1 : 0.01;
  const network = new Network(kernel, { inputWidth: INPUTS, layers, headGain }, minibatch, rng);
  return new Learner(kernel, network, SAMPLES, minibatch, seed);
}

/** Settings of the actor's lessons. */
export function actorSettings(minibatch: number, epochs = 1) {
  const bounds = { rate: RATE, normMax: NORM_MAX, clip: CLIP, entropy: ENTROPY, gain: 1 };
  return { kind: 'ppo', epochs, minibatch, ...bounds } as const;
}

/** Random columns of an actor's lesson. */
export function actorColumns(kernel: TrainingKernel, seed: number): LessonColumns {
  const rng = kernel.alloc(4);
  kernel.raw.rngInit(rng, seed);
  const normal = (count: number): number => {
    const at = kernel.alloc(4 * count);
    kernel.f32(at, count).forEach((_, i, all) => (all[i] = kernel.raw.rngNormal(rng)));
    return at;
  };
  const inputs = normal(SAMPLES * INPUTS);
  const [choices, before] = [kernel.alloc(4 * SAMPLES), kernel.alloc(4 * SAMPLES)];
  kernel.i32(choices, SAMPLES).forEach((_, i, all) => (all[i] = i % ACTIONS));
  kernel.f32(before, SAMPLES).fill(-1.6);
  return { inputs, choices, before, targets: normal(SAMPLES) };
}

/** Our own updater, and the work as others need it; taken before its first round. */
export async function ownUpdater(minibatch: number): Promise<{ own: Updater; work: UpdateWork }> {
  const kernel = await loadTraining();
  const [actor, critic] = [
    largeLearner(kernel, ACTIONS, minibatch, 1),
    largeLearner(kernel, 1, minibatch, 2),
  ];
  const columns = actorColumns(kernel, 3);
  const targets = actorColumns(kernel, 4).targets;
  const values = { inputs: columns.inputs, choices: 0, before: 0, targets };
  const settings = actorSettings(minibatch);
  const tensors = ({ network }: Learner): Float32Array[] =>
    network.layers.flatMap((layer) => layer.tensors.map((tensor) => network.tensor(tensor).slice()));
  const order = (stream: number): Int32Array => {
    const [rng, out] = [kernel.alloc(4), kernel.alloc(4 * SAMPLES)];
    kernel.raw.rngInit(rng, stream);
    kernel.raw.shuffle(out, SAMPLES, rng);
    return kernel.i32(out, SAMPLES).slice();
  };
  const own: Updater = {
    name: 'ours',
    round() {
      const before = process.cpuUsage();
      actor.learn({ settings, rows: SAMPLES, columns });
      critic.learn({ settings: { ...settings, kind: 'tables' }, rows: SAMPLES, columns: values });
      return (cpuSeconds(before) * 1e9) / SAMPLES;
    },
    parameters: () => joined([...tensors(actor), ...tensors(critic)]),
    close() {},
  };
  const work = {
    minibatch,
    x: kernel.f32(columns.inputs, SAMPLES * INPUTS).slice(),
    actions: kernel.i32(columns.choices, SAMPLES).slice(),
    old: kernel.f32(columns.before, SAMPLES).slice(),
    advantages: kernel.f32(columns.targets, SAMPLES).slice(),
    returns: kernel.f32(targets, SAMPLES).slice(),
    actor: tensors(actor),
    critic: tensors(critic),
    actorOrder: order(1),
    criticOrder: order(2),
  };
  return { own, work };
}

/** Arrays one after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** ‖change A − change B‖ / ‖change A‖ of two trainings from the same start. */
export function changeApart(start: Float32Array, a: Float32Array, b: Float32Array): number {
  let [apart, size] = [0, 0];
  start.forEach((from, i) => {
    const [one, other] = [(a[i] ?? Number.NaN) - from, (b[i] ?? Number.NaN) - from];
    apart += (one - other) * (one - other);
    size += one * one;
  });
  return Math.sqrt(apart / size);
}
