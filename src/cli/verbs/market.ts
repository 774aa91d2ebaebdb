// gm market: writes a simulated market as CSV, so that anything that reads market files can be tried on it.

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createGzip } from 'node:zlib';
import { GrandModelError } from '../../core/errors.ts';
import { createColumns } from '../../data/bar-table.ts';
import { barsToCsv, CSV_HEADER } from '../../data/csv-text.ts';
import { createMarket } from '../../data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../../data/market-options.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { Progress } from '../progress.ts';
import { EXIT_OK } from '../verb.ts';
import type { Verb } from '../verb.ts';

const CHUNK = 8192;

export const marketVerb: Verb = {
  name: 'market',
  summary: 'write a simulated market as CSV (gzip when the name ends in .gz)',
  usage: '',
  options: {
    out: { metavar: 'FILE', help: 'where to write' },
    bars: { metavar: 'N', fallback: '20000', help: 'five-minute bars' },
    seed: { metavar: 'N', fallback: '1', help: 'seed: the same bars on every machine' },
    edge: { metavar: 'X', fallback: '1', help: 'strength of the planted edge, 0 switches it off' },
    'start-price': { metavar: 'QUOTE', fallback: '100', help: 'first price' },
  },
  examples: [
    'market --bars 20000 --seed 7 --out out/market.csv.gz',
    'market --edge 0 --out out/null.csv --json',
  ],
  async run(args, output) {
    const path = args.text('out');
    if (path === null) throw new GrandModelError('BAD_INPUT', 'gm market: give --out FILE', { name: 'out' });
    const total = Math.floor(args.number('bars', 1, 100_000_000) ?? 20_000);
    const seed = args.number('seed', 0, 0xffffffff) ?? 1;
    const edge = args.number('edge', 0, 10) ?? 1;
    const startPrice = args.number('start-price', 0.01, 1e6) ?? 100;
    const market = createMarket(await loadKernel(), seed, { edge, startPrice });
    await mkdir(dirname(path), { recursive: true });
    const file = createWriteStream(path);
    await once(file, 'open');
    const sink = path.endsWith('.gz') ? createGzip() : file;
    if (sink !== file) sink.pipe(file);
    sink.write(CSV_HEADER);
    const columns = createColumns(CHUNK);
    const progress = new Progress(output, 'bars');
    let written = 0;
    while (written < total && !output.signal.aborted) {
      const count = Math.min(CHUNK, total - written);
      market.next(columns, count);
      if (!sink.write(barsToCsv(columns, count))) await once(sink, 'drain');
      written += count;
      progress.report(written, total);
    }
    sink.end();
    await once(file, 'close');
    const result = { ok: true, simulated: true, symbol: SIMULATED_SYMBOL, path, bars: written, seed, edge };
    if (args.flag('json')) output.print(JSON.stringify(result));
    else output.print(`wrote ${written} simulated bars of ${SIMULATED_SYMBOL} to ${path}`);
    return EXIT_OK;
  },
};
