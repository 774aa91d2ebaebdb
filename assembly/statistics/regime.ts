// The market regime: a four-state hidden Markov model filtered bar by bar and refitted on schedule inside
// `push`.

import { alloc } from '../memory';
import { cappedScale, fitRegime } from './regime-fit';
import { fitRegimeWorkBytes } from './regime-smooth';
import { MODEL_DEFAULT, MODEL_FREE, MOVE, RegimeParameters, STAY } from './regime-parameters';
import { gaussian, studentDensity, studentShape, sumOfFour } from './regime-emission';
import { Scale } from './scale';

const WINDOW: i32 = 8000;
const WARM_UP: i32 = 48;
const FIRST_REFIT: i32 = 500;
const SECOND_REFIT: i32 = 1000;
const THIRD_REFIT: i32 = 2000;
const REFIT_EVERY: i32 = 2000;
const CONFIDENT: f64 = 0.65;
/** Inputs beyond this are no log returns; they would overflow the sums of a fit. */
const INPUT_MAX: f64 = 1e6;
const SIDEWAYS: i32 = 2;

/** Scratch of the refits, shared by all symbols of the kernel and never part of a result. */
let work: usize = 0;

/**
 * Position-independent state; one per symbol. Outputs first, at the offsets that src/signals/regime.ts reads.
 */
@unmanaged
export class Regime {
  /** Filtered probabilities of BULL BEAR SIDEWAYS VOLATILE; NaN before bar 49. */
  xi0: f64;
  xi1: f64;
  xi2: f64;
  xi3: f64;
  /** P(BULL) − P(BEAR). */
  indicator: f64;
  /** Last confident state. */
  label: i32;
  /** 1 when no state reached .65 at this bar. */
  stale: i32;
  /** 0 default, 1 tied, 2 free. */
  model: i32;
  /** Changes of label so far. */
  switches: i32;
  predicted0: f64;
  predicted1: f64;
  predicted2: f64;
  predicted3: f64;
  bars: i32;
  head: i32;
  /** 1 when the parameters were given and are never refitted. */
  fixed: i32;
  pad: i32;

  init(): bool {
    memory.fill(changetype<usize>(this), 0, REGIME_BYTES);
    this.reset();
    return reserve();
  }

  /**
   * Starts with given parameters that are never refitted: only REGIME_FIXED_BYTES of memory are needed and
   * touched.
   */
  initFixed(parameters: usize): void {
    memory.fill(changetype<usize>(this), 0, REGIME_FIXED_BYTES);
    this.reset();
    this.fixed = 1;
    this.parameters().copyFrom(changetype<RegimeParameters>(parameters));
  }

  private reset(): void {
    this.xi0 = this.xi1 = this.xi2 = this.xi3 = this.indicator = NaN;
    this.label = SIDEWAYS;
    this.stale = 1;
    this.predicted0 = this.predicted1 = this.predicted2 = this.predicted3 = 0.25;
  }

  /** The model's parameters, part of this state. */
  @inline
  parameters(): RegimeParameters {
    return changetype<RegimeParameters>(changetype<usize>(this) + offsetof<Regime>());
  }

  @inline
  private ring(): usize {
    return changetype<usize>(this) + offsetof<Regime>() + offsetof<RegimeParameters>();
  }

  /** Takes the deseasonalised return of one closed 30-minute bar; NaN only ages the state. */
  push(input: f64): void {
    const x = Math.abs(input) <= INPUT_MAX ? input : NaN;
    if (!this.fixed) {
      if (this.isRefitBar()) this.refit();
      store<f64>(this.ring() + ((<usize>this.head) << 3), x);
      this.head = this.head + 1 == WINDOW ? 0 : this.head + 1;
    }
    this.bars++;
    if (!this.fixed && this.bars <= WARM_UP) return;
    this.filter(x);
    this.emit();
  }

  @inline
  private isRefitBar(): bool {
    const n = this.bars;
    if (n > THIRD_REFIT) return (n - THIRD_REFIT) % REFIT_EVERY == 0;
    return n == WARM_UP || n == FIRST_REFIT || n == SECOND_REFIT || n == THIRD_REFIT;
  }

  /**
   * Fits on the bars before this one; the filter's probabilities carry over. A degenerate fit changes
   * nothing.
   */
  private refit(): void {
    const kept = min(this.bars, WINDOW);
    const parameters = this.parameters();
    if (this.bars == WARM_UP) {
      regimeDefault(this.ring(), kept, changetype<usize>(parameters));
      return;
    }
    if (!reserve()) return;
    const window = work;
    const older = this.bars > WINDOW ? WINDOW - this.head : 0;
    memory.copy(window, this.ring() + ((<usize>this.head) << 3), (<usize>older) << 3);
    memory.copy(window + ((<usize>older) << 3), this.ring(), (<usize>(kept - older)) << 3);
    fitRegime(window, kept, changetype<usize>(parameters), work + ((<usize>WINDOW) << 3));
  }

  /** One step of the Hamilton filter; equal moves make the transition ξ(stay − move) + move. */
  private filter(x: f64): void {
    const at = changetype<usize>(this);
    const p = changetype<usize>(this.parameters());
    let f0 = v128.load(at, offsetof<Regime>('predicted0'));
    let f1 = v128.load(at, offsetof<Regime>('predicted2'));
    if (x == x) {
      const y = f64x2.splat(x / this.parameters().scale);
      const one = f64x2.splat(1.0);
      const mean0 = v128.load(p, offsetof<RegimeParameters>('mean0'));
      const mean1 = v128.load(p, offsetof<RegimeParameters>('mean2'));
      const inverse0 = f64x2.div(one, v128.load(p, offsetof<RegimeParameters>('sd0')));
      const inverse1 = f64x2.div(one, v128.load(p, offsetof<RegimeParameters>('sd2')));
      if (this.parameters().model == MODEL_FREE) {
        gaussian(y, mean0, mean1, inverse0, inverse1, at);
        f0 = f64x2.mul(f0, v128.load(at));
        f1 = f64x2.mul(f1, v128.load(at, 16));
      } else {
        f0 = f64x2.mul(f0, studentDensity(studentShape(y, mean0, inverse0), inverse0));
        f1 = f64x2.mul(f1, studentDensity(studentShape(y, mean1, inverse1), inverse1));
      }
      const sum = sumOfFour(f0, f1);
      f0 = f64x2.div(f0, sum);
      f1 = f64x2.div(f1, sum);
    }
    v128.store(at, f0);
    v128.store(at, f1, 16);
    const move = f64x2.splat(MOVE);
    const stay = f64x2.splat(STAY - MOVE);
    v128.store(at, f64x2.add(f64x2.mul(f0, stay), move), offsetof<Regime>('predicted0'));
    v128.store(at, f64x2.add(f64x2.mul(f1, stay), move), offsetof<Regime>('predicted2'));
  }

  private emit(): void {
    let best = 0;
    let most = this.xi0;
    for (let k = 1; k < 4; k++) {
      const xi = load<f64>(changetype<usize>(this) + ((<usize>k) << 3));
      if (xi > most) {
        most = xi;
        best = k;
      }
    }
    this.stale = i32(most < CONFIDENT);
    if (most >= CONFIDENT && best != this.label) {
      this.label = best;
      this.switches++;
    }
    this.model = this.parameters().model;
    this.indicator = this.xi0 - this.xi1;
  }
}

/** Bytes of a Regime whose parameters are given: it keeps no window of inputs. */
export const REGIME_FIXED_BYTES: usize = offsetof<Regime>() + offsetof<RegimeParameters>();
/** Bytes of one Regime with its window of inputs. */
export const REGIME_BYTES: usize = REGIME_FIXED_BYTES + ((<usize>WINDOW) << 3);

/** Reserves the refit scratch once per kernel. */
function reserve(): bool {
  if (work == 0) work = alloc(((<usize>WINDOW) << 3) + fitRegimeWorkBytes(WINDOW));
  return work != 0;
}

export function regimeBytes(): usize {
  return REGIME_BYTES;
}

/** Starts a regime that refits itself; false when no scratch could be reserved. */
export function regimeInit(at: usize): bool {
  return changetype<Regime>(at).init();
}

/** Starts a regime with given parameters (80 bytes) that never refits and answers from the first bar. */
export function regimeInitFixed(at: usize, parameters: usize): void {
  changetype<Regime>(at).initFixed(parameters);
}

/** The shipped parameters, scaled by n inputs (oldest first, NaN skipped), as 80 bytes at `out`. */
export function regimeDefault(inputs: usize, n: i32, out: usize): void {
  const parameters = changetype<RegimeParameters>(out);
  parameters.scale = cappedScale(inputs, n);
  parameters.setTied(0.63, 0.37, 1.3);
  parameters.model = MODEL_DEFAULT;
}

/** Takes one closed 30-minute bar that its Scale has just taken. */
export function regimePush(at: usize, scale: usize): void {
  const s = changetype<Scale>(scale);
  changetype<Regime>(at).push(s.logReturn / s.slotFactorBefore);
}

/** Takes one input that is already divided by its time-of-day factor. */
export function regimePushInput(at: usize, input: f64): void {
  changetype<Regime>(at).push(input);
}

/** Address of the 80 bytes of parameters inside a regime. */
export function regimeParameters(at: usize): usize {
  return changetype<usize>(changetype<Regime>(at).parameters());
}
