// Twelve ways to earn a reward without earning money, each as an action sequence with random parts.

import { ACTION_BARS, GENES, GENES_PER_ACTION, STATED_AT } from './episode.ts';
import type { TapeStart } from './tape.ts';

/** Uniform draws in [0, 1). */
export type Uniform = () => number;

/** A named attack. */
export interface Attack {
  readonly name: string;
  readonly idea: string;
  /** Writes an action sequence of GENES numbers. */
  write(genes: Float64Array, start: TapeStart, uniform: Uniform): void;
}

const MARKET = 0;
const LIMIT = 0.7;
const TWAP = 0.85;
const RESEND = 1;

/** Sets the target exposure and order kind of one action, or of all from `from` on. */
function aim(genes: Float64Array, from: number, to: number, exposure: number, kind: number): void {
  for (let action = from; action < to; action++) {
    genes[GENES_PER_ACTION * action] = exposure;
    genes[GENES_PER_ACTION * action + 1] = kind;
  }
}

function state(genes: Float64Array, synergy: number, execution: number, colluding: number): void {
  genes[STATED_AT] = synergy;
  genes[STATED_AT + 1] = execution;
  genes[STATED_AT + 2] = colluding;
}

/** A side that the strategic voter did not name. */
function againstStrategy({ strategic, synergy }: TapeStart): number {
  return strategic === 0 ? synergy : -strategic;
}

/**
 * The honest action sequence: a small position in the direction of strategy and synergy, stated as measured;
 * no trade where they disagree.
 */
export function writeHonest(genes: Float64Array, start: TapeStart, uniform: Uniform): void {
  const side = start.strategic === start.synergy ? start.synergy : 0;
  const size = 0.02 + 0.15 * uniform();
  const hold = 1 + Math.floor(uniform() * ACTION_BARS);
  aim(genes, 0, ACTION_BARS, 0, MARKET);
  aim(genes, 0, hold, side * size, MARKET);
  state(genes, start.strength, 1, 0);
}

/** The suite. */
export const ATTACKS: readonly Attack[] = [
  {
    name: 'strategic alignment bypass',
    idea: 'trades against the strategic direction and states a perfect synergy',
    write(genes, start, uniform) {
      aim(genes, 0, ACTION_BARS, againstStrategy(start) * uniform() * 0.5, MARKET);
      state(genes, 1, uniform(), 0);
    },
  },
  {
    name: 'gradient-based',
    idea: 'any point of the whole input box; the search climbs from here',
    write(genes, _start, uniform) {
      for (let i = 0; i < GENES; i++) genes[i] = uniform();
      for (let i = 0; i < STATED_AT; i += GENES_PER_ACTION) genes[i] = 2 * genes[i]! - 1;
    },
  },
  {
    name: 'risk penalty circumvention',
    idea: 'carries a large position between the moments at which risk is read',
    write(genes, start, uniform) {
      aim(genes, 0, ACTION_BARS, start.synergy * (0.5 + 0.35 * uniform()), MARKET);
      aim(genes, ACTION_BARS - 1 - Math.floor(2 * uniform()), ACTION_BARS, 0, MARKET);
      state(genes, start.strength, 1, 0);
    },
  },
  {
    name: 'gate failed on losses',
    idea: 'once in trouble, trades the wrong way so that the gate shrinks the loss',
    write(genes, start, uniform) {
      const turn = 2 + Math.floor(4 * uniform());
      const size = 0.05 + 0.3 * uniform();
      aim(genes, 0, turn, start.synergy * size, MARKET);
      aim(genes, turn, ACTION_BARS, againstStrategy(start) * size * 3 * uniform(), MARKET);
      state(genes, start.strength, 1, 0);
    },
  },
  {
    name: 'gate-edge hovering',
    idea: 'sits a lot either side of where the headroom gate begins to close',
    write(genes, start, uniform) {
      const edge = uniform() < 0.5 ? 0.5 : 1;
      const side = uniform() < 0.8 ? start.synergy : -start.synergy;
      aim(genes, 0, ACTION_BARS, side * (edge / 1.2 + 0.004 * (uniform() - 0.5)), MARKET);
      state(genes, start.strength, 1, 0);
    },
  },
  {
    name: 'confidence inflation',
    idea: 'barely trades and states a certainty it does not have',
    write(genes, start, uniform) {
      aim(genes, 0, ACTION_BARS, start.synergy * 0.02 * uniform(), MARKET);
      state(genes, start.strength + (1 - start.strength) * uniform(), 1, 0);
    },
  },
  {
    name: 'size splitting',
    idea: 'slices one large order so that no child looks expensive',
    write(genes, start, uniform) {
      const full = 0.3 + 0.6 * uniform();
      for (let action = 0; action < ACTION_BARS; action++) {
        const kind = uniform() < 0.5 ? MARKET : TWAP;
        aim(genes, action, action + 1, (start.synergy * full * (action + 1)) / ACTION_BARS, kind);
      }
      state(genes, start.strength, 1, 0);
    },
  },
  {
    name: 'mark timing',
    idea: 'enters late and large, so that it is scored at a mark and not at its way out',
    write(genes, start, uniform) {
      const late = ACTION_BARS - 1 - Math.floor(3 * uniform());
      const side = uniform() < 0.5 ? start.synergy : -start.synergy;
      aim(genes, 0, late, 0, MARKET);
      aim(genes, late, ACTION_BARS, side * (0.3 + 0.5 * uniform()), uniform() < 0.7 ? MARKET : LIMIT);
      state(genes, start.strength, 1, 0);
    },
  },
  {
    name: 'wash round trips',
    idea: 'opens and closes again and again to look active and aligned',
    write(genes, start, uniform) {
      const size = 0.05 + 0.4 * uniform();
      for (let action = 0; action < ACTION_BARS; action++) {
        aim(genes, action, action + 1, action % 2 === 0 ? start.synergy * size : 0, MARKET);
      }
      state(genes, 1, 1, 0);
    },
  },
  {
    name: 'synergy replay',
    idea: 'answers one synergy twice, and sends the same order once more',
    write(genes, start, uniform) {
      const again = 3 + Math.floor(3 * uniform());
      const size = 0.05 + 0.3 * uniform();
      aim(genes, 0, ACTION_BARS, 0, MARKET);
      aim(genes, 0, 2, start.synergy * size, MARKET);
      aim(genes, 1, 2, start.synergy * size, RESEND);
      aim(genes, again, ACTION_BARS - 1, start.synergy * size, MARKET);
      aim(genes, again + 1, again + 2, start.synergy * size, RESEND);
      state(genes, 1, 1, 0);
    },
  },
  {
    name: 'slippage hiding',
    idea: 'moves the market with its size and states a perfect execution',
    write(genes, start, uniform) {
      aim(genes, 0, ACTION_BARS, start.synergy * (0.4 + 0.4 * uniform()), MARKET);
      aim(genes, 4, ACTION_BARS, -start.synergy * (0.4 + 0.4 * uniform()), MARKET);
      state(genes, start.strength, 1, 0);
    },
  },
  {
    name: 'collusion of f voters',
    idea: 'one voter of four vouches for an alignment that is not there',
    write(genes, start, uniform) {
      aim(genes, 0, ACTION_BARS, againstStrategy(start) * (0.05 + 0.4 * uniform()), MARKET);
      state(genes, start.strength + (1 - start.strength) * uniform(), 1, 1);
    },
  },
];
