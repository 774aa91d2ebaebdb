// The gaming lab: attacks on the reward, played in the engine's own market and scored after flattening. It
// bounds what was tried; it does not show that nothing else pays.

import { GrandModelError } from '../core/errors.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { ATTACKS, writeHonest } from './attacks.ts';
import type { Attack, Uniform } from './attacks.ts';
import { GENES, playEpisode } from './episode.ts';
import type { Episode } from './episode.ts';
import { createFigures, finish, take } from './figures.ts';
import type { FormFigures, FormReport } from './figures.ts';
import { exploitGap, FORMS, OURS } from './reward-forms.ts';
import type { RewardForm } from './reward-forms.ts';
import { SEARCHES } from './search.ts';
import type { Tape, TapeStart } from './tape.ts';

/** How much to try. */
export interface LabOptions {
  readonly seed: number;
  /** Attacks drawn from the suite. */
  readonly samples: number;
  /** Attacks optimised against our form; the seeds' forms get a tenth each. */
  readonly optimised: number;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/** The largest gap of each form that an attack of the suite, or a search, reached. */
export interface AttackReport {
  readonly attack: string;
  readonly idea: string;
  readonly tried: number;
  /** By form: largest signed exploit gap. */
  readonly largestGap: Readonly<Record<string, number>>;
}

/** What the lab found. */
export interface LabReport {
  readonly seed: number;
  readonly starts: number;
  readonly samples: number;
  readonly optimised: number;
  /** Episodes that volume kept from closing; they are not scored. */
  readonly unscored: number;
  /** Honest episodes with every gate passed: the twins are reachable, with utilities in this range. */
  readonly honest: {
    readonly played: number;
    readonly q1: number;
    readonly lowest: number;
    readonly highest: number;
  };
  readonly forms: readonly FormReport[];
  readonly attacks: readonly AttackReport[];
}

const HONEST_SHARE = 100;
const SEED_SHARE = 10;
const REPORT_EVERY = 1024;

/**
 * Attacks every reward form.
 *
 * @param kernel  gives the seeded generator and tanh: equal seeds, equal reports
 * @throws        GrandModelError BAD_ARGUMENT when the tape has no start, STOPPED by the signal
 */
export function attackRewards(kernel: Kernel, tape: Tape, options: LabOptions): LabReport {
  if (tape.starts.length === 0) {
    throw new GrandModelError('BAD_ARGUMENT', 'Cannot attack: the market has no decision to start from', {});
  }
  const lab = new Lab(kernel, tape, options);
  const honest = lab.honest();
  lab.sample();
  for (const form of FORMS) lab.optimise(form);
  return lab.report(honest);
}

class Lab {
  private readonly tape: Tape;
  private readonly options: LabOptions;
  private readonly uniform: Uniform;
  private readonly normal: Uniform;
  private readonly tanh: (x: number) => number;
  private readonly sampled: readonly FormFigures[] = FORMS.map(createFigures);
  private readonly searched: readonly FormFigures[] = FORMS.map(createFigures);
  private readonly suite: AttackReport[];
  private readonly tried = new Map<string, { tried: number; largestGap: Record<string, number> }>();
  private unscored = 0;
  private done = 0;

  constructor(kernel: Kernel, tape: Tape, options: LabOptions) {
    const rng = kernel.alloc(16);
    kernel.raw.rngInit(rng, options.seed | 0);
    this.uniform = () => kernel.raw.rngUniform(rng);
    this.normal = () => kernel.raw.rngNormal(rng);
    this.tanh = (x) => kernel.raw.tanh(x);
    this.tape = tape;
    this.options = options;
    this.suite = [];
  }

  honest(): LabReport['honest'] {
    const genes = new Float64Array(GENES);
    const played = Math.max(100, Math.floor(this.options.samples / HONEST_SHARE));
    let q1 = 0;
    let lowest = Infinity;
    let highest = -Infinity;
    for (let i = 0; i < played; i++) {
      const start = this.pick();
      writeHonest(genes, start, this.uniform);
      const { gates, utility, flat, fills } = playEpisode(this.tape, start, genes, this.tanh);
      const { strategicGate, synergyAmplifier, executionMultiplier, riskHeadroom } = gates;
      if (!flat || fills === 0) continue;
      if (strategicGate * synergyAmplifier * executionMultiplier * riskHeadroom !== 1) continue;
      q1++;
      lowest = Math.min(lowest, utility);
      highest = Math.max(highest, utility);
    }
    return { played, q1, lowest: q1 ? lowest : 0, highest: q1 ? highest : 0 };
  }

  sample(): void {
    const genes = new Float64Array(GENES);
    for (let i = 0; i < this.options.samples; i++) {
      const attack = ATTACKS[i % ATTACKS.length]!;
      const start = this.pick();
      attack.write(genes, start, this.uniform);
      this.record(attack.name, start, playEpisode(this.tape, start, genes, this.tanh), this.sampled);
      this.tick();
    }
  }

  /** Searches start at points of the suite in turn, so that every attack is also an optimised one. */
  optimise(form: RewardForm): void {
    const share = form === OURS ? 1 : SEED_SHARE;
    const genes = new Float64Array(GENES);
    for (let i = 0; i < Math.ceil(this.options.optimised / share); i++) {
      const { name, search } = SEARCHES[i % SEARCHES.length]!;
      const attack: Attack = ATTACKS[Math.floor(i / SEARCHES.length) % ATTACKS.length]!;
      const start = this.pick();
      attack.write(genes, start, this.uniform);
      const objective = (point: Float64Array): number => {
        const episode = playEpisode(this.tape, start, point, this.tanh);
        return episode.flat ? exploitGap(form, episode, start.strength) : -Infinity;
      };
      search(genes, objective, this.normal);
      const episode = playEpisode(this.tape, start, genes, this.tanh);
      this.record(`search: ${name}`, start, episode, [this.searched[FORMS.indexOf(form)]!]);
      this.tick();
    }
  }

  report(honest: LabReport['honest']): LabReport {
    const { seed, samples, optimised } = this.options;
    const ideas = new Map(ATTACKS.map(({ name, idea }) => [name, idea]));
    for (const [attack, { tried, largestGap }] of this.tried) {
      this.suite.push({ attack, idea: ideas.get(attack) ?? 'optimised from the suite', tried, largestGap });
    }
    return {
      seed,
      starts: this.tape.starts.length,
      samples,
      optimised,
      unscored: this.unscored,
      honest,
      forms: FORMS.map((form, i) => finish(form, this.sampled[i]!, this.searched[i]!)),
      attacks: this.suite,
    };
  }

  private pick(): TapeStart {
    const { starts } = this.tape;
    return starts[Math.floor(this.uniform() * starts.length)]!;
  }

  private record(attack: string, start: TapeStart, episode: Episode, into: readonly FormFigures[]): void {
    if (!episode.flat) {
      this.unscored++;
      return;
    }
    let entry = this.tried.get(attack);
    if (!entry) this.tried.set(attack, (entry = { tried: 0, largestGap: {} }));
    entry.tried++;
    for (const figures of into) {
      const gap = take(figures, episode, start.strength);
      const { name } = figures.form;
      entry.largestGap[name] = Math.max(entry.largestGap[name] ?? -Infinity, gap);
    }
  }

  private tick(): void {
    this.done++;
    if (this.done % REPORT_EVERY !== 0) return;
    const { signal, progress, samples, optimised } = this.options;
    if (signal?.aborted) throw new GrandModelError('STOPPED', 'stopped before the lab was done', {});
    progress?.(this.done, samples + Math.ceil(optimised * (1 + (FORMS.length - 1) / SEED_SHARE)));
  }
}
