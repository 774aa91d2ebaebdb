// gm evaluate: what models are worth out of sample. Voters on bars they were not fitted on, actors on markets
// that their training never met, policies on fresh decisions; always the files themselves, by the reference
// evaluator.

import { SAMPLE_EVERY } from '../../training/core-models.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { candidatesFrom, KINDS } from '../candidates.ts';
import { toJson } from '../decision-record.ts';
import { HELD_OUT_OPTIONS, looksAt } from '../held-out.ts';
import type { Judged } from '../held-out.ts';
import { judgeActors } from '../judge-actors.ts';
import { judgePolicies } from '../judge-policies.ts';
import { judgeVoters } from '../judge-voters.ts';
import { TRIAL_OPTIONS, trialLogger } from '../trial-log.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Verb } from '../verb.ts';

export const evaluateVerb: Verb = {
  name: 'evaluate',
  summary: 'say what models are worth on data they were not fitted on',
  usage: `[${KINDS.join(' | ')}]`,
  options: {
    models: {
      metavar: 'DIR',
      help: 'voters, actors or policies of a folder or a registry; the shipped models otherwise',
    },
    model: { metavar: 'FILE', help: 'one .onnx file; FILE.card.json beside it is used when it is there' },
    voter: { metavar: 'ID', help: 'voter that a --model without a card is for; otherwise by its shape' },
    version: {
      metavar: 'N',
      help: 'actors of NAME.vNNNN.onnx; otherwise those without a number, or the newest',
    },
    ...HELD_OUT_OPTIONS,
    every: {
      metavar: 'N',
      fallback: String(SAMPLE_EVERY),
      help: 'judge the tactical voters at every n-th bar',
    },
    seed: { metavar: 'N', fallback: '1', help: "seed of the voters' resamples and of the random players" },
    ...TRIAL_OPTIONS,
  },
  examples: [
    'evaluate',
    'evaluate --data bars.csv.gz --symbol NQ --json',
    'evaluate --model my.onnx --voter momentum --edge 0',
    'evaluate actors --models out/mine',
    'evaluate actors --models out/mine --version 40 --data bars.csv.gz --symbol NQ',
    'evaluate policies',
  ],
  async run(args, output) {
    const logTrial = trialLogger(args, 'evaluate');
    const kernel = await loadKernel();
    const { voters, teams, policies } = await candidatesFrom(kernel, args);
    const judges = [
      voters.length > 0 && (() => judgeVoters(kernel, voters, args, output)),
      teams.length > 0 && (() => judgeActors(kernel, teams, args, output)),
      policies && (() => judgePolicies(kernel, policies, args, output)),
    ];
    const judged: Judged[] = [];
    for (const judge of judges) {
      const found = judge ? await judge() : undefined;
      if (found === null) {
        output.note('stopped before the end; nothing was judged');
        return EXIT_FOUND_WRONG;
      }
      if (found) judged.push(found);
    }
    for (const one of judged) for (const trial of looksAt(kernel, one)) await logTrial(trial);
    const empty = { ok: true, market: null, voters: [], actors: [], policies: null };
    // what was said of the voters' market stands where both were judged
    const json = judged.toReversed().map((one) => one.json);
    if (args.flag('json')) output.print(toJson(Object.assign(empty, ...json)));
    else judged.flatMap(({ lines }) => lines).forEach((line) => output.print(line));
    return EXIT_OK;
  },
};
