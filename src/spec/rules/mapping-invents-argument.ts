import { closestName } from "../closest-name.ts";
import { tensorArguments } from "../connections.ts";
import { listed, meant } from "../wording.ts";
import { changeTo } from "../fixes.ts";
import type { GraphRule } from "./rule.ts";

/** A key of a mapping that is no tensor argument of the block: `inp_spec(join, { left: "a", rigth: "b" })`. */
export const mappingInventsArgument: GraphRule = {
  code: "mapping-invents-argument",
  severity: "error",
  about: "A mapping has a key that is no tensor argument of its block.",
  on: "graph",
  *check(graph) {
    if (graph.api === "sequential") return;
    for (const block of graph.blocks) {
      const { wiring } = block;
      if (wiring.kind !== "mapping" || block.arguments.kind !== "known") continue;
      const tensors = tensorArguments(block, graph).map(({ name }) => name);
      // A block that takes no tensor at all is what "block-without-tensor" speaks of.
      if (tensors.length === 0) continue;
      const mapped = new Set(wiring.entries.map(({ argument }) => argument.name));
      const free = tensors.filter((name) => !mapped.has(name));
      for (const { argument } of wiring.entries) {
        const { name } = argument;
        if (name === undefined || tensors.includes(name)) continue;
        const closest =
          closestName(name, free) ?? (free.length === 1 && tensors.length === 1 ? free[0] : undefined);
        yield {
          message: `"${name}" is no tensor argument of block "${block.name}". ${meant(closest, `It takes ${listed(tensors)}.`)}`,
          span: argument.span ?? block.value,
          related: block.arguments.list
            .filter((one) => tensors.includes(one.name))
            .map((one) => ({ message: `"${one.name}" is taken here.`, span: one.span })),
          covers: block.entry,
          fix: changeTo(closest, argument.span),
        };
      }
    }
  },
};
