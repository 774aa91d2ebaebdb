// Nearest rows of 13 columns beside usearch, hnswlib (graphs, approximate) and sqlite-vec (a scan): one query
// at a time, ten neighbours, one thread each. Market-like rows: five slow factors and noise.

import { createRequire } from 'node:module';
import { PatternIndex } from '../../src/signals/pattern-index.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import { patternRows } from '../../test/fixtures/pattern-rows.ts';
import { peer } from '../lib/peers.ts';
import { timeRounds } from '../lib/rounds.ts';
import type { CompareRow } from '../lib/rounds.ts';

const K = 10;
const QUERIES = 200;
const SIZES = [10_000, 100_000];
/** The largest size takes the peer minutes to build: PATTERNS_MILLION=0 leaves it out. */
const LARGE = 1_000_000;
const ROUNDS = 41;
const RECALL_MIN = 0.999;

/** One contestant over one set of rows. */
interface Store {
  readonly name: string;
  /** Nanoseconds of one insert. */
  readonly insertNs: number;
  /** Milliseconds from rows to the first query. */
  readonly buildMs: number;
  query(row: Float32Array): ArrayLike<number | bigint>;
}

type Build = (rows: Float32Array) => Promise<Store | null>;

const BUILDERS: readonly Build[] = [usearch, hnswlib, sqliteVec];

/** Query, insert and build, ours and the peers'. */
export async function rows(): Promise<CompareRow[]> {
  const result: CompareRow[] = [];
  const sizes = process.env['PATTERNS_MILLION'] === '0' ? SIZES : [...SIZES, LARGE];
  for (const kind of ['market', 'isotropic'] as const) {
    for (const n of sizes) {
      if (kind === 'isotropic' && n > SIZES[0]!) continue;
      const next = patternRows(await loadAnalysis(), n, kind);
      const data = next(n);
      const queries = next(QUERIES);
      const ours = await index(data);
      for (const build of BUILDERS) {
        if (n > SIZES[1]! && build !== usearch) continue;
        const theirs = await build(data);
        if (theirs) result.push(...(await compared(kind, n, queries, ours, theirs)));
      }
    }
  }
  return result;
}

async function compared(
  kind: string,
  n: number,
  queries: Float32Array,
  ours: Store,
  theirs: Store,
): Promise<CompareRow[]> {
  const rowOf = (i: number): Float32Array => queries.subarray((i % QUERIES) * 13, (i % QUERIES) * 13 + 13);
  let found = 0;
  for (let i = 0; i < QUERIES; i++) {
    const exact = new Set(Array.from(ours.query(rowOf(i)), Number));
    for (const id of Array.from(theirs.query(rowOf(i)), Number)) if (exact.has(id)) found++;
  }
  const recall = found / (QUERIES * K);
  const contestants = [ours, theirs].map((store) => {
    let at = 0;
    return {
      name: store.name,
      run(count: number) {
        for (let i = 0; i < count; i++) store.query(rowOf(at++));
      },
    };
  });
  const [mine, other] = await timeRounds(contestants, n > 10_000 ? [20, 5] : [40, 10], ROUNDS);
  const facts = { n, peerName: `${theirs.name}, recall ${recall.toFixed(4)}`, checked: recall >= RECALL_MIN };
  const name = `nearest ${K}, ${kind}`;
  const rows = [{ ...facts, name, ours: mine!.ns, peer: other!.ns, ratio: other!.ratio }];
  if (kind !== 'market') return rows;
  const insert = { ours: ours.insertNs, peer: theirs.insertNs, ratio: theirs.insertNs / ours.insertNs };
  const built = {
    ours: ours.buildMs * 1e6,
    peer: theirs.buildMs * 1e6,
    ratio: theirs.buildMs / ours.buildMs,
  };
  return [
    ...rows,
    { ...facts, name: 'insert', ...insert },
    { ...facts, name: 'rows to first query', ...built },
  ];
}

async function index(rows: Float32Array): Promise<Store> {
  const n = rows.length / 13;
  const store = new PatternIndex(await loadAnalysis(), n);
  const inserts = new PatternIndex(await loadAnalysis(), n);
  // The compilers see many inserts first, as they do in any process that lives for more than a moment.
  const first = new PatternIndex(await loadAnalysis(), n);
  for (let i = 0; i < 20_000; i++) if (i < n) first.add(rows.subarray(13 * i, 13 * i + 13));
  const started = performance.now();
  for (let i = 0; i < n; i++) inserts.add(rows.subarray(13 * i, 13 * i + 13));
  const insertNs = ((performance.now() - started) * 1e6) / n;
  const begun = performance.now();
  store.add(rows);
  store.build();
  const buildMs = performance.now() - begun;
  return { name: 'ours', insertNs, buildMs, query: (row) => store.nearest(row, K).sequences };
}

/** Approximate graph (HNSW), its defaults. */
async function usearch(rows: Float32Array): Promise<Store | null> {
  interface Usearch {
    Index: new (options: object) => {
      add(key: bigint, row: Float32Array): void;
      search(row: Float32Array, k: number, threads?: number): { keys: BigUint64Array };
    };
    MetricKind: { L2sq: string };
  }
  const module = peer('usearch') as Usearch | null;
  if (!module) return null;
  const store = new module.Index({ metric: module.MetricKind.L2sq, dimensions: 13, quantization: 'f32' });
  const started = performance.now();
  const n = rows.length / 13;
  for (let i = 0; i < n; i++) store.add(BigInt(i), rows.subarray(13 * i, 13 * i + 13));
  const buildMs = performance.now() - started;
  const insertNs = (buildMs * 1e6) / n;
  return { name: 'usearch', insertNs, buildMs, query: (row) => store.search(row, K, 1).keys };
}

/** Approximate graph (HNSW), M 16, construction 200, search 200. */
async function hnswlib(rows: Float32Array): Promise<Store | null> {
  interface Hnswlib {
    HierarchicalNSW: new (
      space: string,
      dimensions: number,
    ) => {
      initIndex(options: object): void;
      setEf(ef: number): void;
      addPoint(row: number[], label: number): void;
      searchKnn(row: number[], k: number): { neighbors: number[] };
    };
  }
  const module = peer('hnswlib-node') as Hnswlib | null;
  if (!module) return null;
  const n = rows.length / 13;
  const store = new module.HierarchicalNSW('l2', 13);
  store.initIndex({ maxElements: n });
  store.setEf(200);
  const started = performance.now();
  for (let i = 0; i < n; i++) store.addPoint(Array.from(rows.subarray(13 * i, 13 * i + 13)), i);
  const buildMs = performance.now() - started;
  const insertNs = (buildMs * 1e6) / n;
  return {
    name: 'hnswlib-node',
    insertNs,
    buildMs,
    query: (row) => store.searchKnn(Array.from(row), K).neighbors,
  };
}

/** Exact scan inside SQLite. */
async function sqliteVec(rows: Float32Array): Promise<Store | null> {
  interface Statement {
    run(...values: unknown[]): void;
    all(...values: unknown[]): { rowid: number }[];
  }
  interface Database {
    prepare(sql: string): Statement;
    exec(sql: string): void;
  }
  const sqlite = peer('better-sqlite3') as (new (file: string) => Database) | null;
  const extension = peer('sqlite-vec') as { load(database: Database): void } | null;
  if (!sqlite || !extension) return null;
  const n = rows.length / 13;
  const bytes = createRequire(import.meta.url)('node:buffer') as typeof import('node:buffer');
  const blob = (row: Float32Array): Uint8Array =>
    bytes.Buffer.from(row.buffer as ArrayBuffer, row.byteOffset, row.byteLength);
  try {
    const database = new sqlite(':memory:');
    extension.load(database);
    database.exec('create virtual table v using vec0(x float[13])');
    const insert = database.prepare('insert into v(rowid, x) values (?, ?)');
    const started = performance.now();
    database.exec('begin');
    for (let i = 0; i < n; i++) insert.run(BigInt(i), blob(rows.subarray(13 * i, 13 * i + 13)));
    database.exec('commit');
    const buildMs = performance.now() - started;
    const nearest = database.prepare(`select rowid from v where x match ? and k = ${K} order by distance`);
    return {
      name: 'sqlite-vec',
      insertNs: (buildMs * 1e6) / n,
      buildMs,
      query: (row) => nearest.all(blob(row)).map(({ rowid }) => rowid),
    };
  } catch (cause) {
    process.stderr.write(`without sqlite-vec: ${cause instanceof Error ? cause.message : String(cause)}\n`);
    return null;
  }
}
