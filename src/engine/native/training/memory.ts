import type { GraphExtents } from "./extents.ts";

/** What a step of training needs at once, in bytes, for a batch of so many rows. */
export type StepMemory = (rows: number) => number;

/**
 * The most that values of a step take at once, told from its graph: each lies in memory from where it is made to where it is read
 * last. What the forward pass leaves for the gradients is most of it.
 *
 * @param extents Of the body of the loop; an extent that a run tells is the batch's.
 * @param kept Names that outlast the step.
 */
export function memoryOfStep(extents: GraphExtents, kept: readonly string[]): StepMemory {
  const { nodes } = extents.graph;
  const last = new Map<string, number>();
  nodes.forEach(({ inputs, captured = [] }, i) => {
    for (const name of [...inputs, ...captured]) last.set(name, i);
  });
  for (const name of kept) last.set(name, nodes.length);
  const ends = new Map<number, Size[]>();
  const now = { fixed: 0, perRow: 0 };
  /** At each node; which of them is the most depends on the batch. */
  const moments: Size[] = [];
  nodes.forEach((node, i) => {
    // These are other views of what they read.
    const view = node.op === "Reshape" || node.op === "Identity" || node.op === "Flatten";
    for (const name of view ? [] : [node.output, ...(node.furtherOutputs ?? [])]) {
      const end = last.get(name);
      if (name === "" || end === undefined) continue;
      const size = sizeOf(extents, name);
      now.fixed += size.fixed;
      now.perRow += size.perRow;
      ends.set(end, [...(ends.get(end) ?? []), size]);
    }
    moments.push({ ...now });
    for (const size of ends.get(i) ?? []) {
      now.fixed -= size.fixed;
      now.perRow -= size.perRow;
    }
  });
  return (rows) => moments.reduce((most, { fixed, perRow }) => Math.max(most, fixed + rows * perRow), 0);
}

interface Size {
  /** Whatever the batch. */
  readonly fixed: number;
  readonly perRow: number;
}

function sizeOf(extents: GraphExtents, name: string): Size {
  const shape = extents.find(name) ?? [];
  const bytes = 4 * shape.reduce<number>((size, extent) => size * (extent ?? 1), 1);
  return shape.includes(null) ? { fixed: 0, perRow: bytes } : { fixed: bytes, perRow: 0 };
}
