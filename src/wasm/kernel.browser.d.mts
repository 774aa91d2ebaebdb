/** Gives the compiled kernel module; each host has its own file behind the `#kernel` import condition. */
export function kernelModule(): Promise<WebAssembly.Module>;
