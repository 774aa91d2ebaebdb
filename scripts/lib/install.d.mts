/** Installs a folder's packages when its lock file changed; null, or why it could not. */
export function installFolder(folder: string): Promise<string | null>;
