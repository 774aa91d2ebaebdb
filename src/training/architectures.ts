// Architectures registered by name. Both have exactly 102,405 parameters, the figure that users of the large
// policy know (0.4 MB of f32 per agent); the shape behind the figure is our choice, many give it.

import { GrandModelError } from '../core/errors.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import type { LayerSpec } from './layers.ts';
import { Network } from './network.ts';
import type { NetworkSpec } from './network.ts';

/** The specifications by name: widths from the inputs to the logits. */
export const ARCHITECTURES = {
  '7→256→256→128→5': largeNorm(),
  '137→256→256→5': {
    inputWidth: 137,
    layers: [dense(256, 'relu'), dense(256, 'relu'), dense(5, 'none')],
    headGain: 0.01,
  },
} as const satisfies Readonly<Record<string, NetworkSpec>>;

/** Name of a registered architecture. */
export type ArchitectureName = keyof typeof ARCHITECTURES;

/**
 * The specification of a name.
 *
 * @param name  as in ARCHITECTURES; "-" or "->" may stand for the arrow
 * @throws      GrandModelError BAD_ARGUMENT for a name that is not registered
 */
export function architecture(name: string): NetworkSpec {
  const spelled = name.replaceAll(/->?/g, '→');
  const found = Object.entries(ARCHITECTURES).find(([known]) => known === spelled);
  if (found) return found[1];
  const known = Object.keys(ARCHITECTURES).join(', ');
  throw new GrandModelError('BAD_ARGUMENT', `No architecture "${name}"; there are ${known}`, { name });
}

/**
 * A network of a registered architecture, orthogonal start.
 *
 * @param rowsMax  largest batch
 * @param rng      address of the module's generator
 */
export function registeredNetwork(
  kernel: TrainingKernel,
  name: string,
  rowsMax: number,
  rng: number,
): Network {
  return new Network(kernel, architecture(name), rowsMax, rng);
}

function dense(width: number, activation: 'none' | 'tanh' | 'relu'): LayerSpec {
  return { kind: 'dense', width, activation };
}

/** Seven inputs, LayerNorm after the first two layers. */
function largeNorm(): NetworkSpec {
  const norm = { kind: 'layerNorm' } as const;
  const layers = [dense(256, 'tanh'), norm, dense(256, 'tanh'), norm, dense(128, 'tanh'), dense(5, 'none')];
  return { inputWidth: 7, layers, headGain: 0.01 };
}
