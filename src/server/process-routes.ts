// POST /api/strategic/process and POST /api/tactical/process.

import { Hono } from 'hono';
import type { Operation } from './app.ts';
import type { ServerHost } from './host.ts';
import type { Latencies } from './measure.ts';

/** Routes that answer for given bars; every request has an engine of its own. */
export function processRoutes(_host: ServerHost, _latencies: Latencies<Operation>): Hono {
  return new Hono();
}
