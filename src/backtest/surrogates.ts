// Null worlds: bars that keep what a market looks like and lose what could be predicted. The whole pipeline
// runs on them; a method that finds skill there finds it anywhere.

import { nextUniform } from '../execution/paper-broker.ts';
import type { MathAbi } from '../wasm/abi.ts';
import type { Bars } from './experiment.ts';

/** The kernel's functions that surrogates need: pass `kernel.raw`. */
export type SurrogateMath = Pick<MathAbi, 'exp' | 'log' | 'cosTurns' | 'sinTurns'>;

export const SURROGATE_KINDS = ['sign-flipped', 'phase-randomised'] as const;
export type SurrogateKind = (typeof SURROGATE_KINDS)[number];

/**
 * A null world of a market.
 *
 * `sign-flipped`: each bar's log moves are mirrored or not by a coin of its own, so sizes, ranges and
 * volatility clusters stay and directions are gone. `phase-randomised`: close-to-close log returns keep their
 * spectrum (mean, variance and every linear correlation) and get random phases (Theiler et al. 1992), so
 * everything else is gone.
 *
 * @param bars  finite prices > 0
 * @param tick  price step; prices are rounded to it
 */
export function surrogate(
  math: SurrogateMath,
  bars: Bars,
  tick: number,
  kind: SurrogateKind,
  seed: number,
): Bars {
  const logs = logMoves(math, bars);
  const stream = { random: seed >>> 0 };
  if (kind === 'sign-flipped') {
    for (let row = 1; row < bars.rows; row++) if (nextUniform(stream) < 0.5) mirror(logs, row);
  } else rescale(logs, randomPhases(math, logs.close, stream), bars.rows);
  return fromLogs(math, bars, logs, tick);
}

/** Of each bar, against the close before it. */
interface LogMoves {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

function logMoves(math: SurrogateMath, bars: Bars): LogMoves {
  const moves = (column: Float64Array): Float64Array =>
    Float64Array.from({ length: bars.rows }, (_, row) =>
      row === 0 ? 0 : math.log((column[row] as number) / (bars.close[row - 1] as number)),
    );
  return { open: moves(bars.open), high: moves(bars.high), low: moves(bars.low), close: moves(bars.close) };
}

function mirror(logs: LogMoves, row: number): void {
  const { open, high, low, close } = logs;
  const [top, bottom] = [high[row] as number, low[row] as number];
  open[row] = -(open[row] as number);
  close[row] = -(close[row] as number);
  high[row] = -bottom;
  low[row] = -top;
}

/** Gives bars new closes; the gap keeps its share of the move, the wicks keep their length. */
function rescale(logs: LogMoves, close: Float64Array, rows: number): void {
  for (let row = 1; row < rows; row++) {
    const [gap, end] = [logs.open[row] as number, logs.close[row] as number];
    const above = (logs.high[row] as number) - Math.max(gap, end);
    const below = Math.min(gap, end) - (logs.low[row] as number);
    const travelled = Math.abs(gap) + Math.abs(end - gap);
    const target = close[row] as number;
    const start = travelled > 0 ? (target * Math.abs(gap)) / travelled : 0;
    logs.open[row] = start;
    logs.close[row] = target;
    logs.high[row] = Math.max(start, target) + above;
    logs.low[row] = Math.min(start, target) - below;
  }
}

function fromLogs(math: SurrogateMath, bars: Bars, logs: LogMoves, tick: number): Bars {
  const perUnit = Math.round(1 / tick);
  const onGrid = (price: number): number => {
    const ticks = Math.max(1, Math.round(price / tick));
    return perUnit > 1 ? ticks / perUnit : ticks * tick;
  };
  const { rows } = bars;
  const [open, high] = [bars.open.slice(0, rows), bars.high.slice(0, rows)];
  const [low, close] = [bars.low.slice(0, rows), bars.close.slice(0, rows)];
  let x = rows > 0 ? math.log(bars.close[0] as number) : 0;
  for (let row = 1; row < rows; row++) {
    const at = (move: Float64Array): number => onGrid(math.exp(x + (move[row] as number)));
    const [first, last] = [at(logs.open), at(logs.close)];
    open[row] = first;
    close[row] = last;
    high[row] = Math.max(at(logs.high), first, last);
    low[row] = Math.min(at(logs.low), first, last);
    x += logs.close[row] as number;
  }
  return { tsMs: bars.tsMs, volume: bars.volume, open, high, low, close, rows };
}

/** A real series with the same spectrum and random phases. */
function randomPhases(math: SurrogateMath, series: Float64Array, stream: { random: number }): Float64Array {
  const n = series.length;
  const { real, imaginary } = transform(math, series, new Float64Array(n), -1);
  for (let k = 1; 2 * k < n; k++) {
    const turn = nextUniform(stream);
    const [c, s] = [math.cosTurns(turn), math.sinTurns(turn)];
    const [a, b] = [real[k] as number, imaginary[k] as number];
    real[k] = a * c - b * s;
    imaginary[k] = a * s + b * c;
    real[n - k] = real[k] as number;
    imaginary[n - k] = -(imaginary[k] as number);
  }
  return transform(math, real, imaginary, 1).real.map((value) => value / n);
}

interface Complex {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Fourier transform of any length by Bluestein's chirp (1970): three transforms of a power of two. */
function transform(
  math: SurrogateMath,
  inReal: Float64Array,
  inImaginary: Float64Array,
  sign: 1 | -1,
): Complex {
  const n = inReal.length;
  let size = 1;
  while (size < 2 * n - 1) size *= 2;
  const chirp = empty(n);
  for (let k = 0; k < n; k++) {
    // k² mod 2n keeps the angle exact: half a turn times k²/n
    const turns = ((k * k) % (2 * n)) / (2 * n);
    chirp.real[k] = math.cosTurns(turns);
    chirp.imaginary[k] = sign * math.sinTurns(turns);
  }
  const a = empty(size);
  const b = empty(size);
  for (let k = 0; k < n; k++) {
    const [c, s] = [chirp.real[k] as number, chirp.imaginary[k] as number];
    const [x, y] = [inReal[k] as number, inImaginary[k] as number];
    a.real[k] = x * c - y * s;
    a.imaginary[k] = x * s + y * c;
    b.real[k] = c;
    b.imaginary[k] = -s;
    if (k === 0) continue;
    b.real[size - k] = c;
    b.imaginary[size - k] = -s;
  }
  fourier(math, a, -1);
  fourier(math, b, -1);
  for (let k = 0; k < size; k++) {
    const [x, y] = [a.real[k] as number, a.imaginary[k] as number];
    const [u, v] = [b.real[k] as number, b.imaginary[k] as number];
    a.real[k] = x * u - y * v;
    a.imaginary[k] = x * v + y * u;
  }
  fourier(math, a, 1);
  const out = empty(n);
  for (let k = 0; k < n; k++) {
    const [c, s] = [chirp.real[k] as number, chirp.imaginary[k] as number];
    const [x, y] = [(a.real[k] as number) / size, (a.imaginary[k] as number) / size];
    out.real[k] = x * c - y * s;
    out.imaginary[k] = x * s + y * c;
  }
  return out;
}

function empty(n: number): Complex {
  return { real: new Float64Array(n), imaginary: new Float64Array(n) };
}

/** In place, a power of two (Cooley & Tukey 1965); unscaled. */
function fourier(math: SurrogateMath, { real, imaginary }: Complex, sign: 1 | -1): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j] as number, real[i] as number];
    [imaginary[i], imaginary[j]] = [imaginary[j] as number, imaginary[i] as number];
  }
  const cosines = Float64Array.from({ length: n >> 1 }, (_, k) => math.cosTurns(k / n));
  const sines = Float64Array.from({ length: n >> 1 }, (_, k) => sign * math.sinTurns(k / n));
  for (let size = 2; size <= n; size *= 2) {
    const half = size >> 1;
    const step = n / size;
    for (let from = 0; from < n; from += size) {
      for (let k = 0; k < half; k++) {
        const [c, s] = [cosines[k * step] as number, sines[k * step] as number];
        const [i, j] = [from + k, from + k + half];
        const [x, y] = [real[j] as number, imaginary[j] as number];
        const [u, v] = [x * c - y * s, x * s + y * c];
        real[j] = (real[i] as number) - u;
        imaginary[j] = (imaginary[i] as number) - v;
        real[i] = (real[i] as number) + u;
        imaginary[i] = (imaginary[i] as number) + v;
      }
    }
  }
}
