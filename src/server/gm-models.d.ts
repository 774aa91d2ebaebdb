declare module 'gm:models' {
  /** Every file of models/ by name ("fvg.onnx", "fvg.card.json"), embedded because workerd has no files. */
  export const models: Record<string, Uint8Array>;
}
