// What the comparisons measure against: the packages of bench/peers (from its lock file, scripts not run)
// and, where gcc and Node's headers are, TA-Lib and Tulip Indicators compiled from the C sources inside two
// of them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listFiles, ROOT } from './files.mjs';
import { installFolder } from './install.mjs';

const HOME = join(ROOT, 'bench/peers');
const GLOBAL = join(dirname(process.execPath), '../lib/node_modules');
const NATIVE = join(ROOT, 'dist/peers');
const HEADERS = [join(dirname(process.execPath), '../include/node'), '/usr/include/node'];
/** Peers that ship C++ sources instead of a build. */
const ADDONS = ['hnswlib-node', 'better-sqlite3'];
// The functions measured and what they call.
const TALIB =
  'SMA EMA RSI MACD BBANDS ATR ADX STOCH OBV MA WMA DEMA TEMA TRIMA KAMA MAMA T3 TRANGE VAR STDDEV MACDEXT ' +
  'MACDFIX utility';

/** Installs the packages when their lock file changed; returns null, or npm's words when it could not. */
export function installPeers() {
  return installFolder('bench/peers');
}

/** Compiles the addons that are not built yet, which takes minutes. */
export function buildPeers() {
  ADDONS.forEach(buildAddon);
}

/** The packages of bench/peers by name. */
export const requirePeer = createRequire(join(HOME, 'package.json'));

/**
 * TA-Lib (gcc -O2, as its own build) and Tulip (gcc -O3 -march=native) behind bench/peers/native/addon.c;
 * null and a line on stderr where they cannot be built.
 */
export function nativePeers() {
  const built = join(NATIVE, 'native.node');
  try {
    if (!existsSync(built)) compile(built);
    return createRequire(built)(built);
  } catch (error) {
    process.stderr.write(`no native TA-Lib and Tulip: ${error.message.slice(0, 300)}\n`);
    return null;
  }
}

function compile(built) {
  mkdirSync(NATIVE, { recursive: true });
  const talib = join(HOME, 'node_modules/talib/src/lib');
  const tulip = join(HOME, 'node_modules/tulind/external');
  const headers = HEADERS.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (headers === undefined) throw new Error('node_api.h is not beside this Node');
  const folders = [`${talib}/include`, `${talib}/src/ta_common`, tulip, headers].map((path) => `-I${path}`);
  const sources = [
    ...TALIB.split(' ').map((name) => [`${talib}/src/ta_func/ta_${name}.c`, '-O2']),
    ...['global', 'retcode', 'version'].map((name) => [`${talib}/src/ta_common/ta_${name}.c`, '-O2']),
    [`${tulip}/tiamalgamation.c`, '-O3', '-march=native'],
    [join(HOME, 'native/addon.c'), '-O2'],
  ];
  const objects = sources.map(([file, ...flags], i) => {
    const object = join(NATIVE, `${i}.o`);
    run('gcc', [...flags, '-w', '-fPIC', ...folders, '-c', file, '-o', object]);
    return object;
  });
  run('gcc', ['-shared', '-o', built, ...objects, '-lm']);
}

/** Builds a peer with npm's own node-gyp against this Node's headers; without them it is left out. */
function buildAddon(name) {
  const gyp = join(GLOBAL, 'npm/node_modules/node-gyp/bin/node-gyp.js');
  const headers = HEADERS.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (headers === undefined || !existsSync(gyp)) return;
  const folder = join(HOME, 'node_modules', name);
  if (!existsSync(folder) || existsSync(join(folder, 'build/Release'))) return;
  process.stderr.write(`compiling ${name}\n`);
  try {
    run(process.execPath, [gyp, 'rebuild', '--release', `--nodedir=${join(headers, '../..')}`], folder);
  } catch (error) {
    process.stderr.write(`no ${name}: ${error.message.slice(-300)}\n`);
  }
}

function run(tool, args, cwd = ROOT) {
  const { status, stderr, error } = spawnSync(tool, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${tool} ${args.slice(0, 2).join(' ')}: ${error?.message ?? stderr}`);
}

/** The comparisons there are: bench/compare/<topic>.ts, each exporting `compare(): Promise<rows>`. */
export const comparisons = () => listFiles('bench/compare').filter((file) => /\/[\w-]+\.ts$/.test(file));
