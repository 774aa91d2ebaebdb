// gm train: trains agents where the optimum is known and says what fraction of it they reach, or on the
// engine's own market beside what anyone could have done.

import { ENGINE_MARKET } from '../../training/actor-team.ts';
import type { EngineSeedResult } from '../../training/engine-trial.ts';
import type { SeedResult } from '../../training/trial.ts';
import { trainEngine } from '../train-engine.ts';
import { trainPlanted } from '../train-planted.ts';
import { readCheckpoint } from '../training-checkpoint.ts';
import type { TrainingCheckpoint } from '../training-checkpoint.ts';
import { PLAN_OPTIONS, planOf } from '../training-plan.ts';
import { FILE_OPTIONS } from '../training-session.ts';
import { TRIAL_OPTIONS } from '../trial-log.ts';
import type { Verb } from '../verb.ts';

export const trainVerb: Verb = {
  name: 'train',
  summary: "train agents on a planted market or on the engine's own, and score them",
  usage: '',
  options: { ...PLAN_OPTIONS, ...FILE_OPTIONS, ...TRIAL_OPTIONS },
  examples: [
    'train --market full --agents 1 --seconds 15 --seeds 10 --json',
    'train --market null --updates 60',
    'train --market full3 --agents 3 --updates 60 --workers 2',
    'train --market full --leak --updates 40',
    'train --market full3 --agents 3 --updates 60 --out out/models --curve out/curve.ndjson',
    'train --market engine --agents 3 --updates 40',
    'train --market engine --data bars.csv.gz --symbol NQ --agents 3 --updates 40 --out out/mine',
    'train --resume out/train.checkpoint',
  ],
  async run(args, output) {
    const path = args.text('resume');
    const saved = path === null ? null : await readCheckpoint(path);
    const plan = saved?.plan ?? planOf(args);
    // a checkpoint's results are those of the market that its plan names
    if (plan.market === ENGINE_MARKET)
      return trainEngine(args, output, plan, saved as TrainingCheckpoint<EngineSeedResult> | null);
    return trainPlanted(args, output, plan, saved as TrainingCheckpoint<SeedResult> | null);
  },
};
