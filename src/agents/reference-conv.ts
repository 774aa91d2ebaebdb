// Lowers Conv over one or two spatial dimensions: unfold each group's windows into columns, then one matrix
// product.

import { after, OPERATION } from './reference-arena.ts';
import { computed, integer, operand, placed, refuse } from './reference-lowering.ts';
import type { Lowering, Tensor } from './reference-lowering.ts';

/** One spatial dimension of a convolution. */
interface Extent {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padStart: number;
  readonly out: number;
}

const ONE: Extent = { size: 1, kernel: 1, stride: 1, dilation: 1, padStart: 0, out: 1 };
const STEP_MAX = 1024;

/** Conv of [1, channels, width] or [1, channels, height, width] with constant weights. */
export function lowerConv(lowering: Lowering): Tensor {
  const x = operand(lowering, 0);
  const w = operand(lowering, 1);
  const rank = x.dims.length - 2;
  if (rank < 1 || rank > 2 || w.dims.length !== rank + 2)
    throw refuse(lowering, 'only 1-D and 2-D are supported');
  if (x.dims[0] !== 1) throw refuse(lowering, `batch ${x.dims[0]} is not 1`);
  const channels = x.dims[1] as number;
  const filters = w.dims[0] as number;
  const group = integer(lowering, 'group', 1);
  if (group < 1 || channels % group !== 0 || filters % group !== 0 || w.dims[1] !== channels / group) {
    throw refuse(lowering, `group ${group} does not divide ${channels} channels and ${filters} filters`);
  }
  const bias = lowering.inputs[2] ? operand(lowering, 2) : null;
  if (bias !== null && bias.count !== filters)
    throw refuse(lowering, `bias has ${bias.count} values, not ${filters}`);
  const extents = x.dims.slice(2).map((size, i) => extent(lowering, rank, i, size, w.dims[i + 2] as number));
  const [rows, columns] = (rank === 1 ? [ONE, extents[0]] : extents) as [Extent, Extent];
  const out = computed(lowering, [1, filters, ...extents.map((e) => e.out)]);
  const inner = (channels / group) * rows.kernel * columns.kernel;
  const points = rows.out * columns.out;
  const unfolded = computed(lowering, [inner, points]);
  for (let g = 0; g < group; g++) {
    lowering.arena.step({
      operation: OPERATION.unfold,
      a: after(placed(lowering, x), (g * x.count) / group),
      out: unfolded.place,
      numbers: [0, 0, 0],
      conv: convShape(channels / group, rows, columns),
    });
    const first = (g * filters) / group;
    lowering.arena.step({
      operation: OPERATION.matMulPlain,
      a: after(placed(lowering, w), first * inner),
      b: unfolded.place,
      ...(bias === null ? {} : { c: after(placed(lowering, bias), first) }),
      out: after(out.place, first * points),
      numbers: [filters / group, inner, points],
    });
  }
  return out;
}

/** In the order of ConvShape in assembly/nn/dense.ts. */
function convShape(channels: number, rows: Extent, columns: Extent): number[] {
  const pair = (pick: (extent: Extent) => number): number[] => [pick(rows), pick(columns)];
  return [
    channels,
    ...pair((e) => e.size),
    ...pair((e) => e.kernel),
    ...pair((e) => e.stride),
    ...pair((e) => e.dilation),
    ...pair((e) => e.padStart),
    ...pair((e) => e.out),
  ];
}

function extent(lowering: Lowering, rank: number, index: number, size: number, kernel: number): Extent {
  const automatic = lowering.node.attributes.get('auto_pad') ?? 'NOTSET';
  if (automatic !== 'NOTSET') throw refuse(lowering, `auto_pad ${String(automatic)} is not supported`);
  const kernelShape = listOf(lowering, 'kernel_shape', rank, kernel);
  if (kernelShape[index] !== kernel)
    throw refuse(lowering, `kernel_shape ${kernelShape.join('x')} is not the weights'`);
  const stride = listOf(lowering, 'strides', rank, 1)[index] as number;
  const dilation = listOf(lowering, 'dilations', rank, 1)[index] as number;
  const pads = listOf(lowering, 'pads', 2 * rank, 0);
  const padStart = pads[index] as number;
  const padEnd = pads[index + rank] as number;
  if (stride < 1 || dilation < 1) throw refuse(lowering, 'strides and dilations must be at least 1');
  const out = Math.floor((size + padStart + padEnd - dilation * (kernel - 1) - 1) / stride) + 1;
  if (out < 1) throw refuse(lowering, `a kernel of ${kernel} does not fit into ${size}`);
  return { size, kernel, stride, dilation, padStart, out };
}

function listOf(lowering: Lowering, name: string, length: number, otherwise: number): readonly number[] {
  const value = lowering.node.attributes.get(name);
  if (value === undefined) return Array.from({ length }, () => otherwise);
  const valid = typeof value === 'object' && value.length === length;
  if (!valid || !value.every((item) => item >= 0 && item <= STEP_MAX)) {
    throw refuse(lowering, `attribute "${name}" is not ${length} integers of 0..${STEP_MAX}`);
  }
  return value;
}
