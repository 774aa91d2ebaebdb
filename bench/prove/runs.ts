// One file through the whole engine, twice: hashes, synergies, orders, regime and uncertainty on that very
// run.

import { readFileSync } from 'node:fs';
import { REGIME_LIMITS, reportRegimes, brokenRegimeLimits } from '../../src/backtest/regime-report.ts';
import { judgeUncertainty, uncertaintyFigures } from '../../src/backtest/uncertainty-report.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { journalPath, runMarkets } from '../market-run.ts';
import type { Market, MarketRun } from '../market-run.ts';
import { equal, resultOf, skipped, within } from './figure.ts';
import type { Figure, StepResult } from './figure.ts';
import { marketOf, PROOF_FILES, tradingDays } from './files.ts';
import type { ProofFile } from './files.ts';
import { SignalRecord } from './signal-record.ts';

const NQ_BARS = 51_321;
const DAYS_MIN = 20;
const REGIME_ROWS_MIN = 5000;
/** Rows before which the regime still runs on shipped defaults. */
const REGIME_FROM = 500;
/**
 * Of adaptive conformal inference (Gibbs and Candès 2021, prop. 4.1): |misses/n − α| ≤ (max(α, 1 − α) + γ)/(γ
 * n).
 */
const ACI = { alpha: 0.1, gamma: 0.01 };

/** One step for each file. */
export const runSteps = PROOF_FILES.map((file) => ({
  name: `run ${file.name}`,
  run: () => proveFile(file),
}));

async function proveFile(file: ProofFile): Promise<StepResult> {
  const market = await marketOf(file);
  if (!market) return skipped(`../shared/data/${file.name}.csv.gz is not on this machine`);
  const models = await shippedModels();
  const record = new SignalRecord();
  const journal = journalPath(file.name);
  const first = await runMarkets([market], models, {
    journal,
    observe: (event, effects, engine) => record.observe(event, effects, engine),
  });
  const second = await runMarkets([market], models, { journal });
  const figures = [
    equal('state hash, second run', second.stateHash, first.stateHash),
    equal('journal hash, second run', String(second.journalHash), String(first.journalHash)),
    ...(file.name === 'NQ_5m' ? nqFigures(first, record) : []),
    ...(file.minutes ? minuteFigures(file, first) : dayFigures(file, market, first)),
    ...(file.minutes || tradingDays(market.table) < DAYS_MIN ? [] : uncertaintyRows(record)),
    ...(record.regimes.length >= REGIME_ROWS_MIN ? regimeRows(record.regimes, record.logReturns) : []),
  ];
  return resultOf(figures);
}

function nqFigures({ report }: MarketRun, record: SignalRecord): Figure[] {
  const golden = JSON.parse(
    readFileSync(new URL('../../test/golden/synergy.json', import.meta.url), 'utf8'),
  ) as {
    firstOfNq: unknown[];
  };
  const found = record.synergies
    .slice(0, golden.firstOfNq.length)
    .map(({ tsMs, type, direction, barsToComplete }) => [
      new Date(tsMs).toISOString().replace('.000', ''),
      type,
      direction,
      barsToComplete,
    ]);
  return [
    equal('bars', report.bars, NQ_BARS),
    equal('golden events', JSON.stringify(found), JSON.stringify(golden.firstOfNq)),
  ];
}

function minuteFigures(file: ProofFile, { report }: MarketRun): Figure[] {
  const bars = within('5m bars taken', report.bars, 500, Infinity);
  return file.minutes === 'decision' ? [bars, within('decisions', report.decisions, 1, Infinity)] : [bars];
}

function dayFigures(file: ProofFile, { table }: Market, { report }: MarketRun): Figure[] {
  const days = tradingDays(table);
  const counts = Object.values(report.synergies);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return [
    within(`synergies a trading day (${days} days)`, total / days, 0.2, 10),
    ...(file.everyType
      ? [within(`fewest of a type (${counts.join(' ')})`, Math.min(...counts), 10, Infinity)]
      : []),
    within('orders', report.orders, 1, Infinity),
    within('trades closed', report.trades, 1, Infinity),
  ];
}

/** The report's own judgement, with the figures it rests on, and the bound that the theorem gives. */
function uncertaintyRows(record: SignalRecord): Figure[] {
  const figures = uncertaintyFigures(record);
  const { failures } = judgeUncertainty(figures, record.levels.length);
  const shown = (values: readonly number[]): string => values.map((value) => value.toFixed(3)).join(' ');
  let judged = 0;
  let misses = 0;
  for (let t = 0; t + 1 < record.halfWidths.length; t++) {
    if (Number.isNaN(record.halfWidths[t]!)) continue;
    judged++;
    if (Math.abs(record.logReturns[t + 1]!) > record.halfWidths[t]!) misses++;
  }
  const bound = (1 - ACI.alpha + ACI.gamma) / (ACI.gamma * judged);
  return [
    {
      name: `uncertainty over ${record.levels.length} rows: shares, coverage, small moves of LOW MEDIUM HIGH`,
      asked: 'levels 1 to 95 %, coverage and order of small moves as the report demands',
      measured: `${shown(figures.share)} | ${shown(figures.coverage)} | ${shown(figures.smallMoves)}`,
      ok: failures.length === 0,
    },
    within('|miscoverage − .1|', Math.abs(misses / judged - ACI.alpha), 0, bound),
  ];
}

/** How regime labels behave, against the limits asked of every file of 5,000 rows and more. */
export function regimeRows(regimes: ArrayLike<number>, logReturns: ArrayLike<number>): Figure[] {
  const from = (column: ArrayLike<number>): number[] => Array.from(column).slice(REGIME_FROM);
  const report = reportRegimes(from(regimes), from(logReturns));
  const limits = REGIME_LIMITS;
  return [
    within('regime switches per 1,000 rows', report.switchesPerThousand, 0, limits.switchesPerThousandMax),
    within('rarest regime, share', Math.min(...report.shares), limits.shareMin, 1),
    within('next-12 volatility, VOLATILE over SIDEWAYS', report.forwardVolatilityRatio, 1.4, Infinity),
    within('trailing-24 agreement, BULL', report.bullAgreement, limits.agreementMin, 1),
    within('trailing-24 agreement, BEAR', report.bearAgreement, limits.agreementMin, 1),
    equal('regime limits broken', brokenRegimeLimits(report).join(' '), ''),
  ];
}
