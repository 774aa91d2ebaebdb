import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/core/bytes.ts';
import { FILL_MODEL_NAMES } from '../../src/execution/fill-model.ts';
import type { TickBar } from '../../src/execution/fill-model.ts';
import { createLedger, ledgerCodec, markToMarket } from '../../src/execution/ledger.ts';
import {
  createPaperBroker,
  nextUniform,
  paperBrokerCodec,
  workBar,
} from '../../src/execution/paper-broker.ts';
import type { Fill } from '../../src/execution/paper-broker.ts';
import { send } from '../execution/order-fixture.ts';

const INITIAL = 100_000_000_000;
const TICK_VALUES = [137, 9001];
const BARS = 1500;

function copyOf<T>(codec: { write(w: ByteWriter, v: T): void; read(r: ByteReader): T }, value: T): T {
  const writer = new ByteWriter();
  codec.write(writer, value);
  return codec.read(new ByteReader(writer.copy()));
}

describe('random order streams', () => {
  for (const [index, model] of FILL_MODEL_NAMES.entries()) {
    const seed = 7001 + index;
    it(`conserve cash to the micro and positions to the lot: ${model}, seed ${seed}`, () => {
      const draw = { random: seed };
      const pick = (n: number): number => Math.floor(nextUniform(draw) * n);
      let broker = createPaperBroker(model, seed);
      let ledger = createLedger(
        INITIAL,
        TICK_VALUES.map((tickValueMicro) => ({ tickValueMicro, feeBps: 1.5 })),
      );
      const prices = [10_000, 4000];
      const fills: Fill[] = [];
      let tradeNet = 0;
      let sequence = 0;
      for (let t = 0; t < BARS; t++) {
        if (t % 500 === 250)
          [broker, ledger] = [copyOf(paperBrokerCodec, broker), copyOf(ledgerCodec, ledger)];
        for (let symbolIndex = 0; symbolIndex < 2; symbolIndex++) {
          const bar = randomBar(t, prices[symbolIndex] ?? 1, pick);
          const conditions = { halfSpreadBp: pick(5), sigmaBp: pick(40), noVolume: pick(4) === 0 };
          const report = workBar(broker, ledger, symbolIndex, bar, conditions);
          fills.push(...report.fills);
          for (const trade of report.trades) tradeNet += trade.netMicro;
          markToMarket(ledger, symbolIndex, bar.close, t * 300_000);
          prices[symbolIndex] = bar.close;
          checkIdentity(ledger, fills, seed, t);
          if (pick(3) === 0) {
            const kind = (['MARKET', 'LIMIT', 'TWAP'] as const)[pick(3)] ?? 'MARKET';
            send(broker, {
              id: `o${sequence++}`,
              symbolIndex,
              kind,
              role: pick(5) === 0 ? 'EXIT' : 'ENTRY',
              lots: (pick(2) === 0 ? 1 : -1) * (1 + pick(40)),
              limitTicks: kind === 'LIMIT' ? bar.close - 10 + pick(20) : 0,
              decisionTicks: bar.close,
              stopAwayTicks: pick(2) * (5 + pick(60)),
              targetAwayTicks: pick(2) * (5 + pick(90)),
              guardBp: pick(2) * 25,
              barsToLive: 1 + pick(6),
              slices: kind === 'TWAP' ? 1 + pick(4) : 1,
            });
          }
        }
      }
      expect(fills.length, `seed ${seed}`).toBeGreaterThan(300);
      expect(ledger.closedTrades).toBeGreaterThan(50);
      const open = ledger.positions.reduce((sum, p) => sum + p.tradeRealisedMicro - p.tradeFeesMicro, 0);
      expect(tradeNet + open, `seed ${seed}`).toBe(ledger.cashMicro - INITIAL);
    });
  }
});

function randomBar(t: number, before: number, pick: (n: number) => number): TickBar {
  const open = Math.max(500, before + pick(41) - 20);
  const close = Math.max(500, open + pick(41) - 20);
  return {
    tsMs: t * 300_000,
    open,
    high: Math.max(open, close) + pick(20),
    low: Math.min(open, close) - pick(20),
    close,
    volumeLots: pick(400),
  };
}

/**
 * Position = Σ fills and equity = cash paid and received + positions at their marks, in whole micro-quote.
 */
function checkIdentity(
  ledger: ReturnType<typeof createLedger>,
  fills: readonly Fill[],
  seed: number,
  t: number,
): void {
  const lots = [0, 0];
  let equity = BigInt(INITIAL);
  for (const fill of fills) {
    lots[fill.symbolIndex] = (lots[fill.symbolIndex] ?? 0) + fill.lots;
    const value = TICK_VALUES[fill.symbolIndex] ?? NaN;
    equity -= BigInt(fill.lots) * BigInt(fill.priceTicks) * BigInt(value) + BigInt(fill.feeMicro);
  }
  ledger.positions.forEach((position, i) => {
    if (position.lots !== lots[i])
      expect.fail(`seed ${seed} bar ${t}: ${position.lots} lots, fills say ${lots[i]}`);
    if (position.lots === 0 && position.costMicro !== 0)
      expect.fail(`seed ${seed} bar ${t}: a flat position has a cost`);
    equity += BigInt(position.lots) * BigInt(position.markTicks) * BigInt(position.tickValueMicro);
  });
  if (BigInt(ledger.equityMicro) !== equity)
    expect.fail(`seed ${seed} bar ${t}: ${ledger.equityMicro} is not ${equity}`);
}
