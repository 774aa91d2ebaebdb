// The settings that trainings start from, on planted markets and on the engine's own.

import type { MappoConfig } from './mappo.ts';
import { ROSTERS } from './team.ts';

/** Adam's step with every action known: three networks learn one position from fewer updates. */
const RATES: Readonly<Record<1 | 3, number>> = { 1: 3e-3, 3: 5e-3 };

/**
 * Settings of one agent or three, with changes.
 *
 * @example trainingConfig(1, { epochs: 4 }).epochs // 4
 */
export function trainingConfig(agents: 1 | 3, changes: Partial<MappoConfig> = {}): MappoConfig {
  const sampled = changes.advantage === 'gae';
  return {
    agents: ROSTERS[agents],
    criticHidden: [64, 64],
    nodes: 5,
    gamma: 0.99,
    lambda: 0.97,
    clip: sampled ? 0.2 : 2,
    entropy: sampled ? 0.01 : 0.1,
    gain: 1,
    epochs: sampled ? 4 : 2,
    minibatch: 1024,
    steps: 32,
    rate: sampled ? 1e-3 : RATES[agents],
    criticRate: 1e-3,
    normMax: 0.5,
    advantage: 'counterfactual',
    returns: 'forecast',
    order: 'simultaneous',
    ...changes,
  };
}
