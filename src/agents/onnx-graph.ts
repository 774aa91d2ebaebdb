// Checks the wiring of a model graph: names, input counts, attributes, and an order in which every node can
// run.

import { badModel, OPERATORS } from './onnx-format.ts';
import type { OnnxNode, OnnxTensor } from './onnx-format.ts';

const LAYER_NORMALIZATION_OPSET = 17;

/**
 * Nodes in an order in which each reads only what is known.
 *
 * @param nodes         as read from the file
 * @param initializers  constants by name
 * @param input         name of the graph's one input
 * @param opset         operator set version of the file
 * @throws              GrandModelError BAD_MODEL on a duplicate name, a value nobody computes, a cycle, a
 *                      wrong number of inputs or an attribute that the operator does not have
 */
export function orderedNodes(
  nodes: readonly OnnxNode[],
  initializers: ReadonlyMap<string, OnnxTensor>,
  input: string,
  opset: number,
): OnnxNode[] {
  const computed = new Set<string>();
  for (const node of nodes) {
    checkNode(node, opset);
    if (computed.has(node.output) || initializers.has(node.output) || node.output === input) {
      throw badModel(label(node), `the name "${node.output}" is used twice`);
    }
    computed.add(node.output);
  }
  const known = new Set<string>([input, ...initializers.keys()]);
  for (const node of nodes) {
    for (const name of node.inputs) {
      if (name !== '' && !known.has(name) && !computed.has(name)) {
        throw badModel(label(node), `nothing computes its input "${name}"`);
      }
    }
  }
  return sorted(nodes, known);
}

/** Name of a node in messages. */
export function label(node: OnnxNode): string {
  return `node "${node.name === '' ? node.output : node.name}" (${node.operator})`;
}

function checkNode(node: OnnxNode, opset: number): void {
  const [low, high] = OPERATORS[node.operator].inputs;
  const count = node.inputs.length;
  if (count < low || count > high)
    throw badModel(label(node), `${count} inputs where ${low} to ${high} belong`);
  node.inputs.forEach((name, index) => {
    if (name === '' && index < low) throw badModel(label(node), `input ${index} is empty`);
  });
  const allowed: readonly string[] = OPERATORS[node.operator].attributes;
  for (const name of node.attributes.keys()) {
    if (!allowed.includes(name)) throw badModel(label(node), `attribute "${name}" is unknown`);
  }
  if (node.operator === 'LayerNormalization' && opset < LAYER_NORMALIZATION_OPSET) {
    throw badModel(label(node), `it needs opset ${LAYER_NORMALIZATION_OPSET}, the file has ${opset}`);
  }
}

function sorted(nodes: readonly OnnxNode[], known: Set<string>): OnnxNode[] {
  const order: OnnxNode[] = [];
  let waiting = [...nodes];
  while (waiting.length > 0) {
    const blocked: OnnxNode[] = [];
    for (const node of waiting) {
      if (node.inputs.every((name) => name === '' || known.has(name))) {
        known.add(node.output);
        order.push(node);
      } else blocked.push(node);
    }
    if (blocked.length === waiting.length)
      throw badModel(label(blocked[0] as OnnxNode), 'it is part of a cycle');
    waiting = blocked;
  }
  return order;
}
