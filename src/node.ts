// The part of the public surface that needs a file system: import it as grandmodel-edge/node.

export { FileJournalStore, FileSnapshotStore } from './journal/file-store.ts';
export { shippedModels } from './runtime/shipped-models.ts';
