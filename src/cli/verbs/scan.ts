// gm scan: one new bar of many symbols at once: matrices, regime, four votes and a verdict for each.

import { WARMUP_BARS } from '../../backtest/market-scan.ts';
import type { ScanSource, ScanTable } from '../../backtest/market-scan.ts';
import { openPooledScan } from '../../backtest/pooled-scan.ts';
import { readRow } from '../../backtest/scan-row.ts';
import type { ScanRow } from '../../backtest/scan-row.ts';
import { WORKERS_MAX, WorkerPool } from '../../core/worker-pool.ts';
import { toHex } from '../../core/bytes.ts';
import { GrandModelError } from '../../core/errors.ts';
import { DIRECTION_NAMES } from '../../core/units.ts';
import { listingOf } from '../../data/listing.ts';
import { shippedModels } from '../../runtime/shipped-models.ts';
import { REGIMES } from '../../signals/regime.ts';
import { UNCERTAINTY_LEVELS } from '../../signals/uncertainty.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { readMarket, symbolOf } from '../files.ts';
import { startThread } from '../node-pool.ts';
import { Progress } from '../progress.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Arguments, Output, Verb } from '../verb.ts';

/** Verdicts printed for people. */
const SHOWN = 10;

export const scanVerb: Verb = {
  name: 'scan',
  summary: 'one new bar of many symbols: matrices, regime, four votes, a verdict for each',
  usage: '',
  options: {
    symbols: { metavar: 'N', fallback: '1000', help: 'simulated symbols, each a market of its own' },
    'bars-warmup': {
      metavar: 'N',
      fallback: String(WARMUP_BARS),
      help: 'bars each symbol has seen before; not timed',
    },
    seed: { metavar: 'N', fallback: '1', help: 'seed of the simulated markets' },
    data: { metavar: 'FILE', many: true, help: 'scan these files; the last bar of each is the new one' },
    workers: { metavar: 'N', fallback: '1', help: 'threads; the result is the same whatever their number' },
    rows: { help: 'with --json: one line per symbol before the summary' },
  },
  examples: [
    'scan --symbols 10000 --workers 2',
    'scan --symbols 200 --seed 7 --json',
    'scan --data nq.csv.gz --data es.csv.gz',
  ],
  async run(args, output) {
    const { source, names } = await sourceOf(args);
    const pool = new WorkerPool(startThread, args.number('workers', 1, WORKERS_MAX) ?? 1, output.signal);
    try {
      const progress = new Progress(output, 'symbols warmed up');
      const total = source.kind === 'simulated' ? source.to : source.tables.length;
      const scan = await openPooledScan(pool, source, await shippedModels(), undefined, (symbols) =>
        progress.report(symbols, total),
      );
      const startedMs = performance.now();
      const { values, symbols } = await scan.step();
      const wallMs = performance.now() - startedMs;
      const kernel = await loadKernel();
      const rows = Array.from({ length: symbols }, (_, i) => readRow(values, i));
      const result = {
        symbols,
        simulated: source.kind === 'simulated',
        workers: pool.size,
        ...countsOf(rows),
        resultHash: toHex(kernel.sha256(new Uint8Array(values.buffer))),
        wallMs: Math.round(wallMs * 100) / 100,
        symbolsPerSecond: Math.round(symbols / (wallMs / 1000)),
      };
      if (!args.flag('json')) print(result, rows, names, output);
      else {
        if (args.flag('rows')) {
          rows.forEach((row, i) => output.print(JSON.stringify({ symbol: names(i), ...row })));
        }
        output.print(JSON.stringify(result));
      }
      return EXIT_OK;
    } catch (cause) {
      if (!(cause instanceof GrandModelError && cause.code === 'STOPPED')) throw cause;
      output.note('stopped before the scan');
      return EXIT_FOUND_WRONG;
    } finally {
      pool.close();
    }
  },
};

async function sourceOf(args: Arguments): Promise<{ source: ScanSource; names: (index: number) => string }> {
  const paths = args.texts('data');
  if (paths.length > 0) {
    const tables: ScanTable[] = [];
    const symbols = paths.map(symbolOf);
    for (const [i, path] of paths.entries()) {
      const table = await readMarket(path);
      const { instrument, volume } = listingOf(symbols[i]!, table);
      const { tick, session } = instrument;
      tables.push({ bars: table, rows: table.rows, listing: { tick, session, noVolume: volume === 'none' } });
    }
    return { source: { kind: 'tables', tables }, names: (i) => symbols[i]! };
  }
  const source: ScanSource = {
    kind: 'simulated',
    from: 0,
    to: Math.floor(args.number('symbols', 1, 100_000) ?? 1_000),
    seed: args.number('seed', 0, 0xffffffff) ?? 1,
    warmup: Math.floor(args.number('bars-warmup', 0, 1_000_000) ?? WARMUP_BARS),
  };
  return { source, names: (i) => `SIM${i}` };
}

/** Verdicts by direction and by reason. */
function countsOf(rows: readonly ScanRow[]) {
  const directions: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  let rowsClosed = 0;
  let rejected = 0;
  for (const { verdict, rowClosed, rejected: refused } of rows) {
    const direction = DIRECTION_NAMES[verdict.direction];
    if (verdict.execute) directions[direction] = (directions[direction] ?? 0) + 1;
    reasons[verdict.reason] = (reasons[verdict.reason] ?? 0) + 1;
    rowsClosed += Number(rowClosed);
    rejected += Number(refused);
  }
  return { rowsClosed, rejected, executed: directions, reasons };
}

function print(
  result: {
    symbols: number;
    wallMs: number;
    symbolsPerSecond: number;
    resultHash: string;
    simulated: boolean;
  },
  rows: readonly ScanRow[],
  names: (index: number) => string,
  output: Output,
): void {
  const order = rows.map((_, i) => i).filter((i) => rows[i]!.verdict.execute);
  order.sort((a, b) => rows[b]!.verdict.sizeConfidence - rows[a]!.verdict.sizeConfidence || a - b);
  for (const i of order.slice(0, SHOWN)) {
    const { verdict, reading, close } = rows[i]!;
    const weight = `${(verdict.winnerPpm / 10_000).toFixed(1)} %`;
    output.print(
      `${names(i).padEnd(10)}${DIRECTION_NAMES[verdict.direction].padEnd(6)}${String(close).padEnd(12)}` +
        `weight ${weight.padEnd(8)} confidence ${verdict.sizeConfidence.toFixed(3)}  ` +
        `${REGIMES[reading.regime]} uncertainty ${UNCERTAINTY_LEVELS[reading.uncertainty]}`,
    );
  }
  output.print(
    `${order.length} of ${result.symbols}${result.simulated ? ' simulated' : ''} symbols would execute; ` +
      `${result.wallMs} ms, ${result.symbolsPerSecond} symbols/s`,
  );
  output.print(`result ${result.resultHash}`);
}
