// Simulated value at risk of a portfolio on the kernel: correlated log-normal or normal moves of one horizon.
// For reports and research; the gate looks at filtered history.

import { GrandModelError } from '../core/errors.ts';
import type { AnalysisKernel } from '../wasm/analysis.ts';

const ASSETS_MAX = 64;
const PATHS_MAX = 4_000_000;

/** What a portfolio is exposed to. */
export interface SimulatedBook {
  /** f64[assets · assets] covariance of the log returns of the horizon, row by row, positive definite. */
  readonly covariance: ArrayLike<number>;
  /** Signed value of each asset; losses come in its unit. */
  readonly exposure: ArrayLike<number>;
  /** Mean log returns of the horizon; 0 when left out. */
  readonly drift?: ArrayLike<number>;
}

/** Losses as positive numbers. */
export interface SimulatedTail {
  readonly var: number;
  readonly es: number;
}

/** Reserved kernel memory for portfolios up to a size; use it again and again. */
export class MonteCarlo {
  private readonly kernel: AnalysisKernel;
  private readonly assetsMax: number;
  private readonly pathsMax: number;
  private readonly factor: number;
  private readonly drift: number;
  private readonly exposure: number;
  private readonly work: number;
  private readonly out: number;

  /**
   * @param assetsMax  1..64
   * @param pathsMax   1..4,000,000
   * @throws           GrandModelError BAD_ARGUMENT, LIMIT when the kernel has no room
   */
  constructor(kernel: AnalysisKernel, assetsMax: number, pathsMax: number) {
    need('assets', assetsMax, 1, ASSETS_MAX);
    need('paths', pathsMax, 1, PATHS_MAX);
    this.kernel = kernel;
    this.assetsMax = assetsMax;
    this.pathsMax = pathsMax;
    this.factor = kernel.alloc(8 * assetsMax * assetsMax);
    this.drift = kernel.alloc(8 * assetsMax);
    this.exposure = kernel.alloc(8 * assetsMax);
    this.work = kernel.alloc(kernel.raw.monteCarloBytes(assetsMax, pathsMax));
    this.out = kernel.alloc(16);
  }

  /**
   * VaR and ES of a book.
   *
   * @param paths  1..pathsMax
   * @param alpha  tail probability inside 0..0.5
   * @param model  `log-normal`: a value moves by e^x − 1; `normal`: by x
   * @throws       GrandModelError BAD_ARGUMENT when the covariance is not positive definite or a number is
   *               out of range
   */
  tail(
    book: SimulatedBook,
    paths: number,
    alpha: number,
    seed: number,
    model: 'log-normal' | 'normal' = 'log-normal',
  ): SimulatedTail {
    const { raw } = this.kernel;
    const assets = book.exposure.length;
    need('assets', assets, 1, this.assetsMax);
    need('paths', paths, 1, this.pathsMax);
    if (!(alpha > 0 && alpha < 0.5)) refuse('alpha', alpha, 'inside 0..0.5');
    const cells = assets * assets;
    if (book.covariance.length !== cells) refuse('covariance', book.covariance.length, `${cells} numbers`);
    this.kernel.f64(this.factor, cells).set(book.covariance);
    this.kernel.f64(this.exposure, assets).set(book.exposure);
    const drift = this.kernel.f64(this.drift, assets);
    if (book.drift) drift.set(book.drift);
    else drift.fill(0);
    if (raw.cholesky(this.factor, assets) === 0)
      refuse('covariance', assets, 'that of a positive definite matrix');
    raw.monteCarloTail(
      seed | 0,
      this.factor,
      this.drift,
      this.exposure,
      assets,
      paths,
      alpha,
      model === 'log-normal' ? 1 : 0,
      this.work,
      this.out,
    );
    const [valueAtRisk = Number.NaN, shortfall = Number.NaN] = this.kernel.f64(this.out, 2);
    return { var: valueAtRisk, es: shortfall };
  }
}

function need(field: string, value: number, from: number, to: number): void {
  if (!(Number.isInteger(value) && value >= from && value <= to)) refuse(field, value, `${from} to ${to}`);
}

function refuse(field: string, value: number, wanted: string): never {
  throw new GrandModelError('BAD_ARGUMENT', `Cannot simulate: ${field} ${value} is not ${wanted}`, {
    field,
    value: String(value),
  });
}
