// The engine: step(state, event) → effects. Single-threaded and deterministic; no clock, no randomness, no
// I/O.
// `step` changes the state in place; what a caller may see of it are effects, readings and hashes.

import type { OpenModel } from '../agents/model-file.ts';
import { POLICIES } from '../agents/policies.ts';
import { VOTERS } from '../agents/roster.ts';
import { GrandModelError } from '../core/errors.ts';
import { correlationBytes } from '../risk/correlation.ts';
import { SignalArena } from '../signals/arena.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { takeBar } from './bar.ts';
import type { EngineConfig } from './config.ts';
import { checkConfig } from './config.ts';
import type { Effect } from './effects.ts';
import type { EngineEvent } from './events.ts';
import { checkHeader } from './header.ts';
import type { JournalHeader, Listing, PinnedModel } from './header.ts';
import { takeOperator } from './operator.ts';
import { takeAttested, takeAttestedPolicy } from './round.ts';
import { hashState } from './snapshot.ts';
import { createState } from './state.ts';
import type { EngineState } from './state.ts';
import { ENGINE_VERSION } from './version.ts';

/** What an engine is made of; fixed at its start. */
export interface EngineParts {
  readonly kernel: Kernel;
  readonly config: EngineConfig;
  readonly listings: readonly Listing[];
  /** One opened model per voter, in roster order. */
  readonly models: readonly OpenModel[];
  /** One opened model per policy, in the order of POLICIES; empty when the configuration names none. */
  readonly policies: readonly OpenModel[];
}

/** The inside of an engine, shared by the files of this folder only. */
export interface EngineCore extends EngineParts {
  readonly arenas: readonly SignalArena[];
  /** Address and bytes of the pair correlations in kernel memory. */
  readonly pairs: { readonly address: number; readonly byteSize: number };
  state: EngineState;
}

/** A running engine. */
export interface Engine {
  /** Takes one event and answers with its effects, in order. */
  step(event: EngineEvent): Effect[];
  /** SHA-256 of everything the engine knows. */
  stateHash(): Uint8Array;
  /** What the journal's header says of this engine. */
  readonly header: JournalHeader;
  /** For readers: signals of a symbol, account, switches. Never changed from outside. */
  readonly core: EngineCore;
}

/** One engine to a kernel: it owns the kernel's memory. */
const owned = new WeakSet<Kernel>();

/**
 * Makes an engine before its first event.
 *
 * @throws GrandModelError BAD_ARGUMENT for a bad configuration, BAD_MODEL when a voter has no model, LIMIT
 * when the
 *         kernel has no room
 */
export function createEngine(parts: EngineParts): Engine {
  const { kernel, config, listings, models, policies } = parts;
  checkConfig(config, listings.length);
  if (owned.has(kernel)) {
    throw new GrandModelError('BAD_ARGUMENT', 'Cannot start: this kernel already belongs to an engine', {});
  }
  checkSeats('voter', VOTERS, models);
  checkSeats('policy', config.policies === 'trained' ? POLICIES : [], policies);
  const header = headerOf(parts);
  checkHeader(header);
  owned.add(kernel);
  const byteSize = correlationBytes(kernel.raw, listings.length);
  const core: EngineCore = {
    ...parts,
    arenas: listings.map(() => new SignalArena(kernel, config.patterns)),
    pairs: { address: byteSize > 0 ? kernel.alloc(byteSize) : 0, byteSize },
    state: createState(config, listings),
  };
  return {
    core,
    header,
    step: (event) => step(core, event),
    stateHash: () => hashState(core),
  };
}

function checkSeats(
  kind: string,
  roster: readonly { readonly id: string }[],
  models: readonly OpenModel[],
): void {
  const seats = Math.max(roster.length, models.length);
  for (let seat = 0; seat < seats; seat++) {
    const [wanted, found] = [roster[seat]?.id, models[seat]?.card.agent];
    if (wanted === found) continue;
    throw new GrandModelError(
      'BAD_MODEL',
      `Cannot start: ${kind} "${wanted ?? 'none'}" has model "${found ?? 'none'}"`,
      { agent: wanted ?? found ?? null },
    );
  }
}

function step(core: EngineCore, event: EngineEvent): Effect[] {
  const effects: Effect[] = [];
  if (event.kind === 'bar') takeBar(core, event, effects);
  else if (event.kind === 'attested') takeAttested(core, event, effects);
  else if (event.kind === 'attestedPolicy') takeAttestedPolicy(core, event, effects);
  else takeOperator(core, event, effects);
  return effects;
}

function headerOf(parts: EngineParts): JournalHeader {
  const models: PinnedModel[] = [...parts.models, ...parts.policies].map((model) => ({
    agent: model.card.agent,
    sha256: model.modelHash,
  }));
  return {
    engineVersion: ENGINE_VERSION,
    kernelHash: parts.kernel.hash,
    config: parts.config,
    models,
    listings: [...parts.listings],
  };
}
