// The engine's own market: its fills are the paper broker's, its features know nothing of what follows, and
// the same seed gives the same weights.

import { beforeEach, describe, expect, it } from 'vitest';
import { simulatedBars } from '../../src/data/market-generator.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { listingOf } from '../../src/data/listing.ts';
import { createLedger, markToMarket, positionOf } from '../../src/execution/ledger.ts';
import type { Ledger } from '../../src/execution/ledger.ts';
import { cancelOrders } from '../../src/execution/orders.ts';
import { createPaperBroker, nextUniform, workBar } from '../../src/execution/paper-broker.ts';
import type { Fill, PaperBroker } from '../../src/execution/paper-broker.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { ENGINE_ACCOUNT, EngineMarket, lotsOf, RISK_BUDGET } from '../../src/training/engine-market.ts';
import { ENGINE_FEATURES, joinTapes, recordEngineTape } from '../../src/training/engine-tape.ts';
import type { EngineTape } from '../../src/training/engine-tape.ts';
import { splitTape } from '../../src/training/engine-trial.ts';
import { ACTIONS } from '../../src/training/market.ts';
import { gateProduct, rewardOf, utilityOf } from '../../src/training/reward.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import { send } from '../execution/order-fixture.ts';

const BARS = 3000;
const SEED = 11;
const MICRO = 1_000_000;

async function record(table: BarTable): Promise<EngineTape> {
  return recordEngineTape(await shippedModels(), listingOf('SIM', table), table);
}

let table: BarTable;
let tape: EngineTape;
beforeEach(async () => {
  table = simulatedBars(await loadKernel(), SEED, BARS, { jumpsPerDay: 20 });
  tape = await record(table);
});

/** The account and orders of one path, in the real broker and ledger. */
interface Desk {
  readonly broker: PaperBroker;
  readonly ledger: Ledger;
  readonly lots: number;
}

/** What the broker did with one joint action over the bars of a decision. */
function realStep(desk: Desk, decision: number, seed: number, actions: readonly number[]) {
  const { broker, ledger } = desk;
  const [direction = 0, size = 0, style = 0] = actions;
  const from = tape.decisions[decision]! + 1;
  const to = tape.decisions[decision + 1]!;
  const price = (bar: number, column: number): number => tape.prices[4 * bar + column]!;
  const close = price(from - 1, 3);
  const half = (close * tape.conditions[2 * from]!) / 10_000;
  const held = positionOf(ledger, 0).lots;
  const lots = Math.round((desk.lots * ((direction - 2) * 0.5) * size) / 4) - held;
  const touch = lots > 0 ? Math.floor(close - half) : Math.ceil(close + half);
  const shared = { id: `d${decision}`, lots, decisionTicks: close, barsToLive: 6 };
  broker.random = seed >>> 0;
  if (style !== 0 && lots !== 0) {
    const limit = { kind: 'LIMIT', limitTicks: style === 2 ? touch : close } as const;
    const order = style === 1 ? {} : style === 4 ? ({ kind: 'TWAP', slices: 3 } as const) : limit;
    expect(send(broker, { ...shared, ...order })).toBe('accepted');
  }
  const equity = ledger.equityMicro;
  const fills: Fill[] = [];
  for (let bar = from; bar <= to; bar++) {
    const [open, high, low, last] = [0, 1, 2, 3].map((column) => price(bar, column)) as [
      number,
      number,
      number,
      number,
    ];
    const tick = { tsMs: bar, open, high, low, close: last, volumeLots: tape.volumes[bar]! };
    const conditions = {
      halfSpreadBp: tape.conditions[2 * bar]!,
      sigmaBp: tape.conditions[2 * bar + 1]!,
      noVolume: tape.noVolume,
    };
    fills.push(...workBar(broker, ledger, 0, tick, conditions).fills);
    markToMarket(ledger, 0, last, bar);
  }
  cancelOrders(broker.book, () => true, 'REPLACED');
  return { net: ledger.equityMicro - equity, held, after: positionOf(ledger, 0).lots, fills };
}

/** The gates as the environment reads them from the fills of one step. */
function realGates(
  desk: Desk,
  decision: number,
  { held, after, fills }: ReturnType<typeof realStep>,
): number {
  let [opened, slippage, position] = [0, 0, held];
  for (const { lots, slippageBp } of fills) {
    const grown = Math.max(0, Math.abs(lots) - (position * lots < 0 ? Math.abs(position) : 0));
    position += lots;
    opened += grown;
    slippage += Math.max(0, slippageBp) * grown;
  }
  const side = Math.sign(fills[0]?.lots ?? 0);
  const against = (lean: number): boolean => opened > 0 && lean === -side;
  const clip = (value: number): number => Math.max(0, Math.min(1, value));
  return gateProduct({
    strategicGate: against(tape.leans[2 * decision]!) ? 0 : 1,
    synergyAmplifier: against(tape.leans[2 * decision + 1]!) ? 0 : 1,
    executionMultiplier: opened > 0 ? clip(2 * (1 - slippage / opened / 25)) : 1,
    riskHeadroom: clip(2 * (1 - (Math.abs(after) / desk.lots) * ENGINE_ACCOUNT.exposure)),
  });
}

describe('fills of the engine market', () => {
  it.each([
    ['with', 1000],
    ['without', 0],
  ])('are those of the paper broker %s volume, and its reward is the reward', async (_, volume) => {
    if (volume === 0) tape = await record(simulatedBars(await loadKernel(), SEED, BARS, { volume }));
    expect(tape.noVolume).toBe(volume === 0);
    const kernel = await loadTraining();
    const [paths, steps] = [48, 24];
    const market = new EngineMarket(kernel, tape, { paths, stepsMax: steps, seed: 5 });
    market.advance(steps);
    const stream = { random: 77 };
    const floats = (): number => kernel.alloc(4 * paths);
    const [first, second, third, positions, after, rewards] = [0, 0, 0, 0, 0, 0].map(floats) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const desks = Array.from({ length: paths }, (_, path): Desk => ({
      broker: createPaperBroker('pessimistic', 0),
      ledger: createLedger(ENGINE_ACCOUNT.equity * MICRO, [
        { tickValueMicro: tape.tickMicro, feeBps: tape.feePpm / 100 },
      ]),
      lots: lotsOf(tape, market.decisionOf(path)),
    }));
    const counts = { fills: 0, gated: 0 };
    for (let step = 0; step < steps; step++) {
      for (const at of [first, second, third]) {
        kernel.i32(at, paths).forEach((_, i, all) => (all[i] = Math.floor(ACTIONS * nextUniform(stream))));
      }
      market.play(step, { agents: 3, first, second, third }, positions, after, rewards);
      desks.forEach((desk, path) => {
        const decision = market.decisionOf(path) + step;
        const actions = [first, second, third].map((at) => kernel.i32(at, paths)[path]!);
        const real = realStep(desk, decision, market.seedOf(path) + step, actions);
        counts.fills += real.fills.length;
        const place = `path ${path}, step ${step}, actions ${actions.join(' ')}`;
        expect(Math.round(kernel.f32(after, paths)[path]! * desk.lots), place).toBe(real.after);
        const x = kernel.f64(market.net, paths)[path]!;
        const net = x * RISK_BUDGET * ENGINE_ACCOUNT.equity * MICRO;
        expect(Math.abs(net - real.net), place).toBeLessThanOrEqual(2);
        const q = realGates(desk, decision, real);
        if (q < 1) counts.gated++;
        const reward = rewardOf(utilityOf(x, ENGINE_ACCOUNT.bound, kernel.raw.tanh), q);
        expect(Math.abs(kernel.f32(rewards, paths)[path]! - reward), place).toBeLessThanOrEqual(1e-7);
      });
      kernel.f32(positions, paths).set(kernel.f32(after, paths));
    }
    expect(counts.fills).toBeGreaterThan(500);
    expect(counts.gated).toBeGreaterThan(20);
  });

  it('give the worth of an action that was played the reward it earned', async () => {
    const kernel = await loadTraining();
    const [paths, nodes] = [32, 5];
    const market = new EngineMarket(kernel, tape, { paths, stepsMax: 4, seed: 6 });
    market.advance(4);
    const floats = (count: number): number => kernel.alloc(4 * count);
    const [first, second, third, positions, after, rewards] = Array.from({ length: 6 }, () =>
      floats(paths),
    ) as [number, number, number, number, number, number];
    const [next, out] = [floats(paths * nodes), floats(paths * ACTIONS)];
    kernel.i32(first, paths).forEach((_, i, all) => (all[i] = i % ACTIONS));
    kernel.i32(second, paths).fill(4);
    kernel.f32(positions, paths).forEach((_, i, all) => (all[i] = ((i % 3) - 1) / 2));
    const joint = { agents: 3, first, second, third };
    const request = { step: 2, joint, positions, repeat: 1, rows: paths, next, nodes, gamma: 0.99, out };
    market.worths({ ...request, returns: market.returns + 2 * paths * 4 });
    for (let style = 0; style < ACTIONS; style++) {
      kernel.i32(third, paths).fill(style);
      market.play(2, joint, positions, after, rewards);
      for (let path = 0; path < paths; path++) {
        expect(kernel.f32(out, paths * ACTIONS)[path * ACTIONS + style]).toBe(
          kernel.f32(rewards, paths)[path],
        );
      }
    }
  });
});

describe('features of a tape', () => {
  it('are the same bits when the bars after them are others', async () => {
    const cut = 2600;
    const other = simulatedBars(await loadKernel(), SEED + 1, BARS);
    const spliced: BarTable = { ...table };
    for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) {
      const values = table[column].slice();
      values.set(other[column].subarray(cut), cut);
      Object.assign(spliced, { [column]: values });
    }
    const changed = await record(spliced);
    const known = tape.decisions.findIndex((bar) => bar >= cut);
    expect(known).toBeGreaterThan(100);
    const width = ENGINE_FEATURES.length;
    const bits = (features: Float32Array): Uint32Array =>
      new Uint32Array(features.slice(0, known * width).buffer);
    expect(bits(changed.features)).toEqual(bits(tape.features));
    expect(changed.leans.slice(0, 2 * known)).toEqual(tape.leans.slice(0, 2 * known));
    expect(changed.features.slice(known * width)).not.toEqual(tape.features.slice(known * width));
    expect(tape.features.every(Number.isFinite)).toBe(true);
  });

  it('are split so that no training looks into what it is judged on', () => {
    const horizon = 16;
    const { train, held } = splitTape(tape, horizon);
    const [last, first] = [train.segments.at(-1)!.to - 1, held.segments[0]!.from];
    // the last return that is trained on ends at `last`; 48 rows of the first held-out matrix lie behind it
    expect(first - last).toBeGreaterThan(horizon + 48);
    expect(first / tape.decisions.length).toBeCloseTo(0.7, 2);
    expect(held.segments.at(-1)!.to).toBe(tape.decisions.length);
  });

  it('begin after the warm-up, and paths stay within what was recorded together', async () => {
    expect(tape.decisions[0]).toBeGreaterThan(1200);
    const joined = joinTapes([tape, tape]);
    expect(joined.segments).toHaveLength(2 * tape.segments.length);
    const market = new EngineMarket(await loadTraining(), joined, { paths: 500, stepsMax: 16, seed: 1 });
    market.advance(16);
    for (let path = 0; path < 500; path++) {
      const at = market.decisionOf(path);
      expect(joined.segments.some(({ from, to }) => at >= from && at + 16 < to)).toBe(true);
    }
    expect(() => new EngineMarket(market.kernel, tape, { paths: 1, stepsMax: 1000, seed: 1 })).toThrow(
      'no run of 1001',
    );
  });
});
