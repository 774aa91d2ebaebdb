// gm lab reward: attacks on the reward, in the engine's own market.

import { GrandModelError } from '../../core/errors.ts';
import { attackRewards } from '../../lab/reward-lab.ts';
import type { LabReport } from '../../lab/reward-lab.ts';
import { OURS } from '../../lab/reward-forms.ts';
import { recordTape } from '../../lab/tape.ts';
import { shippedModels } from '../../runtime/shipped-models.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { Progress } from '../progress.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Output, Verb } from '../verb.ts';

export const labVerb: Verb = {
  name: 'lab',
  summary: 'attack the reward: twelve ways to be paid for nothing, and three searches',
  usage: 'reward',
  options: {
    samples: { metavar: 'N', fallback: '20000', help: 'attacks drawn from the suite' },
    optimised: {
      metavar: 'N',
      fallback: '300',
      help: 'attacks optimised against our reward (a tenth against each other form)',
    },
    seed: { metavar: 'N', fallback: '1', help: 'seed of the market and of the attacks' },
    bars: { metavar: 'N', fallback: '20000', help: 'bars of the simulated market' },
  },
  examples: ['lab reward', 'lab reward --samples 1000000 --optimised 10000 --json'],
  async run(args, output) {
    const [what, ...rest] = args.positionals;
    if (what !== 'reward' || rest.length > 0) {
      throw new GrandModelError('BAD_INPUT', `gm lab: "${args.positionals.join(' ')}" is not "reward"`, {});
    }
    const seed = args.number('seed', 0, 0xffffffff) ?? 1;
    const bars = Math.floor(args.number('bars', 4_000, 1_000_000) ?? 20_000);
    const tape = await recordTape(await shippedModels(), seed, bars);
    const progress = new Progress(output, 'attacks');
    const report = attackRewards(await loadKernel(), tape, {
      seed,
      samples: Math.floor(args.number('samples', 1, 100_000_000) ?? 1),
      optimised: Math.floor(args.number('optimised', 0, 1_000_000) ?? 0),
      signal: output.signal,
      progress: (done, total) => progress.report(done, total),
    });
    if (args.flag('json')) output.print(JSON.stringify(report));
    else print(report, output);
    const ours = report.forms.find(({ form }) => form === OURS.name);
    const held = ours && ours.sampled.positive + ours.optimised.positive === 0;
    return held ? EXIT_OK : EXIT_FOUND_WRONG;
  },
};

function print(report: LabReport, output: Output): void {
  const { honest, starts } = report;
  const shown = (value: number): string => value.toFixed(3).padStart(9);
  output.print(
    `simulated market, ${starts} decisions; ${honest.q1} of ${honest.played} honest episodes at q = 1, ` +
      `u ${honest.lowest.toFixed(3)} to ${honest.highest.toFixed(3)}; ${report.unscored} not scored`,
  );
  output.print(
    'form             positive sampled   positive optimised   largest  evasion    R − u losses paid',
  );
  for (const { form, sampled, optimised, evasionGain, overstatement, lossPositiveRate } of report.forms) {
    const paid = `${(100 * lossPositiveRate).toFixed(1)} %`;
    const largest = Math.max(sampled.largestGap, optimised.largestGap);
    output.print(
      `${form.padEnd(17)}${`${sampled.positive}/${sampled.attacks}`.padStart(16)}` +
        `${`${optimised.positive}/${optimised.attacks}`.padStart(21)}${shown(largest)}` +
        ` ${shown(evasionGain)}${shown(overstatement)}${paid.padStart(11)}`,
    );
  }
  output.print('\nlargest exploit gap R(attack) − R(honest) at equal true utility');
  const names = report.forms.map(({ form }) => form);
  output.print(`${''.padEnd(30)}${names.map((name) => name.padStart(17)).join('')}`);
  for (const { attack, largestGap } of report.attacks) {
    const cells = names.map((name) => (largestGap[name]?.toFixed(4) ?? '-').padStart(17)).join('');
    output.print(`${attack.padEnd(30)}${cells}`);
  }
  output.print('Bounded against the attacks tried; not a proof that no other one pays.');
}
