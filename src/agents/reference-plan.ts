// Turns a checked model into kernel steps. Shapes are followed through the graph; constants are packed once.

import type { OnnxModel } from './onnx-format.ts';
import { Arena, OPERATION } from './reference-arena.ts';
import { lowerConv } from './reference-conv.ts';
import { lowerGemm, lowerMatMul } from './reference-dense.ts';
import { shaped } from './reference-lowering.ts';
import type { Lowering, Tensor } from './reference-lowering.ts';
import { lowerBroadcast, lowerLayerNorm, lowerPointwise, lowerSoftmax } from './reference-pointwise.ts';
import { lowerShape } from './reference-shape.ts';

/** A lowered model: its memory plan and where each graph output will lie. */
export interface Plan {
  readonly arena: Arena;
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/**
 * Lowers a model to kernel steps.
 *
 * @param model  from `readOnnx`
 * @throws       GrandModelError BAD_MODEL naming the node whose shapes or attributes the evaluator does not
 *               have
 */
export function planModel(model: OnnxModel): Plan {
  const arena = new Arena();
  const known = new Map<string, Tensor>();
  known.set(model.input.name, { ...shaped('input', model.input.dims), place: ~0 });
  for (const tensor of model.initializers.values()) {
    const shape = shaped(`initializer "${tensor.name}"`, tensor.dims);
    known.set(
      tensor.name,
      tensor.type === 'f32' ? { ...shape, weights: tensor.data } : { ...shape, integers: tensor.data },
    );
  }
  for (const node of model.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? null : (known.get(name) as Tensor)));
    known.set(node.output, lower({ arena, node, inputs }));
  }
  return { arena, outputs: new Map(model.outputs.map(({ name }) => [name, known.get(name) as Tensor])) };
}

function lower(lowering: Lowering): Tensor {
  switch (lowering.node.operator) {
    case 'Gemm':
      return lowerGemm(lowering);
    case 'MatMul':
      return lowerMatMul(lowering);
    case 'Add':
      return lowerBroadcast(lowering, OPERATION.addRepeated);
    case 'Mul':
      return lowerBroadcast(lowering, OPERATION.mulRepeated);
    case 'Relu':
      return lowerPointwise(lowering, OPERATION.relu);
    case 'Tanh':
      return lowerPointwise(lowering, OPERATION.tanh);
    case 'LayerNormalization':
      return lowerLayerNorm(lowering);
    case 'Softmax':
      return lowerSoftmax(lowering);
    case 'Conv':
      return lowerConv(lowering);
    case 'Flatten':
    case 'Reshape':
    case 'Concat':
      return lowerShape(lowering);
  }
}
