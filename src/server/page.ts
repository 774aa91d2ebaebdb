// Serves the page: its files by name, and what it should play.

import { Hono } from 'hono';
import type { ServerHost } from './host.ts';

/** Routes of the page. */
export function pageRoutes(host: ServerHost): Hono {
  const app = new Hono();
  const { market, asset } = host;
  if (market) {
    app.get('/session.json', (context) =>
      context.json({ kind: 'file', name: market.name, symbol: market.symbol, url: './session/market' }),
    );
    app.get('/session/market', (context) =>
      context.body(Uint8Array.from(market.bytes), 200, {
        'Content-Type': 'application/octet-stream',
        'Cache-Control': 'no-store',
      }),
    );
  }
  app.get('/bench', (context) => context.redirect(`./bench/${new URL(context.req.url).search}`, 308));
  app.get('*', async (context) => {
    const name = context.req.path.slice(1);
    const path = name === '' || name.endsWith('/') ? `${name}index.html` : name;
    const found = await asset?.(path);
    if (!found) return context.notFound();
    const cache = path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return context.body(Uint8Array.from(found.bytes), 200, {
      'Content-Type': found.type,
      'Cache-Control': cache,
    });
  });
  return app;
}
