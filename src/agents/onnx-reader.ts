// The strict reader of .onnx files: an operator allow-list, hard limits, and no field that it does not know.

import { badModel, elementCount, isOperator, MODEL_LIMITS, OPERATORS } from './onnx-format.ts';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './onnx-format.ts';
import { orderedNodes } from './onnx-graph.ts';
import { readTensor } from './onnx-tensor.ts';
import { WireReader } from './protobuf.ts';

interface RawGraph {
  readonly nodes: OnnxNode[];
  readonly initializers: Map<string, OnnxTensor>;
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
}

/**
 * Reads and checks a model file. Weights are data: nothing in the file is ever run, and nothing outside it is
 * read.
 *
 * @param file  the whole .onnx file, at most 16 MiB
 * @returns     the graph, its nodes in an order in which each can run
 * @throws      GrandModelError BAD_MODEL naming the place: an unknown operator, field or type, a dimension
 *              over 65536, a weight that is not finite within ±1000, external data, a duplicate name, a
 *              cycle, over 256 nodes
 * @source      onnx.proto3 (ONNX IR specification), the subset in onnx-format.ts
 */
export function readOnnx(file: Uint8Array): OnnxModel {
  if (file.length > MODEL_LIMITS.fileBytes) {
    throw badModel('file', `${file.length} bytes are over ${MODEL_LIMITS.fileBytes}`);
  }
  if (file.length === 0) throw badModel('file', 'it is empty');
  const message = new WireReader(file, 'file');
  let graph: RawGraph | null = null;
  let opset = 0;
  let irVersion = 0;
  while (message.next()) {
    switch (message.field) {
      case 1:
        irVersion = message.once().int();
        break;
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
        message.once().skip();
        break;
      case 7:
        graph = readGraph(message.once().message('graph'));
        break;
      case 8:
        opset = readOpset(message.once().message('opset_import'));
        break;
      case 14:
        message.skip();
        break;
      case 20:
        throw message.bad('training information is refused');
      case 25:
        throw message.bad('functions are refused');
      default:
        throw message.unknown();
    }
  }
  inRange('ir_version', irVersion, MODEL_LIMITS.irVersion);
  inRange('opset', opset, MODEL_LIMITS.opset);
  if (graph === null) throw badModel('file', 'it has no graph');
  return checkedModel(graph, opset);
}

function inRange(name: string, value: number, [low, high]: readonly [number, number]): void {
  if (value < low || value > high) throw badModel('file', `${name} ${value} is outside ${low}..${high}`);
}

function readOpset(message: WireReader): number {
  let version = 0;
  while (message.next()) {
    if (message.field === 1) {
      const domain = message.once().text();
      if (domain !== '' && domain !== 'ai.onnx') throw message.bad(`operator domain "${domain}" is refused`);
    } else if (message.field === 2) version = message.once().int();
    else throw message.unknown();
  }
  return version;
}

function readGraph(message: WireReader): RawGraph {
  const graph: RawGraph = { nodes: [], initializers: new Map(), inputs: [], outputs: [] };
  while (message.next()) {
    switch (message.field) {
      case 1:
        if (graph.nodes.length >= MODEL_LIMITS.nodes)
          throw message.bad(`more than ${MODEL_LIMITS.nodes} nodes`);
        graph.nodes.push(readNode(message.message(`node ${graph.nodes.length}`)));
        break;
      case 5:
        addInitializer(message, graph);
        break;
      case 11:
        addValue(message, graph.inputs, 'input');
        break;
      case 12:
        addValue(message, graph.outputs, 'output');
        break;
      case 2:
      case 10:
        message.once().skip();
        break;
      case 13:
      case 16:
        message.skip();
        break;
      case 15:
        throw message.bad('sparse initializers are refused');
      default:
        throw message.unknown();
    }
  }
  return graph;
}

function addInitializer(message: WireReader, graph: RawGraph): void {
  if (graph.initializers.size >= MODEL_LIMITS.initializers) {
    throw message.bad(`more than ${MODEL_LIMITS.initializers} initializers`);
  }
  const tensor = readTensor(message.message('initializer'), graph.initializers.size);
  if (graph.initializers.has(tensor.name)) throw message.bad(`two initializers are named "${tensor.name}"`);
  graph.initializers.set(tensor.name, tensor);
}

function addValue(message: WireReader, values: OnnxValue[], kind: string): void {
  if (values.length >= MODEL_LIMITS.initializers) throw message.bad(`too many ${kind}s`);
  values.push(readValue(message.message(`${kind} ${values.length}`), kind));
}

function readNode(message: WireReader): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let name = '';
  let operator = '';
  while (message.next()) {
    switch (message.field) {
      case 1:
        if (inputs.length >= MODEL_LIMITS.nodes) throw message.bad('too many inputs');
        inputs.push(message.text());
        break;
      case 2:
        if (outputs.length > 0) throw message.bad('more than one output');
        outputs.push(message.text());
        break;
      case 3:
        name = message.once().text();
        break;
      case 4:
        operator = message.once().text();
        break;
      case 5:
        readAttribute(message.message(message.place), attributes);
        break;
      case 7:
        if (message.once().text() !== '') throw message.bad('an operator domain is refused');
        break;
      case 6:
      case 9:
        message.skip();
        break;
      default:
        throw message.unknown();
    }
  }
  if (!isOperator(operator)) {
    throw message.bad(`operator "${operator}" is not one of ${Object.keys(OPERATORS).join(' ')}`);
  }
  const output = outputs[0] ?? '';
  if (output === '') throw message.bad(`${operator} has no output`);
  return { operator, name, inputs, output, attributes };
}

function readAttribute(message: WireReader, attributes: Map<string, OnnxAttribute>): void {
  let name = '';
  let value: OnnxAttribute | null = null;
  const integers: number[] = [];
  while (message.next()) {
    switch (message.field) {
      case 1:
        name = message.once().text();
        break;
      case 2:
        value = message.once().float();
        break;
      case 3:
        value = message.once().int();
        break;
      case 4:
        value = message.once().text();
        break;
      case 8:
        message.ints(integers, MODEL_LIMITS.shapeValues);
        break;
      case 13:
      case 20:
        message.once().skip();
        break;
      default:
        throw message.bad(`attribute "${name}" has a value of a refused kind (field ${message.field})`);
    }
  }
  if (attributes.has(name)) throw message.bad(`attribute "${name}" occurs twice`);
  attributes.set(name, value ?? integers);
}

function readValue(message: WireReader, kind: string): OnnxValue {
  let name = '';
  const dims: number[] = [];
  while (message.next()) {
    if (message.field === 1) {
      name = message.once().text();
      message.place = `${kind} "${name}"`;
    } else if (message.field === 2) readType(message.once().message(message.place), dims);
    else if (message.field === 3 || message.field === 4) message.skip();
    else throw message.unknown();
  }
  if (name === '') throw message.bad('it has no name');
  elementCount(message.place, dims);
  return { name, dims };
}

function readType(message: WireReader, dims: number[]): void {
  while (message.next()) {
    if (message.field === 1) readTensorType(message.once().message(message.place), dims);
    else if (message.field === 6) message.skip();
    else throw message.bad('only tensors are read');
  }
}

function readTensorType(message: WireReader, dims: number[]): void {
  while (message.next()) {
    if (message.field === 1) {
      const type = message.once().int();
      if (type !== 1) throw message.bad(`element type ${type} is not f32`);
    } else if (message.field === 2) {
      const shape = message.once().message(message.place);
      while (shape.next()) {
        if (shape.field !== 1) throw shape.unknown();
        if (dims.length >= MODEL_LIMITS.rank) throw shape.bad(`rank is over ${MODEL_LIMITS.rank}`);
        dims.push(readDimension(shape.message(message.place), dims.length));
      }
    } else throw message.unknown();
  }
}

function readDimension(message: WireReader, index: number): number {
  let size: number | null = null;
  while (message.next()) {
    if (message.field === 1) size = message.once().int();
    else if (message.field === 2 || message.field === 3) message.skip();
    else throw message.unknown();
  }
  if (size !== null) return size;
  if (index > 0) throw message.bad(`dimension ${index} is open; only the first (the batch) may be`);
  return 1;
}

function checkedModel(graph: RawGraph, opset: number): OnnxModel {
  const inputs = graph.inputs.filter((value) => !graph.initializers.has(value.name));
  const [input] = inputs;
  if (input === undefined || inputs.length > 1)
    throw badModel('graph', `${inputs.length} inputs where 1 belongs`);
  if (input.dims.length === 0) throw badModel(`input "${input.name}"`, 'it has no shape');
  if (graph.outputs.length === 0) throw badModel('graph', 'it has no output');
  const nodes = orderedNodes(graph.nodes, graph.initializers, input.name, opset);
  for (const output of graph.outputs) {
    if (!nodes.some((node) => node.output === output.name)) {
      throw badModel(`output "${output.name}"`, 'no node computes it');
    }
  }
  return { opset, input, outputs: graph.outputs, initializers: graph.initializers, nodes };
}
