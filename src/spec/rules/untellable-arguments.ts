import type { GraphRule } from "./rule.ts";

/**
 * A block whose arguments nobody can tell from its text: `({ tensor, ...rest })`, `(args)`, several parameters.
 * KSpec must know them, because they become arguments of the model.
 */
export const untellableArguments: GraphRule = {
  code: "untellable-arguments",
  severity: "error",
  about: "The arguments of a block cannot be told from its text.",
  on: "graph",
  *check(graph) {
    for (const block of graph.blocks) {
      if (block.arguments.kind !== "untellable") continue;
      const { reason, span } = block.arguments;
      const example =
        graph.api === "sequential" ? "({ model, units = 32 }) => …" : "({ tensor, units = 32 }) => …";
      yield {
        message: `The arguments of block "${block.name}" cannot be told: ${reason}. Take one object and name each of its keys: \`${example}\`.`,
        span: span ?? block.value,
        related: [{ message: `It is used as block "${block.name}".`, span: block.span }],
        covers: block.entry,
      };
    }
  },
};
