// The engine's version: an integer raised with every change of a golden hash. A journal of another version is
// "different build".

/**
 * Raised whenever the same events no longer give the same bytes; test/golden/state-hash.json pins what
 * belongs to it.
 */
export const ENGINE_VERSION = 3;
