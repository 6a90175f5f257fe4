import type { Block } from "../block-graph.ts";
import { connectionsOf, type Connections, type Edge } from "../connections.ts";
import type { GraphRule } from "./rule.ts";

/** Blocks that read each other in a circle. Each circle is reported once, where it closes. */
export const cycle: GraphRule = {
  code: "cycle",
  severity: "error",
  about: "Blocks read each other in a circle.",
  on: "graph",
  *check(graph) {
    for (const circle of circles(connectionsOf(graph))) {
      const closing = circle.at(-1);
      if (!closing) continue;
      const [first = "", ...others] = circle.map(({ reader }) => reader.name);
      const flow = [first, ...others.reverse(), first].join(" → ");
      yield {
        message:
          circle.length === 1
            ? `Block "${closing.reader.name}" reads itself. Wire it to another block.`
            : `These blocks read each other in a circle: ${flow}. Wire one of them to a block outside of it.`,
        span: closing.span ?? closing.reader.value,
        related: circle.slice(0, -1).map((edge) => ({
          message: `"${edge.reader.name}" reads "${edge.upstream}".`,
          span: edge.span,
        })),
        covers: closing.reader.entry,
      };
    }
  },
};

/** Depth first and without recursion, so that ten thousand blocks in a row are no trouble. */
function* circles({ reads, byName }: Connections): Iterable<Edge[]> {
  const done = new Set<Block>();
  const inCircle = new Set<Block>();
  for (const start of byName.values()) {
    if (done.has(start)) continue;
    // The path from `start` to the block that is looked at: each with the edge that led to it.
    const path: { block: Block; edges: readonly Edge[]; next: number; by: Edge | undefined }[] = [];
    const onPath = new Map<Block, number>();
    const enter = (block: Block, by: Edge | undefined) => {
      onPath.set(block, path.length);
      path.push({ block, edges: reads.get(block) ?? [], next: 0, by });
    };
    enter(start, undefined);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const edge = top.edges[top.next++];
      if (!edge) {
        done.add(top.block);
        onPath.delete(top.block);
        path.pop();
        continue;
      }
      if (!edge.block || done.has(edge.block)) continue;
      const from = onPath.get(edge.block);
      if (from === undefined) enter(edge.block, edge);
      else {
        const steps = path.slice(from + 1).map(({ by }) => by as Edge);
        const members = [edge, ...steps].map(({ reader }) => reader);
        if (members.every((block) => inCircle.has(block))) continue;
        for (const block of members) inCircle.add(block);
        yield [...steps, edge];
      }
    }
  }
}
