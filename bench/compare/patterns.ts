// Nearest rows of 13 columns beside usearch, hnswlib (graphs, approximate), sqlite-vec (a scan) and, in a
// process of its own, faiss (both): one query at a time, ten neighbours, one thread each. Market-like rows:
// five slow factors and noise.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PatternIndex } from '../../src/signals/pattern-index.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import { patternRows } from '../../test/fixtures/pattern-rows.ts';
import { peer } from '../lib/peers.ts';
import { PythonProcess, pythonMissing } from '../lib/python.ts';
import { timeRounds } from '../lib/rounds.ts';
import { median } from '../rounds.ts';
import type { SkippedRow } from '../rounds.ts';
import type { CompareRow } from '../lib/rounds.ts';

const K = 10;
const QUERIES = 200;
const SIZES = [10_000, 100_000];
/** The largest size takes the peer minutes to build: PATTERNS_MILLION=0 leaves it out. */
const LARGE = 1_000_000;
const ROUNDS = 41;
const FIRST_INSERTS = 50_000;
const INSERT_PASSES = 5;
const RECALL_MIN = 0.999;

const FAISS = new URL('../contenders/nearest.py', import.meta.url);

/** One contestant over one set of rows and its queries. */
interface Store {
  readonly name: string;
  /** Nanoseconds of one insert; null where rows come all at once. */
  readonly insertNs: number | null;
  /** Milliseconds from rows to the first query. */
  readonly buildMs: number;
  /** Asks the next queries, round and round. */
  run(count: number): void | Promise<number>;
  /** Numbers of the nearest rows of a query. */
  found(query: number): ArrayLike<number | bigint>;
  close?(): void;
}

type Build = (rows: Float32Array, queries: Float32Array) => Promise<Store | null>;

const BUILDERS: readonly Build[] = [
  usearch,
  hnswlib,
  sqliteVec,
  (rows, queries) => faiss('flat', rows, queries),
  (rows, queries) => faiss('hnsw', rows, queries),
];

/** Query, insert and build, ours and the peers'. */
export async function rows(): Promise<(CompareRow | SkippedRow)[]> {
  const missing = pythonMissing('faiss');
  const result: (CompareRow | SkippedRow)[] =
    missing === null ? [] : [{ name: `nearest ${K}, faiss`, skipped: missing }];
  const sizes = process.env['PATTERNS_MILLION'] === '0' ? SIZES : [...SIZES, LARGE];
  for (const kind of ['market', 'isotropic'] as const) {
    for (const n of sizes) {
      if (kind === 'isotropic' && n > SIZES[0]!) continue;
      const next = patternRows(await loadAnalysis(), n, kind);
      const data = next(n);
      const queries = next(QUERIES);
      const ours = await index(data, queries);
      for (const build of BUILDERS) {
        if (n > SIZES[1]! && build !== usearch) continue;
        const theirs = await build(data, queries);
        if (theirs) result.push(...(await compared(kind, n, ours, theirs)));
        theirs?.close?.();
      }
    }
  }
  return result;
}

async function compared(kind: string, n: number, ours: Store, theirs: Store): Promise<CompareRow[]> {
  let found = 0;
  for (let i = 0; i < QUERIES; i++) {
    const exact = new Set(Array.from(ours.found(i), Number));
    for (const id of Array.from(theirs.found(i), Number)) if (exact.has(id)) found++;
  }
  const recall = found / (QUERIES * K);
  const [mine, other] = await timeRounds([ours, theirs], n > 10_000 ? [20, 5] : [40, 10], ROUNDS);
  const facts = { n, peerName: `${theirs.name}, recall ${recall.toFixed(4)}`, checked: recall >= RECALL_MIN };
  const name = `nearest ${K}, ${kind}`;
  const rows = [{ ...facts, name, ours: mine!.ns, peer: other!.ns, ratio: other!.ratio }];
  if (kind !== 'market') return rows;
  if (ours.insertNs !== null && theirs.insertNs !== null) {
    const insert = { ours: ours.insertNs, peer: theirs.insertNs, ratio: theirs.insertNs / ours.insertNs };
    rows.push({ ...facts, name: 'insert', ...insert });
  }
  const built = {
    ours: ours.buildMs * 1e6,
    peer: theirs.buildMs * 1e6,
    ratio: theirs.buildMs / ours.buildMs,
  };
  return [...rows, { ...facts, name: 'rows to first query', ...built }];
}

/** A store in this process, by what it does with one query. */
function asked(
  queries: Float32Array,
  query: (row: Float32Array) => ArrayLike<number | bigint>,
): Pick<Store, 'run' | 'found'> {
  const rowOf = (i: number): Float32Array => queries.subarray((i % QUERIES) * 13, (i % QUERIES) * 13 + 13);
  let at = 0;
  return {
    run(count) {
      for (let i = 0; i < count; i++) query(rowOf(at++));
    },
    found: (i) => query(rowOf(i)),
  };
}

async function index(rows: Float32Array, queries: Float32Array): Promise<Store> {
  const n = rows.length / 13;
  const store = new PatternIndex(await loadAnalysis(), n);
  // The compilers see many inserts first, as they do in any process that lives for more than a moment.
  await timeInserts(rows, FIRST_INSERTS);
  const times: number[] = [];
  for (let pass = 0; pass < (n > SIZES[1]! ? 1 : INSERT_PASSES); pass++)
    times.push(await timeInserts(rows, n));
  const insertNs = median(times);
  const begun = performance.now();
  store.add(rows);
  store.build();
  const buildMs = performance.now() - begun;
  const queried = asked(queries, (row) => store.nearest(row, K).sequences);
  return { name: 'ours', insertNs, buildMs, ...queried };
}

/** Nanoseconds of an insert: `count` rows, one call each, into an index of its own. */
async function timeInserts(rows: Float32Array, count: number): Promise<number> {
  const store = new PatternIndex(await loadAnalysis(), count);
  const n = rows.length / 13;
  const started = performance.now();
  for (let i = 0; i < count; i++) {
    const at = 13 * (i % n);
    store.add(rows.subarray(at, at + 13));
  }
  return ((performance.now() - started) * 1e6) / count;
}

/** Approximate graph (HNSW), its defaults. */
async function usearch(rows: Float32Array, queries: Float32Array): Promise<Store | null> {
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
  const queried = asked(queries, (row) => store.search(row, K, 1).keys);
  return { name: 'usearch', insertNs, buildMs, ...queried };
}

/** Approximate graph (HNSW), M 16, construction 200, search 200. */
async function hnswlib(rows: Float32Array, queries: Float32Array): Promise<Store | null> {
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
    ...asked(queries, (row) => store.searchKnn(Array.from(row), K).neighbors),
  };
}

/** Exact scan inside SQLite. */
async function sqliteVec(rows: Float32Array, queries: Float32Array): Promise<Store | null> {
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
      ...asked(queries, (row) => nearest.all(blob(row)).map(({ rowid }) => rowid)),
    };
  } catch (cause) {
    process.stderr.write(`without sqlite-vec: ${cause instanceof Error ? cause.message : String(cause)}\n`);
    return null;
  }
}

/** Exact scan, or a graph of 32 links searched 64 wide. */
async function faiss(
  kind: 'flat' | 'hnsw',
  rows: Float32Array,
  queries: Float32Array,
): Promise<Store | null> {
  if (pythonMissing('faiss') !== null) return null;
  const columns = { rows: [rows], queries: [queries] };
  const python = new PythonProcess(readFileSync(FAISS, 'utf8'), columns, [kind, String(K)]);
  const buildMs = Number(await python.ask('build'));
  await python.ask('found');
  const ids = new Int32Array(python.read('found'));
  return {
    name: `faiss ${kind === 'flat' ? 'IndexFlatL2' : 'HNSW32'}, other process`,
    insertNs: null,
    buildMs,
    run: async (count) => Number(await python.ask(String(count))),
    found: (i) => ids.subarray(K * i, K * (i + 1)),
    close: () => python.close(),
  };
}
