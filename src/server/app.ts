// The app of every host: the page, health, and the strategic and tactical answers on the same engine.

import { Hono } from 'hono';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { ENGINE_VERSION } from '../engine/version.ts';
import { processRoutes } from './process-routes.ts';
import { RequestError } from './request-body.ts';
import { securityHeaders } from './headers.ts';
import type { ServerHost } from './host.ts';
import { Latencies } from './measure.ts';
import { pageRoutes } from './page.ts';

/** Operations whose latency is measured. */
export type Operation = 'strategic' | 'tactical';

/**
 * Makes the app.
 *
 * @param host  what the machine provides; nothing is read before the first request
 */
export function createApp(host: ServerHost): Hono {
  const app = new Hono();
  const startedMs = host.clock();
  const latencies = new Latencies<Operation>();
  app.use(securityHeaders);
  app.onError((error, context) => {
    if (error instanceof RequestError) return context.json({ error: error.body }, error.status);
    return context.json(
      { error: { code: 'INTEGRATION_FAILURE', message: 'Cannot answer this request' } },
      500,
    );
  });
  app.notFound((context) => notFound(context, host));
  app.get('/health/live', (context) => context.json({ status: 'live' }));
  app.get('/healthz', (context) => context.json({ status: 'live' }));
  app.get('/health/ready', async (context) => {
    await host.kernelModule();
    return context.json({ status: 'ready' });
  });
  app.get('/health', (context) =>
    context.json({
      status: 'healthy',
      engine: { version: ENGINE_VERSION, kernel: host.kernelHash },
      evaluator: 'reference',
      models: Object.keys(host.models),
      uptime_seconds: (host.clock() - startedMs) / 1000,
      performance: { strategic: latencies.of('strategic'), tactical: latencies.of('tactical') },
      timestamp: new Date(host.now()).toISOString(),
    }),
  );
  app.route('/', processRoutes(host, latencies));
  app.route('/', pageRoutes(host));
  return app;
}

/** A page for who prefers one and a host that has it, JSON for everybody else. */
async function notFound(context: Context, host: ServerHost): Promise<Response> {
  const supports = ['application/json', 'text/html'];
  const wanted = accepts(context, { header: 'Accept', supports, default: 'application/json' });
  const page = wanted === 'text/html' ? await host.asset?.('404.html') : null;
  context.header('Vary', 'Accept');
  if (page) return context.body(Uint8Array.from(page.bytes), 404, { 'Content-Type': page.type });
  const message = `Cannot find ${context.req.path}`;
  return context.json({ error: { code: 'INTEGRATION_NOT_FOUND', message } }, 404);
}
