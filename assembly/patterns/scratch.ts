// Scratch of a pattern query, reserved once, shared by all memories of the kernel and never part of a result.

import { alloc } from '../memory';

/** The query's 13 columns, each in four lanes; eight distances follow. */
export const SPLAT_BYTES: usize = 13 * 16;

/**
 * Boxes that a search of the tree has put off follow: 16 bytes each, one for every level of the largest tree.
 */
export const STACK_AT: usize = SPLAT_BYTES + 32;
const STACK_BYTES: usize = 16 * 32;

let scratch: usize = 0;

/** Address of the scratch; 0 when it could not be reserved. */
export function patternScratch(): usize {
  if (scratch == 0) scratch = alloc(STACK_AT + STACK_BYTES);
  return scratch;
}
