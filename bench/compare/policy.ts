// The large policy (102,405 parameters) beside ONNX Runtime: native on Node and WebAssembly, one thread each.

import * as web from 'onnxruntime-web';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { compileReference } from '../../src/agents/reference-evaluator.ts';
import type { ReferenceModel } from '../../src/agents/reference-evaluator.ts';
import { compileInt8 } from '../../src/backtest/int8-policy.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import {
  largePolicy,
  POLICY_INPUTS,
  POLICY_OUTPUTS,
  seededNumbers,
} from '../../test/fixtures/large-policy.ts';
import { peer } from '../lib/peers.ts';
import { quantile, timeRounds } from '../lib/rounds.ts';
import type { CompareRow, Contestant } from '../lib/rounds.ts';

interface Session {
  readonly name: string;
  run(): Promise<Float32Array>;
}

const TOLERANCE = 1e-5;
/** Short rounds and many of them, so that a busy machine disturbs few. */
const ROUNDS = 301;
const SINGLE_RUNS = 20_000;
/** Long blocks: after another's turn the first calls find cold caches, four of them are 1 % of 400. */
const SINGLE_BLOCK = 2_000;
/** Largest |Δ| of a probability with 8-bit weights. */
const INT8_TOLERANCE = 0.01;

type Ort = typeof web;

/** Ours: features in, probabilities out, both copied, as a caller outside the kernel would. */
function ours(
  model: ReferenceModel,
  kernel: { f32(at: number, count: number): Float32Array },
  x: Float32Array,
) {
  const input = kernel.f32(model.inputAddress, model.inputCount);
  const out = new Float32Array(model.outputCount);
  return () => {
    input.set(x);
    out.set(model.run(model.inputAddress));
    return out;
  };
}

async function session(
  name: string,
  ort: Ort,
  file: Uint8Array,
  x: Float32Array,
  rows: number,
): Promise<Session> {
  const opened = await ort.InferenceSession.create(file, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = { x: new ort.Tensor('float32', x, [rows, POLICY_INPUTS]) };
  const wanted = ['probabilities'];
  return {
    name,
    run: async () => (await opened.run(feeds, wanted))['probabilities']!.data as Float32Array,
  };
}

/** The 99th percentile of single calls of each, in blocks that take turns, so that a busy moment hits all. */
async function singleTails(runs: readonly (() => unknown)[]): Promise<number[]> {
  const times = runs.map(() => new Float64Array(SINGLE_RUNS));
  for (let from = -SINGLE_BLOCK; from < SINGLE_RUNS; from += SINGLE_BLOCK) {
    for (const [k, run] of runs.entries()) {
      for (let i = from; i < from + SINGLE_BLOCK; i++) {
        const started = process.hrtime.bigint();
        const pending = run();
        if (pending instanceof Promise) await pending;
        if (i >= 0) times[k]![i] = Number(process.hrtime.bigint() - started);
      }
    }
  }
  return times.map((list) => quantile(list, 0.99));
}

/** 8-bit weights beside ONNX Runtime: an approximation, so another row. */
async function int8Row(file: Uint8Array, x: Float32Array, theirs: Session): Promise<CompareRow> {
  const policy = compileInt8(await loadAnalysis(), readOnnx(file));
  const out = new Float32Array(POLICY_OUTPUTS);
  const run = (): Float32Array => {
    out.set(policy.run(x));
    return out;
  };
  const contestants: Contestant[] = [
    {
      name: 'ours',
      run(count) {
        for (let i = 0; i < count; i++) run();
      },
    },
    {
      name: theirs.name,
      async run(count) {
        for (let i = 0; i < count; i++) await theirs.run();
      },
    },
  ];
  const [ours, other] = await timeRounds(contestants, [32, 32], ROUNDS);
  const expected = await theirs.run();
  return {
    name: `policy 102405 batch 1, 8-bit weights (within ${INT8_TOLERANCE})`,
    n: 1,
    ours: ours!.ns,
    peer: other!.ns,
    peerName: theirs.name,
    ratio: other!.ratio,
    checked: run().every((p, i) => Math.abs(p - expected[i]!) <= INT8_TOLERANCE),
  };
}

/** Rows for batches of 1 and 64. */
export async function rows(): Promise<CompareRow[]> {
  web.env.wasm.numThreads = 1;
  const kernel = await loadKernel();
  const file = largePolicy(1);
  const model = readOnnx(file);
  const native = peer('onnxruntime-node') as Ort | null;
  const result: CompareRow[] = [];
  for (const n of [1, 64]) {
    const next = seededNumbers(n);
    const x = Float32Array.from({ length: n * POLICY_INPUTS }, next);
    const run = ours(compileReference(kernel, model, n), kernel, x);
    const sessions = [await session('onnxruntime-web', web, file, x, n)];
    if (native) sessions.unshift(await session('onnxruntime-node', native, file, x, n));
    const calls = n === 1 ? 32 : 1;
    const contestants: Contestant[] = [
      {
        name: 'ours',
        run(count) {
          for (let i = 0; i < count; i++) run();
        },
      },
      ...sessions.map((one) => ({
        name: one.name,
        async run(count: number) {
          for (let i = 0; i < count; i++) await one.run();
        },
      })),
    ];
    const timings = await timeRounds(
      contestants,
      contestants.map(() => calls),
      ROUNDS,
    );
    const [single = NaN, ...tails] =
      n === 1 ? await singleTails([run, ...sessions.map((one) => one.run)]) : [];
    for (const [i, one] of sessions.entries()) {
      const theirs = await one.run();
      const mine = run();
      let worst = 0;
      for (let j = 0; j < n * POLICY_OUTPUTS; j++) worst = Math.max(worst, Math.abs(mine[j]! - theirs[j]!));
      const checked = worst <= TOLERANCE;
      const timing = timings[i + 1]!;
      const facts = { n, peerName: one.name, checked };
      result.push({
        ...facts,
        name: `policy 102405 batch ${n}`,
        ours: timings[0]!.ns,
        peer: timing.ns,
        ratio: timing.ratio,
      });
      if (n > 1) continue;
      const p99 = tails[i] ?? NaN;
      result.push({
        ...facts,
        name: 'policy 102405 batch 1 p99',
        ours: single,
        peer: p99,
        ratio: p99 / single,
      });
      if (one.name === 'onnxruntime-node') result.push(await int8Row(file, x, one));
    }
  }
  return result;
}
