// The memory of one update: what every agent saw, did and is told about it, and the critic's targets.

import type { TrainingKernel } from '../wasm/training.ts';
import type { MappoConfig } from './mappo.ts';
import { ACTIONS } from './market.ts';
import type { Team } from './team.ts';

/** One agent's part; row = bar · paths + path. */
export interface AgentBatch {
  /** f32[rows, width]: its inputs. */
  readonly rows: number;
  /** i32[rows] taken; with counterfactual advantages drawn, but not learnt from. */
  readonly actions: number;
  /** ln π before the update and advantages: f32[rows], or f32[rows, ACTIONS] with counterfactual ones. */
  readonly oldLogP: number;
  readonly advantages: number;
}

/** Addresses and sizes of a batch. */
export interface Batch {
  readonly paths: number;
  readonly rows: number;
  readonly agents: readonly AgentBatch[];
  /** f32[rows + paths]: positions before each bar, and after the last. */
  readonly positions: number;
  /** Value targets: f32[rows], or f32[rows, nodes] with counterfactual ones. */
  readonly targets: number;
  readonly targetCount: number;
  /** What sets a row's targets apart, f32[rows, nodes]; 0 without tables. */
  readonly apart: number;
  /** Small results, at least 4 f64 and f32[paths]. */
  readonly scratch: number;
}

const FLOAT = 4;

/** Reserves the memory of updates of config.steps bars on `paths` paths. */
export function createBatch(kernel: TrainingKernel, team: Team, paths: number, config: MappoConfig): Batch {
  const rows = paths * config.steps;
  const floats = (count: number): number => kernel.alloc(count * FLOAT);
  const wide = config.advantage === 'counterfactual' ? ACTIONS : 1;
  const targetCount = rows * (config.advantage === 'counterfactual' ? config.nodes : 1);
  return {
    paths,
    rows,
    agents: team.seats.map((seat) => ({
      rows: floats(rows * seat.width),
      actions: floats(rows),
      oldLogP: floats(rows * wide),
      advantages: floats(rows * wide),
    })),
    positions: floats(rows + paths),
    targets: floats(targetCount),
    targetCount,
    apart: targetCount > rows ? floats(targetCount) : 0,
    scratch: floats(Math.max(paths, 16)),
  };
}
