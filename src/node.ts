// The part of the public surface that needs a file system: import it as grandmodel-edge/node.

export { FileJournalStore, FileSnapshotStore } from './journal/file-store.ts';
export { shippedModels } from './runtime/shipped-models.ts';
export { writeOnnx, weights } from './training/onnx-writer.ts';
export type { ModelToWrite } from './training/onnx-writer.ts';
export { cardText } from './training/core-models.ts';
export { cardFor, checkModel } from './training/model-intake.ts';
export type { CardFacts, ModelCheck } from './training/model-intake.ts';
export {
  addVersion,
  listVersions,
  openRegistry,
  promote,
  registryModels,
  rollBack,
} from './training/registry.ts';
export type { Registry, Request, Version } from './training/registry.ts';
