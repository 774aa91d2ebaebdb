// The app over real HTTP on Node: the answers of both endpoints, health, limits and headers.

import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { listingOf } from '../../src/data/listing.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { barEvents } from '../../src/data/events.ts';
import { REGIMES } from '../../src/signals/regime.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { createApp } from '../../src/server/app.ts';
import { createFileHost } from '../../src/server/files.ts';
import { mediaType } from '../../src/server/host.ts';
import { BODY_BYTES_MAX } from '../../src/server/request-body.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { post, wireBars } from './market.ts';
import type { WireBar } from './market.ts';

const BARS = 2_500;
let url = '';
let stop = (): void => undefined;
let bars: WireBar[] = [];

beforeAll(async () => {
  bars = await wireBars(BARS);
  const app = createApp(await createFileHost({ data: null, symbol: null }));
  url = await new Promise<string>((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info: AddressInfo) =>
      resolve(`http://127.0.0.1:${info.port}`),
    );
    stop = () => server.close();
  });
});

afterAll(() => stop());

interface Strategic {
  matrix_result: { rows: number; columns: string[]; complete: boolean; values: (number | null)[][] };
  uncertainty_score: number | null;
  confidence_score: number | null;
  confidence_level: string;
  uncertainty_level: string;
  regime_classification: string;
  vector_patterns: unknown[];
  processing_time: number;
  timestamp: string;
  tsMs: number;
}

const strategic = async (body: unknown): Promise<{ status: number; body: Strategic }> =>
  (await post(`${url}/api/strategic/process`, body)) as { status: number; body: Strategic };

test('gives the strategic matrix, regime and uncertainty of an engine that took the same bars', async () => {
  const { status, body } = await strategic({ market_data: { symbol: 'SIM', bars }, timeframe: '30min' });
  expect(status).toBe(200);
  const table = simulatedBars(await loadKernel(), 1, BARS);
  const engine = await openEngine({
    models: await shippedModels(),
    listings: [listingOf('SIM', table)],
    config: { patterns: 4_096 },
  });
  for (const event of barEvents(table)) engine.step(event);
  const arena = engine.core.arenas[0]!;
  arena.writeMatrices();
  const matrix = [...engine.core.kernel.f32(arena.strategicMatrix, 48 * 13)];
  expect(body.matrix_result.values.flat()).toEqual(matrix);
  expect(body.matrix_result).toMatchObject({ rows: 48, complete: true });
  expect(body.regime_classification).toBe(REGIMES[arena.regime().code]);
  expect(body.uncertainty_level).toBe(['LOW', 'MEDIUM', 'HIGH'][arena.uncertainty().level]);
  expect(body.confidence_level).toBe(['HIGH', 'MEDIUM', 'LOW'][arena.uncertainty().level]);
  expect(body.uncertainty_score! + body.confidence_score!).toBeCloseTo(1, 12);
  expect(body.vector_patterns.length).toBeGreaterThan(0);
  expect(body.processing_time).toBeGreaterThan(0);
  expect(new Date(body.timestamp).getTime()).toBe(body.tsMs);
});

test('takes columns and ISO stamps, and gives the columns that were asked for', async () => {
  const columns = {
    symbol: 'SIM',
    timestamp: bars.map((bar) => new Date(bar.timestamp).toISOString()),
    open: bars.map((bar) => bar.open),
    high: bars.map((bar) => bar.high),
    low: bars.map((bar) => bar.low),
    close: bars.map((bar) => bar.close),
    volume: bars.map((bar) => bar.volume),
  };
  const all = await strategic({ market_data: { symbol: 'SIM', bars } });
  const some = await strategic({ market_data: columns, features: ['rsi', 'price_change'] });
  expect(some.status).toBe(200);
  expect(some.body.matrix_result.columns).toEqual(['rsi', 'price_change']);
  expect(some.body.matrix_result.values).toEqual(
    all.body.matrix_result.values.map((row) => [row[4], row[0]]),
  );
});

test('says null, not zero, in warm-up', async () => {
  const { status, body } = await strategic({ market_data: { symbol: 'SIM', bars: bars.slice(0, 30) } });
  expect(status).toBe(200);
  expect(body.matrix_result.complete).toBe(false);
  // Five rows are closed; of their columns only the close's place in its bar needs no window.
  const known = body.matrix_result.values.map((row) =>
    row.flatMap((value, i) => (value === null ? [] : [i])),
  );
  expect(new Set(known.flat())).toEqual(new Set([7]));
  expect([body.uncertainty_score, body.confidence_score, body.uncertainty_level]).toEqual([
    null,
    null,
    'HIGH',
  ]);
});

test('asks the quorum, every voter, and the two policies', async () => {
  const agents = ['tactical', 'risk', 'execution', 'fvg', 'momentum', 'entry', 'strategic'];
  const { status, body } = (await post(`${url}/api/tactical/process`, {
    market_data: { symbol: 'SIM', bars },
    timeframe: '5min',
    agents,
  })) as { status: number; body: Record<string, Record<string, Record<string, unknown>>> };
  expect(status).toBe(200);
  const actions = body['agent_actions']!;
  expect(Object.keys(actions)).toEqual(agents);
  for (const id of agents.slice(3)) {
    const { SHORT, HOLD, LONG } = actions[id]!['probabilities'] as Record<string, number>;
    expect(SHORT! + HOLD! + LONG!).toBeCloseTo(1, 9);
  }
  expect(actions['risk']).toMatchObject({ trained: true, source: 'model, then the gate' });
  expect(actions['execution']).toMatchObject({ trained: true, source: 'model' });
  expect(body['performance_metrics']).toMatchObject({ bars: BARS });
  expect(body['model_exports']).toHaveLength(6);
  expect(body['indicators']!['rsi_14']).toBeGreaterThan(0);
});

test.each([
  ['a low above the close', (bar: WireBar) => ({ ...bar, low: bar.high + 1 }), 'market_data.bars[9].low'],
  ['text for a number', (bar: WireBar) => ({ ...bar, close: 'x' }), 'market_data.bars[9].close'],
  ['a stamp off the grid', (bar: WireBar) => ({ ...bar, timestamp: 17 }), 'market_data.bars[9].timestamp'],
])('refuses %s and names the field', async (_, damage, field) => {
  const damaged = bars.slice(0, 20).map((bar, i) => (i === 9 ? damage(bar) : bar));
  const { status, body } = await post(`${url}/api/strategic/process`, {
    market_data: { symbol: 'SIM', bars: damaged },
  });
  expect(status).toBe(422);
  expect(body).toMatchObject({ error: { code: 'STRATEGIC_INVALID', field } });
});

test('refuses unknown agents, bad JSON, other media types and too many bars', async () => {
  const tactical = `${url}/api/tactical/process`;
  const market_data = { symbol: 'SIM', bars: bars.slice(0, 2) };
  expect(await post(tactical, { market_data, agents: ['oracle'] })).toMatchObject({
    status: 422,
    body: { error: { field: 'agents[0]', value: 'oracle' } },
  });
  expect(await post(tactical, '{')).toMatchObject({ status: 400 });
  const text = await fetch(tactical, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{}',
  });
  expect(text.status).toBe(415);
  const close = new Array<number>(20_001).fill(1);
  const many = { symbol: 'SIM', timestamp: close, open: close, high: close, low: close, close };
  expect(await post(tactical, { market_data: many })).toMatchObject({ status: 422 });
});

test('stops reading a body over the limit, with no length announced', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = httpRequest(
      `${url}/api/strategic/process`,
      { method: 'POST', headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' } },
      (response) => resolve(response.statusCode),
    );
    sent.on('error', reject);
    for (let i = 0; i * 65_536 <= BODY_BYTES_MAX; i++) sent.write(Buffer.alloc(65_536, 32));
    sent.write('   ');
    sent.end();
  });
  expect(status).toBe(413);
});

test('reports measured health, and sets the security headers on errors too', async () => {
  const health = (await (await fetch(`${url}/health`)).json()) as Record<string, never>;
  expect(health).toMatchObject({ status: 'healthy', evaluator: 'reference' });
  expect(health['performance']).toMatchObject({ tactical: { count: expect.any(Number) as number } });
  for (const path of ['/health/live', '/healthz', '/health/ready'])
    expect((await fetch(url + path)).status).toBe(200);
  const missing = await fetch(`${url}/../../package.json`);
  expect(missing.status).toBe(404);
  expect(missing.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(missing.headers.get('x-content-type-options')).toBe('nosniff');
});

test('keeps the query on the way to the benchmarks', async () => {
  const { status, headers } = await fetch(`${url}/bench?size=quick`, { redirect: 'manual' });
  expect([status, headers.get('location')]).toEqual([308, './bench/?size=quick']);
});

test('answers an unknown path with a page for a browser and JSON for everybody else', async () => {
  const built = await createFileHost({ data: null, symbol: null });
  const page = { bytes: new Uint8Array(readFileSync('public/404.html')), type: mediaType('404.html') };
  const app = createApp({ ...built, asset: async (path) => (path === '404.html' ? page : null) });
  const ask = async (accept: string) => await app.request('/no/such/page', { headers: { accept } });
  const browser = await ask('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8');
  expect([browser.status, browser.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  expect(browser.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await browser.text()).toContain('<a href="/">Terminal</a>');
  for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.5']) {
    const client = await ask(accept);
    expect([client.status, client.headers.get('vary')], accept).toEqual([404, 'Accept']);
    expect(await client.json()).toEqual({
      error: { code: 'INTEGRATION_NOT_FOUND', message: 'Cannot find /no/such/page' },
    });
  }
});
