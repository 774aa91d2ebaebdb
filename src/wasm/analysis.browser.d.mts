/** Gives the compiled analysis module; each host has its own file behind the `#analysis` import condition. */
export function analysisModule(): Promise<WebAssembly.Module>;
/** SHA-256 of the module's bytes, hexadecimal, written by the build. */
export const analysisHash: string;
