// The scorecard of a run: everything a careful reader would ask, as plain data. The page and the JSON are
// this object.

import { toHex } from '../core/bytes.ts';
import type { Listing } from '../engine/header.ts';
import type { Session } from '../market/session.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { baselinesOf, randomTraders, reportedOf } from './baselines.ts';
import type { Baseline, RandomTraders } from './baselines.ts';
import { barsHash } from './bars-hash.ts';
import type { CrossValidation } from './cross-validation.ts';
import type { Bars, Experiment, Fit, PlacedTrade } from './experiment.ts';
import type { Pipeline, StageProgress } from './pipeline.ts';
import { costShare, dailyReturns, daysOf, replay } from './replay.ts';
import type { Days } from './replay.ts';
import { sharpeFigures, trialFigures } from './scorecard-figures.ts';
import type { Basis, SharpeFigures, TrialFigures } from './scorecard-figures.ts';
import { drawdownsOf, foldsOf, monthsOf, regimesOf, turnoverOf } from './scorecard-tables.ts';
import type { Drawdown, Fold, MonthReturn, RegimeRow, Turnover } from './scorecard-tables.ts';
import { momentsOf, sharpeRatio } from './statistics.ts';
import { SURROGATE_KINDS, surrogate } from './surrogates.ts';
import type { SurrogateKind } from './surrogates.ts';
import type { TallyReport } from './tally.ts';
import { countTrials } from './trials.ts';
import type { Trial } from './trials.ts';
import { GATE_LIMITS, judge } from './verdict.ts';
import type { Verdict } from './verdict.ts';
import { varReport } from './var-report.ts';
import type { VarScore } from './var-report.ts';

/** What a scorecard is made from. */
export interface ScorecardSetup {
  readonly kernel: Kernel;
  /** What makes a run of bars; null worlds repeat the whole of it. */
  readonly pipeline: Pipeline;
  readonly listing: Listing;
  readonly bars: Bars;
  readonly simulated: boolean;
  readonly verb: string;
  /** Past trials; the run's own is handed to `logTrial` and counted with them. */
  readonly trials: readonly Trial[];
  readonly logTrial: (trial: Trial) => Promise<void>;
  /** Null worlds to run, 0..1000; by default `worldsFor`. */
  readonly worlds?: number;
  /** False: the first gate that fails ends the work, and what was not needed is null. */
  readonly thorough: boolean;
  readonly seed: number;
  readonly progress?: StageProgress;
  /** Makes rivals that are shown and gate nothing; null when `progress` stopped it. */
  readonly rivals?: (scene: RivalScene) => Promise<readonly Baseline[] | null>;
  /** Cross-validation of the same pipeline, when it was asked for. */
  readonly crossValidation?: CrossValidation;
}

/** What a rival may know of a file, and what it pays. */
export interface RivalScene {
  readonly bars: Bars;
  readonly days: Days;
  readonly session: Session;
  /** Share of the value paid at each change of position. */
  readonly cost: number;
  readonly initial: number;
  readonly seed: number;
  readonly progress?: StageProgress;
}

/** A null world. */
export interface WorldRun {
  readonly kind: SurrogateKind;
  readonly seed: number;
  /** Annual. */
  readonly sharpe: number;
  readonly trades: number;
}

/** Everything on the page. Money in quote units, ratios annual, shares 0..1. */
export interface Scorecard {
  readonly format: 1;
  readonly symbol: string;
  readonly quote: string;
  readonly simulated: boolean;
  readonly bars: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly initial: number;
  /** In words, what was run; and what it refitted on the way. */
  readonly pipeline: string;
  readonly fits: readonly Fit[];
  readonly crossValidation: CrossValidation | null;
  readonly verdict: Verdict;
  readonly sharpe: SharpeFigures;
  readonly netReturn: number;
  readonly annualReturn: number;
  readonly annualVolatility: number;
  readonly maxDrawdown: number;
  readonly tally: TallyReport;
  readonly turnover: Turnover;
  readonly baselines: readonly {
    readonly name: string;
    /** False: shown, not a gate. */
    readonly gates: boolean;
    readonly netReturn: number;
    readonly sharpe: number;
    readonly maxDrawdown: number;
  }[];
  readonly conditions: { readonly doubled: ConditionFigures; readonly delayed: ConditionFigures };
  readonly trials: TrialFigures;
  /** Annual ratios, ascending. */
  readonly random: { readonly seed: number; readonly sharpes: readonly number[] } | null;
  readonly worlds: readonly WorldRun[] | null;
  readonly drawdowns: readonly Drawdown[];
  readonly months: readonly MonthReturn[];
  readonly regimes: readonly RegimeRow[];
  readonly folds: readonly Fold[];
  readonly valueAtRisk: readonly VarScore[];
  readonly trades: readonly PlacedTrade[];
  /** One point a day. */
  readonly curve: {
    readonly tsMs: readonly number[];
    readonly equity: readonly number[];
    /** Largest fall from the high-water mark on that day. */
    readonly drawdown: readonly number[];
    readonly baselines: readonly { readonly name: string; readonly equity: readonly number[] }[];
  };
  readonly proof: {
    readonly stateHash: string;
    readonly configHash: string;
    readonly dataHash: string;
    readonly kernelHash: string;
    readonly seed: number;
  };
}

/** The same trades under other conditions. */
export interface ConditionFigures {
  readonly netReturn: number;
  readonly sharpe: number;
}

const RANDOM_TRADERS = 200;
const WORLDS_MAX = 50;
const WORLD_BARS_MAX = 3_000_000;
const DRAWDOWNS = 5;

/**
 * Null worlds that a file gets: 50, fewer when it is so long that they would take minutes.
 *
 * @example worldsFor(51_321) // 50
 */
export function worldsFor(bars: number): number {
  const affordable = Math.floor(WORLD_BARS_MAX / Math.max(1, bars));
  return Math.min(WORLDS_MAX, Math.max(GATE_LIMITS.worldsMin, affordable));
}

/** Runs, judges and tabulates. Null when `progress` stopped it. */
export async function makeScorecard(setup: ScorecardSetup): Promise<Scorecard | null> {
  const run = await setup.pipeline.run(setup.bars, setup.progress);
  if (!run) return null;
  const basis = await basisOf(setup, run);
  if (!basis) return null;
  const { verdict, random, worlds } = await verdictOf(setup, run, basis);
  if (worlds === 'stopped') return null;
  return assemble(setup, run, basis, verdict, random, worlds);
}

async function basisOf(setup: ScorecardSetup, run: Experiment): Promise<Basis | null> {
  const { bars, equity, fills, initial, listing, tally } = run;
  const days = daysOf(bars.tsMs, Math.max(0, run.firstDecision));
  const returns = dailyReturns(days, equity);
  const { feeBps, tick } = listing.instrument;
  const price = bars.close[bars.rows - 1] ?? 1;
  const cost = costShare(fills, feeBps / 10_000 + tick / (2 * price));
  const dataHash = barsHash(setup.kernel, setup.bars);
  const sharpe = sharpeRatio(returns);
  const trial: Trial = {
    format: 1,
    verb: setup.verb,
    symbol: listing.instrument.symbol,
    configHash: run.configHash,
    dataHash,
    bars: bars.rows,
    firstDay: days.day[0] ?? 0,
    netPnl: tally.netPnl,
    sharpe: Number.isFinite(sharpe) ? sharpe : null,
    returns: Array.from(returns),
  };
  await setup.logTrial(trial);
  const { seed, progress } = setup;
  const { session } = listing.instrument;
  const scene = { bars, days, session, cost, initial, seed, ...(progress ? { progress } : {}) };
  const rivals = setup.rivals ? await setup.rivals(scene) : [];
  if (!rivals) return null;
  const daily = (equityThere: Float64Array): Float64Array => dailyReturns(days, equityThere);
  return {
    days,
    returns,
    baselines: baselinesOf(bars, days, cost, initial),
    reported: [...reportedOf(setup.kernel.raw, bars, days, session, cost, initial), ...rivals],
    cost,
    tried: countTrials([...setup.trials, trial], trial),
    doubled: daily(replay(run, { costs: 2, delayBars: 0 })),
    delayed: daily(replay(run, { costs: 1, delayBars: 1 })),
    dataHash,
  };
}

async function verdictOf(setup: ScorecardSetup, run: Experiment, basis: Basis) {
  let random: RandomTraders | null = null;
  let worlds: WorldRun[] | 'stopped' | null = null;
  const root = Math.sqrt(basis.days.perYear);
  const verdict = await judge(
    setup.kernel.raw,
    {
      returns: basis.returns,
      trades: run.trades.length,
      baselines: basis.baselines,
      tried: basis.tried,
      doubled: () => basis.doubled,
      delayed: () => basis.delayed,
      random() {
        const plan = { seed: setup.seed, count: RANDOM_TRADERS };
        random = randomTraders(run.bars, basis.days, run, basis.cost, plan);
        return random.sharpes;
      },
      async worlds() {
        worlds = await runWorlds(setup, run);
        return worlds === 'stopped' ? [] : worlds.map(({ sharpe }) => sharpe / root);
      },
    },
    { seed: setup.seed, thorough: setup.thorough },
  );
  return {
    verdict,
    random: random as RandomTraders | null,
    worlds: worlds as WorldRun[] | 'stopped' | null,
  };
}

/** The whole pipeline on surrogates, both kinds in turn; seeds count up from the scorecard's. */
async function runWorlds(setup: ScorecardSetup, run: Experiment): Promise<WorldRun[] | 'stopped'> {
  const count = setup.worlds ?? worldsFor(run.bars.rows);
  const worlds: WorldRun[] = [];
  for (let i = 0; i < count; i++) {
    if (setup.progress?.('null worlds', i, count) === false) return 'stopped';
    const kind = SURROGATE_KINDS[i % SURROGATE_KINDS.length]!;
    const seed = setup.seed + i;
    const { tick } = run.listing.instrument;
    const bars = surrogate(setup.kernel.raw, run.bars, tick, kind, seed);
    const world = await setup.pipeline.run(bars);
    if (!world) return 'stopped';
    const days = daysOf(bars.tsMs, Math.max(0, run.firstDecision));
    const sharpe = sharpeRatio(dailyReturns(days, world.equity)) * Math.sqrt(days.perYear);
    worlds.push({ kind, seed, sharpe: Number.isFinite(sharpe) ? sharpe : 0, trades: world.trades.length });
  }
  return worlds;
}

function assemble(
  setup: ScorecardSetup,
  run: Experiment,
  basis: Basis,
  verdict: Verdict,
  random: RandomTraders | null,
  worlds: readonly WorldRun[] | null,
): Scorecard {
  const { bars, equity, initial, tally } = run;
  const { days, returns } = basis;
  const { instrument } = run.listing;
  const root = Math.sqrt(days.perYear);
  const { mean, deviation } = momentsOf(returns);
  const years = Math.max(1 / days.perYear, returns.length / days.perYear);
  const barsPerYear = Math.max(1, bars.rows - days.before) / years;
  return {
    format: 1,
    symbol: instrument.symbol,
    quote: instrument.quote,
    simulated: setup.simulated,
    bars: bars.rows,
    fromMs: bars.tsMs[0] ?? 0,
    toMs: bars.tsMs[bars.rows - 1] ?? 0,
    initial,
    pipeline: setup.pipeline.label,
    fits: run.fits ?? [],
    crossValidation: setup.crossValidation ?? null,
    verdict,
    sharpe: sharpeFigures(setup, basis),
    netReturn: (equity[bars.rows - 1] ?? initial) / initial - 1,
    annualReturn: mean * days.perYear,
    annualVolatility: deviation * root,
    maxDrawdown: tally.maxDrawdown,
    tally,
    turnover: turnoverOf(run, years, basis.cost),
    baselines: [...basis.baselines, ...basis.reported].map((baseline) => ({
      name: baseline.name,
      gates: basis.baselines.includes(baseline),
      ...conditionFigures(baseline.returns, root),
      maxDrawdown: drawdownsOf(bars.tsMs, baseline.equity, 1)[0]?.depth ?? 0,
    })),
    conditions: {
      doubled: conditionFigures(basis.doubled, root),
      delayed: conditionFigures(basis.delayed, root),
    },
    trials: trialFigures(setup, basis),
    random: random && {
      seed: random.seed,
      sharpes: Array.from(random.sharpes, (value) => value * root),
    },
    worlds,
    drawdowns: drawdownsOf(bars.tsMs, equity, DRAWDOWNS),
    months: monthsOf(days, returns),
    regimes: regimesOf(run, days.before, barsPerYear),
    folds: foldsOf(days, returns, basis.baselines),
    valueAtRisk: varReport(setup.kernel, bars, instrument.session),
    trades: run.trades,
    curve: curveOf(run, basis),
    proof: {
      stateHash: run.stateHash,
      configHash: run.configHash,
      dataHash: basis.dataHash,
      kernelHash: toHex(setup.kernel.hash),
      seed: setup.seed,
    },
  };
}

function conditionFigures(returns: Float64Array, root: number): ConditionFigures {
  return {
    netReturn: returns.reduce((value, r) => value * (1 + r), 1) - 1,
    sharpe: sharpeRatio(returns) * root,
  };
}

function curveOf(run: Experiment, { days, baselines }: Basis): Scorecard['curve'] {
  const rows = Array.from(days.last);
  const drawdown: number[] = [];
  let high = run.equity[0] ?? run.initial;
  let row = 0;
  for (const last of rows) {
    let worst = 0;
    for (; row <= last; row++) {
      const value = run.equity[row] as number;
      if (value > high) high = value;
      worst = Math.max(worst, 1 - value / high);
    }
    drawdown.push(worst);
  }
  const daily = (equity: Float64Array): number[] => rows.map((last) => equity[last] as number);
  return {
    tsMs: rows.map((last) => run.bars.tsMs[last] as number),
    equity: daily(run.equity),
    drawdown,
    baselines: baselines
      .filter(({ name }) => name !== 'flat')
      .map(({ name, equity }) => ({ name, equity: daily(equity) })),
  };
}
