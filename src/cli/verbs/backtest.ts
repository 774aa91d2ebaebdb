// gm backtest: one run, judged; the verdict falls at the first gate that fails.

import { pathSpread } from '../../backtest/cross-validation.ts';
import type { CrossValidation } from '../../backtest/cross-validation.ts';
import type { Scorecard } from '../../backtest/scorecard.ts';
import { toJson } from '../decision-record.ts';
import { openScorecard, SCORECARD_OPTIONS } from '../scorecard-session.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Output, Verb } from '../verb.ts';

export const backtestVerb: Verb = {
  name: 'backtest',
  summary: 'run over market data, count the trial, judge it gate by gate',
  usage: '',
  options: {
    ...SCORECARD_OPTIONS,
    thorough: { help: 'measure every gate, also behind the first that fails' },
  },
  examples: [
    'backtest --data bars.csv.gz --symbol NQ',
    'backtest --data bars.csv.gz --symbol NQ --walk-forward 6 --cpcv 6,2',
    'backtest --simulate 60000 --thorough --json',
  ],
  async run(args, output) {
    const found = await openScorecard(args, output, 'backtest', args.flag('thorough'));
    if (!found) {
      output.note('stopped before the end; no verdict');
      return EXIT_FOUND_WRONG;
    }
    const { card } = found;
    if (args.flag('json')) output.print(toJson({ ...card, trades: undefined, curve: undefined }));
    else print(card, output);
    return EXIT_OK;
  },
};

function print(card: Scorecard, output: Output): void {
  const { sharpe, trials, verdict } = card;
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const rows: [string, string][] = [
    ['market', `${card.symbol}${card.simulated ? ' (simulated)' : ''}, ${card.bars} bars`],
    ['models', card.pipeline],
    ...card.fits.map((fit): [string, string] => [
      '  fit',
      `${day(fit.fromMs)} to ${day(fit.toMs)}, trained to ${day(fit.trainedToMs)} ` +
        `on ${fit.samples} samples, ${fit.purged} purged`,
    ]),
    ['net', `${share(card.netReturn)}, worst drawdown ${share(card.maxDrawdown)}`],
    [
      'sharpe',
      `${sharpe.annual.toFixed(2)}, 95 % of resamples ${sharpe.low.toFixed(2)} to ${sharpe.high.toFixed(2)}`,
    ],
    ['deflated', `${sharpe.deflated.toFixed(3)} for ${trials.trials} trials in ${trials.runs} runs`],
    ...(trials.unkept > 0
      ? [
          ['  of them', `${trials.unkept} without a kept result ${trials.reasons.join('; ')}`] as [
            string,
            string,
          ],
        ]
      : []),
    ...card.baselines.map(({ name, sharpe: ratio }): [string, string] => [
      '  beside',
      `${name} ${ratio.toFixed(2)}`,
    ]),
    ...(card.crossValidation ? crossed(card.crossValidation) : []),
    ...verdict.gates.map(({ name, found, held }): [string, string] => [
      name,
      `${held ? 'held  ' : 'failed'} ${found}`,
    ]),
    ['verdict', verdict.line],
  ];
  for (const [name, value] of rows) output.print(`${name.padEnd(13)}${value}`);
}

function crossed(found: CrossValidation): [string, string][] {
  const { low, median, high } = pathSpread(found);
  return [
    [
      'cpcv',
      `${found.paths.length} paths of ${found.splits} splits: Sharpe ratio ${low.toFixed(2)} to ` +
        `${high.toFixed(2)}, median ${median.toFixed(2)}`,
    ],
  ];
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
