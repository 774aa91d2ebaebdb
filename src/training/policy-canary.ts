// A canary of a policy: a version answers in the shadow of its seat's head, on the very rows that the head
// saw. Nothing it says moves an order; how often both choose the same is counted, and what each chooses.

import { openModel } from '../agents/model-file.ts';
import { choosePolicies, ORDER_STYLES, POLICIES, POLICY_CHOICES } from '../agents/policies.ts';
import type { Policy, PolicyChoice } from '../agents/policies.ts';
import type { Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { ModelFile } from '../engine/open.ts';

/** What a canary has shown so far. */
export interface PolicyCanaryReport {
  readonly agent: Policy['id'];
  /** Decisions on which the head was asked. */
  readonly rounds: number;
  /** Share of them with the same choice; null before the first. */
  readonly agreement: number | null;
  /** Shares of the choices, of the head and of the version. */
  readonly head: readonly number[];
  readonly canary: readonly number[];
}

/** A running canary; hand `observe` to `runEngine`, or call it after every step of a live engine. */
export interface PolicyCanary {
  observe(event: EngineEvent, effects: readonly Effect[]): void;
  report(): PolicyCanaryReport;
}

/**
 * Starts a canary beside an engine. The engine's state, orders and hashes stay what they are without it. The
 * execution policy's version sees what the head of risk chose.
 *
 * @param file   the version, checked as a head would be
 * @param agent  the policy it would replace
 * @throws       GrandModelError BAD_MODEL
 */
export function startPolicyCanary(engine: Engine, file: ModelFile, agent: Policy['id']): PolicyCanary {
  const { kernel, policies } = engine.core;
  const own = openModel(kernel, file.onnx, file.card, agent);
  const models = policies.map((head, seat) => (POLICIES[seat]?.id === agent ? own : head));
  const [head, canary] = [0, 1].map(() => Array.from({ length: POLICY_CHOICES }, () => 0)) as [
    number[],
    number[],
  ];
  let [rounds, agreed] = [0, 0];
  const choiceOf = ({ quarters, style }: PolicyChoice): number =>
    agent === 'risk' ? quarters : ORDER_STYLES.indexOf(style);
  const shares = (counts: readonly number[]): number[] => counts.map((n) => (rounds === 0 ? 0 : n / rounds));
  return {
    observe(_event, effects) {
      for (const effect of effects) {
        if (effect.kind !== 'decision' || effect.policy === null || models.length === 0) continue;
        const [ours, theirs] = [
          choiceOf(choosePolicies(kernel, models, effect.policy.row, effect.knownAtMs)),
          choiceOf(effect.policy),
        ];
        rounds++;
        if (ours === theirs) agreed++;
        head[theirs]!++;
        canary[ours]!++;
      }
    },
    report: () => ({
      agent,
      rounds,
      agreement: rounds === 0 ? null : agreed / rounds,
      head: shares(head),
      canary: shares(canary),
    }),
  };
}
