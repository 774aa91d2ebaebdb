/**
 * Gives the compiled training module; each host has its own file behind the `#training` import condition.
 *
 * @param build  canonical (the default), or the fast one with relaxed SIMD
 */
export function trainingModule(build?: 'canonical' | 'fast'): Promise<WebAssembly.Module>;
