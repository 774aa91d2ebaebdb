// gm report: the scorecard of a run as one static page.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reportPage } from '../../backtest/report/page.ts';
import { GrandModelError } from '../../core/errors.ts';
import { toJson } from '../decision-record.ts';
import { openScorecard, SCORECARD_OPTIONS } from '../scorecard-session.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Verb } from '../verb.ts';

export const reportVerb: Verb = {
  name: 'report',
  summary: 'write the scorecard of a run as one static HTML page, with its verdict',
  usage: '',
  options: {
    ...SCORECARD_OPTIONS,
    out: { metavar: 'FILE', help: 'the page; needed unless --json is given' },
    fast: { help: 'stop at the first gate that fails; what lies behind it is not measured' },
  },
  examples: [
    'report --data bars.csv.gz --symbol NQ --out out/nq.html',
    'report --data bars.csv.gz --symbol NQ --walk-forward 6 --cpcv 6,2 --out out/walk.html',
    'report --simulate 60000 --json > out/card.json',
  ],
  async run(args, output) {
    const path = args.text('out');
    if (path === null && !args.flag('json')) {
      throw new GrandModelError('BAD_INPUT', 'gm report: give --out FILE, or --json', {});
    }
    const startedMs = performance.now();
    const found = await openScorecard(args, output, 'report', !args.flag('fast'));
    if (!found) {
      output.note('stopped before the end; nothing was written');
      return EXIT_FOUND_WRONG;
    }
    const { card, kernel } = found;
    if (path !== null) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, reportPage(kernel, card));
    }
    const seconds = (performance.now() - startedMs) / 1000;
    if (args.flag('json')) output.print(toJson(card));
    else {
      output.print(card.verdict.line);
      output.print(`${path} written in ${seconds.toFixed(1)} s`);
    }
    return EXIT_OK;
  },
};
