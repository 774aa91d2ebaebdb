/** Gives the compiled kernel module; each host has its own file behind the `#kernel` import condition. */
export function kernelModule(): Promise<WebAssembly.Module>;
/** SHA-256 of the module's bytes, hexadecimal, written by the build. */
export const kernelHash: string;
