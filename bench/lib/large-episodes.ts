// Ten episodes of three large agents: rollout on the planted market full3, generalised advantages, and four
// epochs of PPO on every network.

import { Mappo } from '../../src/training/mappo.ts';
import { PlantedMarket, plantedMarket } from '../../src/training/planted-market.ts';
import { ROSTERS } from '../../src/training/team.ts';
import { trainingConfig } from '../../src/training/training-config.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import { cpuSeconds, HIDDEN } from './update-work.ts';

export const EPISODES = 10;
const STEPS = 256;
const EPOCHS = 4;
const MINIBATCH = 640;

/** What one run took. */
export interface EpisodesRun {
  /** What was done, in words with all sizes. */
  readonly definition: string;
  readonly samples: number;
  /** Of the first update: network set-up is not in it. */
  readonly cpuSeconds: number;
  readonly hash: string;
}

/** One run from the same seed. @param criticHidden widths of the critic; default the trainer's own */
export async function largeEpisodes(criticHidden?: readonly number[]): Promise<EpisodesRun> {
  const { trainer, config } = await largeTrainer(STEPS, criticHidden);
  const before = process.cpuUsage();
  trainer.update(0);
  const seconds = cpuSeconds(before);
  const shape = (widths: readonly number[]): string => widths.join('-');
  return {
    definition:
      `${EPISODES} episodes x ${STEPS} steps x 3 agents x ${EPOCHS} epochs: rollout, GAE, PPO in ` +
      `minibatches of ${MINIBATCH}; actors of about 102,405 parameters ` +
      `(7, 12, 17-${shape(HIDDEN)}-5), critic ${shape(config.criticHidden)}-${config.nodes}, one thread`,
    samples: EPISODES * STEPS,
    cpuSeconds: seconds,
    hash: trainer.team.seats.map((seat) => seat.actor.hash()).join(),
  };
}

/** The trainer of a run; its first update is the run. @param steps bars of an episode */
export async function largeTrainer(steps: number, criticHidden?: readonly number[]) {
  const kernel = await loadTraining();
  const config = trainingConfig(3, {
    agents: ROSTERS[3].map((agent) => ({ ...agent, hidden: HIDDEN })),
    ...(criticHidden && { criticHidden }),
    ...{ steps, epochs: EPOCHS, minibatch: MINIBATCH, advantage: 'gae', returns: 'drawn' },
  });
  const market = new PlantedMarket(kernel, plantedMarket('full3'), EPISODES, steps, 1);
  return { trainer: new Mappo(kernel, market, config, 1), config };
}
