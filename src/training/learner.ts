// One network learning its part of an update: shuffled minibatches, forward, loss, backward, clipped Adam. It
// touches nothing but its own network and its own stream of random numbers, so learners may work in any order
// and anywhere.

import type { TrainingKernel } from '../wasm/training.ts';
import type { Network, SavedNetwork } from './network.ts';

/**
 * What is learnt: 'ppo' the clipped surrogate of the actions taken (Schulman et al. 2017), 'mirror' a step in
 * ln π with every action's advantage known, 'nodes' a value at one position between two nodes, 'tables' every
 * output.
 */
export type LessonKind = 'ppo' | 'mirror' | 'nodes' | 'tables';

/** How it is learnt. */
export interface LessonSettings {
  readonly kind: LessonKind;
  readonly epochs: number;
  readonly minibatch: number;
  readonly rate: number;
  readonly normMax: number;
  /** 'ppo' and 'mirror': bound of a step, and what keeps the policy from settling early. */
  readonly clip: number;
  readonly entropy: number;
  /** 'mirror': step per standard deviation of the advantages. */
  readonly gain: number;
}

/** Addresses of the columns, one row of 4-byte cells per sample; 0 where the kind has no such column. */
export interface LessonColumns {
  /** f32[rows, inputWidth] */
  readonly inputs: number;
  /** 'ppo': i32[rows] actions taken; 'nodes': f32[rows] positions. */
  readonly choices: number;
  /** ln π before: 'ppo' f32[rows], 'mirror' f32[rows, outputWidth]. */
  readonly before: number;
  /**
   * Advantages ('ppo' f32[rows], 'mirror' f32[rows, outputWidth]) or value targets (f32[rows], 'tables' all).
   */
  readonly targets: number;
}

/** One network's part of an update. */
export interface Lesson {
  readonly settings: LessonSettings;
  readonly rows: number;
  readonly columns: LessonColumns;
}

/** A learner between two updates. */
export interface SavedLearner extends SavedNetwork {
  /** State of its stream. */
  readonly stream: number;
}

const FLOAT = 4;
const STATISTICS = 4;

/** Cells per row of each column, in the order inputs, choices, before, targets. */
export function columnWidths(
  kind: LessonKind,
  inputs: number,
  outputs: number,
): readonly [number, number, number, number] {
  if (kind === 'ppo') return [inputs, 1, 1, 1];
  if (kind === 'mirror') return [inputs, 0, outputs, outputs];
  return kind === 'nodes' ? [inputs, 1, 0, 1] : [inputs, 0, 0, outputs];
}

/** A network with the memory and the random stream that its updates need. */
export class Learner {
  readonly network: Network;
  readonly kernel: TrainingKernel;
  private readonly rng: number;
  /** i32[rowsMax]: the order of an epoch. */
  private readonly order: number;
  /** Gathered minibatch: the columns, ln π, and f64[4]. */
  private readonly gathered: LessonColumns;
  private readonly logP: number;
  private readonly scratch: number;

  /**
   * @param rowsMax       most rows of a lesson
   * @param minibatchMax  most rows of a minibatch, at most the network's own limit
   * @param stream        state its random stream starts from
   */
  constructor(
    kernel: TrainingKernel,
    network: Network,
    rowsMax: number,
    minibatchMax: number,
    stream: number,
  ) {
    this.kernel = kernel;
    this.network = network;
    const floats = (count: number): number => kernel.alloc(count * FLOAT);
    const wide = minibatchMax * network.outputWidth;
    this.rng = floats(1);
    kernel.raw.rngInit(this.rng, stream);
    this.order = floats(rowsMax);
    this.gathered = {
      inputs: floats(minibatchMax * network.spec.inputWidth),
      choices: floats(minibatchMax),
      before: floats(wide),
      targets: floats(wide),
    };
    this.logP = floats(wide);
    this.scratch = kernel.alloc(STATISTICS * 8);
  }

  /**
   * Learns a lesson.
   *
   * @returns  of the last minibatch: loss, entropy, divergence, share clipped; values have a loss alone
   */
  learn({ settings, rows, columns }: Lesson): readonly number[] {
    const { kernel, order, network } = this;
    const size = Math.min(settings.minibatch, rows);
    kernel.f64(this.scratch, STATISTICS).fill(0);
    for (let epoch = 0; epoch < settings.epochs; epoch++) {
      kernel.raw.shuffle(order, rows, this.rng);
      for (let start = 0; start + size <= rows; start += size) {
        this.gather(settings.kind, columns, order + start * FLOAT, size);
        const outputs = network.forward(this.gathered.inputs, size);
        if (settings.kind === 'ppo' || settings.kind === 'mirror') this.policyLoss(settings, outputs, size);
        else this.valueLoss(settings.kind, outputs, size);
        network.backward(size);
        network.step(settings);
      }
    }
    return [...kernel.f64(this.scratch, STATISTICS)];
  }

  /** What the next update depends on. */
  save(): SavedLearner {
    return { ...this.network.save(), stream: this.kernel.i32(this.rng, 1)[0] ?? 0 };
  }

  /** Takes back what `save` gave. @throws GrandModelError as Network.restore */
  restore(saved: SavedLearner): void {
    this.network.restore(saved);
    this.kernel.raw.rngInit(this.rng, saved.stream);
  }

  private gather(kind: LessonKind, from: LessonColumns, index: number, size: number): void {
    const { raw } = this.kernel;
    const to = this.gathered;
    const { network } = this;
    const widths = columnWidths(kind, network.spec.inputWidth, network.outputWidth);
    const [inputs, choices, before, targets] = widths;
    raw.gatherRows(from.inputs, index, to.inputs, size, inputs);
    if (choices > 0) raw.gatherRows(from.choices, index, to.choices, size, choices);
    if (before > 0) raw.gatherRows(from.before, index, to.before, size, before);
    raw.gatherRows(from.targets, index, to.targets, size, targets);
  }

  /**
   * Advantages are normalised in each minibatch; 'mirror' knows all of them, so their mean is right already.
   */
  private policyLoss(settings: LessonSettings, logits: number, size: number): void {
    const { kernel, scratch, logP, network } = this;
    const { raw } = kernel;
    const { choices, before, targets } = this.gathered;
    const actions = network.outputWidth;
    const taken = settings.kind === 'ppo';
    const count = taken ? size : size * actions;
    raw.momentsOf(targets, count, scratch);
    const [mean = 0, deviation = 0] = kernel.f64(scratch, 2);
    const scale = (taken ? 1 : settings.gain) / (deviation + 1e-8);
    raw.rescale(targets, targets, count, taken ? mean : 0, scale);
    raw.logSoftmax(logits, logP, size, actions);
    const old = [before, targets, settings.clip, settings.entropy] as const;
    const out = [network.outputGradient, scratch] as const;
    if (taken) raw.ppoCategorical(logP, size, actions, choices, ...old, ...out);
    else raw.mirrorStep(logP, size, actions, ...old, ...out);
  }

  private valueLoss(kind: LessonKind, tables: number, size: number): void {
    const { kernel, network } = this;
    const { choices, targets } = this.gathered;
    const { outputWidth, outputGradient } = network;
    const loss =
      kind === 'nodes'
        ? kernel.raw.nodeLoss(tables, outputWidth, choices, targets, size, outputGradient)
        : kernel.raw.valueLoss(tables, targets, size * outputWidth, 1, outputGradient);
    kernel.f64(this.scratch, 1)[0] = loss;
  }
}
