// The thirty-minute rows of a file with the bar at which each becomes known.

import { closeBefore, createAggregator, pushChild } from '../market/aggregate.ts';
import type { ClosedBar } from '../market/aggregate.ts';
import type { Session } from '../market/session.ts';
import type { Bars } from './experiment.ts';

/** Rows in order. */
export interface Rows {
  /** 5m bar after which the row is known. */
  readonly bar: Int32Array;
  readonly close: Float64Array;
}

/** Aggregates as the engine does: a row whose last child is missing is known one bar later. */
export function rowsOf(bars: Bars, session: Session): Rows {
  const aggregator = createAggregator();
  const known: number[] = [];
  const closes: number[] = [];
  for (let i = 0; i < bars.rows; i++) {
    const bar = {
      tsMs: bars.tsMs[i] as number,
      open: bars.open[i] as number,
      high: bars.high[i] as number,
      low: bars.low[i] as number,
      close: bars.close[i] as number,
      volume: bars.volume[i] as number,
    };
    const take = (closed: ClosedBar | null): void => {
      if (!closed?.makesRow) return;
      known.push(i);
      closes.push(closed.close);
    };
    take(closeBefore(aggregator, bar.tsMs));
    take(pushChild(aggregator, session, bar));
  }
  return { bar: Int32Array.from(known), close: Float64Array.from(closes) };
}
