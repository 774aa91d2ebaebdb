// POST /api/strategic/process and POST /api/tactical/process: pure functions of the bars they are given.

import { Hono } from 'hono';
import type { Operation } from './app.ts';
import type { ServerHost } from './host.ts';
import type { Latencies } from './measure.ts';
import { playBars } from './play.ts';
import { readBody, RequestError } from './request-body.ts';
import { strategicAnswer } from './strategic.ts';
import { tacticalAnswer } from './tactical.ts';
import { strategicSchema, tacticalSchema } from './wire.ts';

/** Requests answered or waiting at one time; one more is told to come again. */
const WAITING_MAX = 16;

/** Routes that answer for given bars; every request has an engine of its own. */
export function processRoutes(host: ServerHost, latencies: Latencies<Operation>): Hono {
  const app = new Hono();
  let waiting = 0;
  /** Adds the times, and measures what the request took from its first byte. */
  const timed = async (operation: Operation, answer: () => Promise<object>): Promise<object> => {
    if (waiting >= WAITING_MAX) {
      const message = `Cannot process now: ${waiting} requests are waiting`;
      throw new RequestError(503, `${operation.toUpperCase()}_BUSY`, message);
    }
    waiting++;
    const started = host.clock();
    try {
      const body = await answer();
      const seconds = (host.clock() - started) / 1000;
      latencies.add(operation, seconds);
      const tsMs = host.now();
      return { ...body, processing_time: seconds, timestamp: new Date(tsMs).toISOString(), tsMs };
    } finally {
      waiting--;
    }
  };
  app.post('/api/strategic/process', async (context) => {
    const answer = await timed('strategic', async () => {
      const request = await readBody(context.req.raw, strategicSchema, 'STRATEGIC');
      return strategicAnswer(await playBars(host, request.market_data, 'STRATEGIC'), request.features);
    });
    return context.json(answer);
  });
  app.post('/api/tactical/process', async (context) => {
    const answer = await timed('tactical', async () => {
      const request = await readBody(context.req.raw, tacticalSchema, 'TACTICAL');
      return tacticalAnswer(host, await playBars(host, request.market_data, 'TACTICAL'), request.agents);
    });
    return context.json(answer);
  });
  return app;
}
