// From files to a running engine: one kernel, the voters' models opened and probed, the state at its start.

import { openModel } from '../agents/model-file.ts';
import type { OpenModel } from '../agents/model-file.ts';
import { POLICIES } from '../agents/policies.ts';
import { VOTERS } from '../agents/roster.ts';
import { toHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import { loadKernel } from '../wasm/kernel.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { DEFAULT_CONFIG } from './config.ts';
import type { EngineConfig } from './config.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import type { JournalHeader, Listing } from './header.ts';

/** A model as its host found it. */
export interface ModelFile {
  readonly onnx: Uint8Array;
  /** Text of the card. */
  readonly card: string;
}

/** Models by the id of their voter or policy. */
export type ModelFiles = Readonly<Record<string, ModelFile>>;

/** What an engine needs from its host. */
export interface EngineSetup {
  readonly models: ModelFiles;
  readonly listings: readonly Listing[];
  /** What differs from DEFAULT_CONFIG. */
  readonly config?: Partial<EngineConfig>;
  /** A compiled kernel; by default the host's own loader provides it. */
  readonly kernelModule?: WebAssembly.Module;
}

/**
 * Starts an engine.
 *
 * @throws GrandModelError BAD_MODEL when a model is missing or refused, BAD_ARGUMENT for a bad configuration,
 * KERNEL
 */
export async function openEngine(setup: EngineSetup): Promise<Engine> {
  const kernel = await loadKernel(setup.kernelModule);
  const config = { ...DEFAULT_CONFIG, ...setup.config };
  return createEngine({
    kernel,
    models: openSeats(kernel, setup.models, 'voter', VOTERS),
    policies: openSeats(kernel, setup.models, 'policy', config.policies === 'trained' ? POLICIES : []),
    listings: setup.listings,
    config,
  });
}

function openSeats(
  kernel: Kernel,
  files: ModelFiles,
  kind: string,
  roster: readonly { readonly id: string }[],
): OpenModel[] {
  return roster.map(({ id }) => {
    const file = files[id];
    if (!file)
      throw new GrandModelError('BAD_MODEL', `Cannot start: there is no model for ${kind} "${id}"`, {
        agent: id,
      });
    return openModel(kernel, file.onnx, file.card, id);
  });
}

/**
 * Starts the engine that a journal's header describes.
 *
 * @throws GrandModelError BAD_MODEL when a model is missing or is not the one that the header pins
 */
export async function openEngineFor(
  header: JournalHeader,
  models: ModelFiles,
  kernelModule?: WebAssembly.Module,
): Promise<Engine> {
  const setup = { models, listings: header.listings, config: header.config };
  const engine = await openEngine(kernelModule ? { ...setup, kernelModule } : setup);
  engine.header.models.forEach(({ agent, sha256 }, seat) => {
    const pinned = header.models[seat];
    if (pinned?.agent === agent && toHex(pinned.sha256) === toHex(sha256)) return;
    throw new GrandModelError('BAD_MODEL', `different build: the journal pins another model of "${agent}"`, {
      agent,
      pinned: true,
    });
  });
  return engine;
}
