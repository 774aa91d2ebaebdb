/** Installs the packages of bench/peers when their lock file changed; null, or why it could not. */
export function installPeers(): Promise<string | null>;
/** Compiles those of them that ship C++ sources and are not built yet. */
export function buildPeers(): void;
/** The packages of bench/peers by name. */
export const requirePeer: (name: string) => unknown;
/** TA-Lib and Tulip in one shared buffer (bench/peers/native/addon.c); null where they cannot be built. */
export function nativePeers(): { share(buffer: ArrayBuffer): void; call(): number } | null;
/** The comparisons there are, as paths from the root. */
export function comparisons(): string[];
