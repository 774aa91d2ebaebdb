/** Folder of the bundles. */
export const BUNDLES: string;

/** Writes the bundles of every host. */
export function bundleHosts(): Promise<void>;
