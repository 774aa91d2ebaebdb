// Prefix invariance and warm restart of the whole engine on NQ, and portfolios that run and verify.

import { readFileSync } from 'node:fs';
import { prefixInvarianceTrial, warmRestartTrial } from '../../src/backtest/invariance.ts';
import type { TrialReport } from '../../src/backtest/invariance.ts';
import { listingOf } from '../../src/data/listing.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { journalPath, runMarkets } from '../market-run.ts';
import type { Market } from '../market-run.ts';
import { equal, resultOf, skipped, within } from './figure.ts';
import type { Figure, Step, StepResult } from './figure.ts';
import { marketOf, PORTFOLIOS, PROOF_FILES } from './files.ts';
import type { ProofFile } from './files.ts';
import { verifyBytes } from './verification.ts';

const CUTS = 200;
const SEED = 20_261_120;

/** 200 random cuts with three tails each, and 200 random restarts, on NQ. */
export const trialSteps: readonly Step[] = [
  { name: 'prefix invariance', run: () => prove('cuts', prefixInvarianceTrial) },
  { name: 'warm restart', run: () => prove('restarts', warmRestartTrial) },
];

async function prove(what: string, trial: typeof warmRestartTrial): Promise<StepResult> {
  const nq = await marketOf(PROOF_FILES[0]!);
  if (!nq) return skipped('../shared/data/NQ_5m.csv.gz is not on this machine');
  const setup = {
    table: nq.table,
    list: (table: Market['table']) => listingOf(nq.symbol, table),
    models: await shippedModels(),
  };
  return resultOf(trialFigures(what, await trial(setup, { count: CUTS, seed: SEED })));
}

function trialFigures(what: string, { ok, count, seed, decisions, failures }: TrialReport): Figure[] {
  return [
    { name: `failing ${what} of ${count}, seed ${seed}`, asked: 'none', measured: failures.join('; '), ok },
    within('decisions compared', decisions, 1, Infinity),
  ];
}

/** Several files as one account: twice the same hashes, and a journal that verifies. */
export const portfolioSteps: readonly Step[] = PORTFOLIOS.map((files) => ({
  name: `portfolio ${files.map(({ symbol }) => symbol).join(' ')}`,
  run: () => provePortfolio(files),
}));

async function provePortfolio(files: readonly ProofFile[]): Promise<StepResult> {
  const markets = (await Promise.all(files.map(marketOf))).filter((market) => market !== null);
  if (markets.length < files.length) return skipped('its files in ../shared/data are not on this machine');
  const models = await shippedModels();
  const journal = journalPath(files.map(({ symbol }) => symbol).join('-'));
  const first = await runMarkets(markets, models, { journal });
  const found = await verifyBytes(readFileSync(journal), models);
  const second = await runMarkets(markets, models, { journal });
  return resultOf([
    equal(
      'bars',
      first.report.bars + first.report.rejected,
      markets.reduce((sum, { table }) => sum + table.rows, 0),
    ),
    equal('journal hash, second run', String(second.journalHash), String(first.journalHash)),
    equal('verified state hash', String(found.stateHash), first.stateHash),
    within('decisions', first.report.decisions, 1, Infinity),
    within('trades closed', first.report.trades, 1, Infinity),
  ]);
}
