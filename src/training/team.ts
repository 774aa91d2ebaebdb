// The actors of a team: one network each, the later ones seeing what the earlier ones chose.

import type { TrainingKernel } from '../wasm/training.ts';
import { ACTIONS } from './market.ts';
import type { JointActions } from './market.ts';
import { Network } from './network.ts';

/** One agent. */
export interface AgentSpec {
  readonly id: string;
  /** Widths of the tanh layers. */
  readonly hidden: readonly number[];
  /** How many earlier agents' actions it sees: risk sees the direction, execution sees both. */
  readonly sees: number;
}

/** Rosters by number of agents; three share the way from direction through size to execution. */
export const ROSTERS: Readonly<Record<1 | 3, readonly AgentSpec[]>> = {
  1: [{ id: 'tactical', hidden: [64, 64], sees: 0 }],
  3: [
    { id: 'strategic', hidden: [64, 64], sees: 0 },
    { id: 'risk', hidden: [64, 64], sees: 1 },
    { id: 'execution', hidden: [64, 64], sees: 2 },
  ],
};

const FLOAT = 4;

/** A network in the shape of the house: tanh layers and a plain last one. */
export function perceptron(
  kernel: TrainingKernel,
  widths: { readonly input: number; readonly hidden: readonly number[]; readonly output: number },
  headGain: number,
  rowsMax: number,
  rng: number,
): Network {
  const hidden = widths.hidden.map((width) => ({ kind: 'dense', width, activation: 'tanh' }) as const);
  const head = { kind: 'dense', width: widths.output, activation: 'none' } as const;
  const spec = { inputWidth: widths.input, layers: [...hidden, head], headGain };
  return new Network(kernel, spec, rowsMax, rng);
}

/** Scratch of one agent. */
interface Seat {
  readonly agent: AgentSpec;
  readonly actor: Network;
  readonly width: number;
  /** Input rows, ln π of every action, and the actions of the last pass. */
  readonly rows: number;
  readonly logP: number;
  readonly actions: number;
}

/** The actors with scratch for `rowsMax` rows at once. */
export class Team {
  readonly seats: readonly Seat[];
  private readonly kernel: TrainingKernel;
  private readonly width: number;
  private readonly rng: number;

  /** @param marketWidth floats of one bar's features */
  constructor(
    kernel: TrainingKernel,
    agents: readonly AgentSpec[],
    marketWidth: number,
    rowsMax: number,
    rng: number,
  ) {
    this.kernel = kernel;
    this.width = marketWidth;
    this.rng = rng;
    this.seats = agents.map((agent) => {
      const width = marketWidth + 1 + ACTIONS * agent.sees;
      const widths = { input: width, hidden: agent.hidden, output: ACTIONS };
      return {
        agent,
        actor: perceptron(kernel, widths, 0.01, rowsMax, rng),
        width,
        rows: kernel.alloc(rowsMax * width * FLOAT),
        logP: kernel.alloc(rowsMax * ACTIONS * FLOAT),
        actions: kernel.alloc(rowsMax * FLOAT),
      };
    });
  }

  /**
   * Lets the agents from `from` on choose in turn, given the earlier ones' actions in their seats; fills each
   * seat's rows, logP and actions.
   *
   * @param repeat  rows per bar of features
   */
  choose(
    features: number,
    positions: number,
    repeat: number,
    rows: number,
    options: { readonly from?: number; readonly greedy?: boolean } = {},
  ): void {
    const { raw } = this.kernel;
    const [first = 0, second = 0] = this.seats.map((seat) => seat.actions);
    for (const seat of this.seats.slice(options.from ?? 0)) {
      const input = [features, this.width, positions, repeat, rows] as const;
      raw.agentRows(...input, seat.agent.sees, first, second, seat.rows);
      raw.logSoftmax(seat.actor.forward(seat.rows, rows), seat.logP, rows, ACTIONS);
      raw.chooseActions(seat.logP, rows, ACTIONS, seat.actions, this.rng, options.greedy ? 1 : 0);
    }
  }

  /** The actions that lie in the seats. */
  joint(): JointActions {
    const [first = 0, second = first, third = first] = this.seats.map((seat) => seat.actions);
    return { agents: this.seats.length, first, second, third };
  }
}
