// The update in jax-js on its WebAssembly backend: one jitted step for the actor and one for the critic, Adam
// written out, because its optimisers are not on the registry. Arrays are counted: every use but the last is
// `.ref`.

import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import {
  ACTIONS,
  BETA1,
  BETA2,
  CLIP,
  cpuSeconds,
  ENTROPY,
  EPSILON,
  HIDDEN,
  INPUTS,
  joined,
  NORM_MAX,
  RATE,
  SAMPLES,
} from './update-work.ts';
import type { UpdateWork, Updater } from './update-work.ts';

/** What is used of a jax-js array. */
interface Tensor {
  readonly ref: Tensor;
  add(other: Tensor | number): Tensor;
  sub(other: Tensor | number): Tensor;
  mul(other: Tensor | number): Tensor;
  div(other: Tensor | number): Tensor;
  sum(axis?: number): Tensor;
  mean(): Tensor;
  reshape(shape: readonly number[]): Tensor;
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** What is used of jax-js. */
interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): void;
  jit<F>(step: F): F;
  valueAndGrad(
    loss: (...args: never[]) => Tensor,
  ): (tree: readonly Tensor[], ...rest: Tensor[]) => [Tensor, Tensor[]];
  readonly tree: { ref(tree: readonly Tensor[]): Tensor[] };
  readonly nn: { logSoftmax(x: Tensor, axis: number): Tensor };
  readonly numpy: {
    array(data: Float32Array | number): Tensor;
    zeros(shape: readonly number[]): Tensor;
    matmul(a: Tensor, b: Tensor): Tensor;
    tanh(x: Tensor): Tensor;
    exp(x: Tensor): Tensor;
    sqrt(x: Tensor): Tensor;
    square(x: Tensor): Tensor;
    clip(x: Tensor, low: number, high: number): Tensor;
    minimum(a: Tensor, b: Tensor | number): Tensor;
  };
}

type State = readonly [parameters: Tensor[], first: Tensor[], second: Tensor[]];
type Step = (...args: (Tensor[] | Tensor)[]) => [Tensor, ...State];

/** jax-js from bench/peers, or why it is not there. */
export async function loadJax(): Promise<Jax | string> {
  const require = createRequire(new URL('../peers/package.json', import.meta.url));
  try {
    // Its init() reads navigator, which Node 20 does not have.
    if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: {} });
    const found = require.resolve('@jax-js/jax').replace(/index\.cjs$/, 'index.js');
    const jax = (await import(pathToFileURL(found).href)) as Jax;
    if (!(await jax.init('wasm')).includes('wasm')) return 'jax-js has no WebAssembly backend here';
    jax.defaultDevice('wasm');
    return jax;
  } catch (cause) {
    return `jax-js is not here: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`;
  }
}

/** jax-js with the same start, data and order. */
export function jaxUpdater(jax: Jax, work: UpdateWork): Updater {
  const { numpy: np } = jax;
  const steps = [stepOf(jax, policyLoss(jax)), stepOf(jax, valueLoss(jax, work.minibatch))] as const;
  let states = [startOf(jax, work.actor, ACTIONS), startOf(jax, work.critic, 1)];
  let count = 0;
  const minibatch = async (start: number): Promise<void> => {
    count++;
    const corrections = (): Tensor[] =>
      [1 / (1 - BETA1 ** count), 1 / Math.sqrt(1 - BETA2 ** count)].map((value) => np.array(value));
    const columns = [policyColumns, valueColumns].map((of) => of(jax, work, start));
    const results = steps.map((step, i) => step(...states[i]!, ...columns[i]!, ...corrections()));
    states = results.map(([, ...state]) => state);
    for (const [loss] of results) await loss.data();
  };
  return {
    name: 'jax-js 0.1.25, WebAssembly, same process',
    async round() {
      const before = process.cpuUsage();
      for (let start = 0; start < SAMPLES; start += work.minibatch) await minibatch(start);
      return (cpuSeconds(before) * 1e9) / SAMPLES;
    },
    async parameters() {
      const parts: Float32Array[] = [];
      for (const [parameters] of states) for (const one of parameters) parts.push(await one.ref.data());
      return joined(parts);
    },
    close() {},
  };
}

function startOf(jax: Jax, tensors: readonly Float32Array[], outputs: number): State {
  const widths = [INPUTS, ...HIDDEN, outputs];
  const shapes = tensors.map((_, i) => {
    const [from = 0, to = 0] = widths.slice(i >> 1);
    return i % 2 === 0 ? [from, to] : [to];
  });
  const zeros = (): Tensor[] => shapes.map((shape) => jax.numpy.zeros(shape));
  const first = tensors.map((data, i) => jax.numpy.array(data).reshape(shapes[i]!));
  return [first, zeros(), zeros()];
}

function gathered(order: Int32Array, start: number, rows: number, from: Float32Array, width: number) {
  const out = new Float32Array(rows * width);
  for (let i = 0; i < rows; i++) {
    const at = order[start + i]! * width;
    out.set(from.subarray(at, at + width), i * width);
  }
  return out;
}

function policyColumns(jax: Jax, work: UpdateWork, start: number): Tensor[] {
  const { minibatch, actorOrder: order } = work;
  const rows = (from: Float32Array, width: number): Float32Array =>
    gathered(order, start, minibatch, from, width);
  const advantages = rows(work.advantages, 1);
  const mean = advantages.reduce((sum, a) => sum + a, 0) / minibatch;
  const deviation = Math.sqrt(advantages.reduce((sum, a) => sum + (a - mean) ** 2, 0) / minibatch);
  const taken = new Float32Array(minibatch * ACTIONS);
  for (let i = 0; i < minibatch; i++) taken[i * ACTIONS + work.actions[order[start + i]!]!] = 1;
  return [
    jax.numpy.array(rows(work.x, INPUTS)).reshape([minibatch, INPUTS]),
    jax.numpy.array(taken).reshape([minibatch, ACTIONS]),
    jax.numpy.array(rows(work.old, 1)),
    jax.numpy.array(advantages.map((a) => (a - mean) / (deviation + 1e-8))),
  ];
}

function valueColumns(jax: Jax, work: UpdateWork, start: number): Tensor[] {
  const { minibatch, criticOrder: order } = work;
  return [
    jax.numpy.array(gathered(order, start, minibatch, work.x, INPUTS)).reshape([minibatch, INPUTS]),
    jax.numpy.array(gathered(order, start, minibatch, work.returns, 1)),
  ];
}

function forward({ numpy: np }: Jax, parameters: readonly Tensor[], x: Tensor): Tensor {
  let h = x;
  for (let i = 0; i < parameters.length; i += 2) {
    h = np.matmul(h, parameters[i]!).add(parameters[i + 1]!);
    if (i + 2 < parameters.length) h = np.tanh(h);
  }
  return h;
}

function policyLoss(jax: Jax) {
  const { numpy: np, nn } = jax;
  return (parameters: Tensor[], x: Tensor, taken: Tensor, old: Tensor, advantages: Tensor): Tensor => {
    const logP = nn.logSoftmax(forward(jax, parameters, x), -1);
    const ratio = np.exp(logP.ref.mul(taken).sum(-1).sub(old));
    const direct = ratio.ref.mul(advantages.ref);
    const bounded = np.clip(ratio, 1 - CLIP, 1 + CLIP).mul(advantages);
    const entropy = np.exp(logP.ref).mul(logP).sum(-1).mean();
    return np.minimum(direct, bounded).mean().mul(-1).add(entropy.mul(ENTROPY));
  };
}

function valueLoss(jax: Jax, rows: number) {
  return (parameters: Tensor[], x: Tensor, returns: Tensor): Tensor =>
    jax.numpy
      .square(forward(jax, parameters, x).reshape([rows]).sub(returns))
      .mean()
      .mul(0.5);
}

/** Loss, gradient, clip and Adam as one compiled step. */
function stepOf(jax: Jax, loss: (...args: never[]) => Tensor): Step {
  const { numpy: np } = jax;
  return jax.jit((parameters: Tensor[], first: Tensor[], second: Tensor[], ...rest: Tensor[]) => {
    const [c1, c2] = rest.slice(-2) as [Tensor, Tensor];
    const [value, gradients] = jax.valueAndGrad(loss)(jax.tree.ref(parameters), ...rest.slice(0, -2));
    const norm = np.sqrt(gradients.map((g) => np.square(g.ref).sum()).reduce((a, b) => a.add(b)));
    const scale = np.minimum(np.array(NORM_MAX).div(norm), 1);
    const [moved, m1, m2]: [Tensor[], Tensor[], Tensor[]] = [[], [], []];
    parameters.forEach((parameter, i) => {
      const g = gradients[i]!.mul(scale.ref);
      const m = first[i]!.mul(BETA1).add(g.ref.mul(1 - BETA1));
      const v = second[i]!.mul(BETA2).add(np.square(g).mul(1 - BETA2));
      m1.push(m.ref);
      m2.push(v.ref);
      moved.push(parameter.sub(m.mul(c1.ref).mul(RATE).div(np.sqrt(v).mul(c2.ref).add(EPSILON))));
    });
    for (const used of [scale, c1, c2]) used.dispose();
    return [value, moved, m1, m2];
  }) as unknown as Step;
}
