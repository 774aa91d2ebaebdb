// The requests of both endpoints, as schemas, and their bars as engine events.

import * as z from 'zod';
import { VOTERS } from '../agents/roster.ts';
import type { BarEvent } from '../engine/events.ts';
import { SYMBOL_MAX } from '../market/instrument.ts';
import { STRATEGIC_COLUMN_NAMES } from '../signals/matrix.ts';

/** Most 5m bars of one request. */
export const BARS_MAX = 20_000;

const stamp = z.union([z.number(), z.iso.datetime({ offset: true })]);
const barSchema = z.strictObject({
  timestamp: stamp,
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number().optional(),
});
const column = z.array(z.number()).min(1).max(BARS_MAX);
const symbolSchema = z
  .string()
  .max(SYMBOL_MAX)
  .regex(/^[\x21-\x7e]+$/, 'not printable characters without spaces');

/** Bars as rows, or as columns of equal length; 5m, oldest first, stamped with their open time. */
const marketSchema = z
  .strictObject({
    symbol: symbolSchema,
    bars: z.array(barSchema).min(1).max(BARS_MAX).optional(),
    timestamp: z.array(stamp).min(1).max(BARS_MAX).optional(),
    open: column.optional(),
    high: column.optional(),
    low: column.optional(),
    close: column.optional(),
    volume: column.optional(),
  })
  .superRefine((market, context) => {
    const { timestamp, open, high, low, close, volume } = market;
    const refuse = (message: string, ...path: string[]): void =>
      context.addIssue({ code: 'custom', message, path });
    const required = { timestamp, open, high, low, close };
    const given = Object.values({ ...required, volume }).some((values) => values !== undefined);
    if (market.bars !== undefined) {
      if (given) refuse('bars and columns cannot both be given');
      return;
    }
    for (const [name, values] of Object.entries({ ...required, volume })) {
      if (values === undefined && name !== 'volume') refuse('is missing, and there are no bars', name);
      else if (values !== undefined && values.length !== timestamp?.length) {
        refuse(`${values.length} values beside ${timestamp?.length ?? 0} timestamps`, name);
      }
    }
  });

/** POST /api/strategic/process. */
export const strategicSchema = z.strictObject({
  market_data: marketSchema,
  timeframe: z.literal('30min').default('30min'),
  features: z.array(z.enum(STRATEGIC_COLUMN_NAMES)).min(1).max(STRATEGIC_COLUMN_NAMES.length).optional(),
});

/** Agents that may be asked: the quorum, the two deterministic ones, each voter. */
export const AGENTS = ['tactical', 'risk', 'execution', ...VOTERS.map((voter) => voter.id)] as const;

/** POST /api/tactical/process. */
export const tacticalSchema = z.strictObject({
  market_data: marketSchema,
  timeframe: z.literal('5min').default('5min'),
  agents: z.array(z.enum(AGENTS)).min(1).max(AGENTS.length).default(['tactical', 'risk', 'execution']),
});

export type StrategicRequest = z.output<typeof strategicSchema>;
export type TacticalRequest = z.output<typeof tacticalSchema>;
export type MarketData = StrategicRequest['market_data'];

/** The request's bars as events, and whether it has volume. */
export function eventsOf(market: MarketData): { events: BarEvent[]; noVolume: boolean } {
  const events: BarEvent[] = [];
  const push = (
    timestamp: number | string,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number | undefined,
  ): void => {
    const tsMs = typeof timestamp === 'number' ? timestamp : Date.parse(timestamp);
    events.push({ kind: 'bar', symbol: 0, tsMs, open, high, low, close, volume: volume ?? 0 });
  };
  const { bars, timestamp, open, high, low, close, volume } = market;
  for (const bar of bars ?? []) push(bar.timestamp, bar.open, bar.high, bar.low, bar.close, bar.volume);
  timestamp?.forEach((stampAt, i) => {
    push(stampAt, open?.[i] ?? 0, high?.[i] ?? 0, low?.[i] ?? 0, close?.[i] ?? 0, volume?.[i]);
  });
  return { events, noVolume: events.every((event) => event.volume === 0) };
}
