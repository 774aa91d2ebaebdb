/** Gives the compiled module of the indicators; each host has its own file behind `#indicators`. */
export function indicatorsModule(): Promise<WebAssembly.Module>;
