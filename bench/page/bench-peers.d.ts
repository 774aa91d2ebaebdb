// The JavaScript libraries of bench/peers as vite.config.ts puts them in: by name, or null; and whether they
// are there, without loading them.
declare module 'bench-peers' {
  export const peers: Readonly<Record<string, unknown>> | null;
}
declare module 'bench-peers-present' {
  export const present: boolean;
}
