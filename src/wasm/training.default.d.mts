/** Gives the compiled training module; each host has its own file behind the `#training` import condition. */
export function trainingModule(): Promise<WebAssembly.Module>;
