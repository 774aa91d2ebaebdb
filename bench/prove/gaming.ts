// Step of issue C about the reward: a million sampled and ten thousand optimised attacks in the engine's own
// market.

import { attackRewards } from '../../src/lab/reward-lab.ts';
import { recordTape } from '../../src/lab/tape.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { equal, resultOf, within } from './figure.ts';
import type { Figure, Step } from './figure.ts';

const SEED = 1;
const BARS = 20_000;
const SAMPLES = 1_000_000;
const OPTIMISED = 10_000;

/** Attacks on our reward that pay, and on the forms of the seeds. */
export const gamingSteps: readonly Step[] = [
  {
    name: 'gaming lab',
    async run() {
      const tape = await recordTape(await shippedModels(), SEED, BARS);
      const report = attackRewards(await loadKernel(), tape, {
        seed: SEED,
        samples: SAMPLES,
        optimised: OPTIMISED,
      });
      const figures: Figure[] = [
        within(
          'attacks of the suite',
          report.attacks.filter(({ attack }) => !attack.includes(':')).length,
          12,
          12,
        ),
        within('honest episodes at q = 1', report.honest.q1, 1, Infinity),
        equal('episodes that could not be flattened', report.unscored, 0),
      ];
      report.forms.forEach(({ form, sampled, optimised, evasionGain }, i) => {
        if (i === 0) {
          figures.push(
            equal(`${form}: positive gaps of ${sampled.attacks} sampled attacks`, sampled.positive, 0),
            equal(`${form}: positive gaps of ${optimised.attacks} optimised attacks`, optimised.positive, 0),
            equal(`${form}: evasion gain at u = −0.5`, evasionGain, 0),
          );
        } else {
          figures.push(
            within(
              `${form}: positive gaps of ${sampled.attacks} sampled attacks`,
              sampled.positive,
              1,
              Infinity,
            ),
            within(
              `${form}: largest gap`,
              Math.max(sampled.largestGap, optimised.largestGap),
              1e-9,
              Infinity,
            ),
          );
        }
      });
      return resultOf(figures);
    },
  },
];
