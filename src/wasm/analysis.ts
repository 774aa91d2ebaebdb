// The door to the analysis module: a kernel with more exports (scan arenas, the large pattern index, Monte
// Carlo, the kernel's parts one by one), loaded where they are used, so that an engine need not carry them.

import { analysisHash, analysisModule } from '#analysis';
import type { AnalysisExports } from './abi-analysis.ts';
import { startKernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';

/** A kernel that can do what analysis adds; takes the place of a kernel everywhere. */
export type AnalysisKernel = Kernel<AnalysisExports>;

/**
 * Instantiates the analysis module.
 *
 * @param module  a compiled module; by default the host's own loader provides it
 * @throws        GrandModelError KERNEL when the host cannot instantiate it (no WASM SIMD)
 */
export async function loadAnalysis(module?: WebAssembly.Module): Promise<AnalysisKernel> {
  return startKernel('analysis module', async () => module ?? (await analysisModule()), analysisHash);
}
