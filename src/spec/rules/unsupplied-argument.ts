import { closestBlock, connectionsOf, isInput, takes, tensorArguments } from "../connections.ts";
import type { GraphRule } from "./rule.ts";

/**
 * A block asks for something that nobody hands it: a tensor without `inp_spec`, `model` in a functional spec,
 * `input_shape` where it is wired to another block, `num_classes` in regression.
 */
export const unsuppliedArgument: GraphRule = {
  code: "unsupplied-argument",
  severity: "error",
  about: "A block asks for an argument that nobody supplies.",
  on: "graph",
  *check(graph) {
    const names = connectionsOf(graph).byName;
    for (const [index, block] of graph.blocks.entries()) {
      if (block.arguments.kind !== "known") continue;
      for (const argument of block.arguments.list) {
        if (argument.optional !== false) continue;
        const { name, type } = argument;
        const finding = (message: string, atBlock = false) => ({
          message,
          span: atBlock ? (block.value ?? block.span) : (argument.span ?? block.value),
          related: atBlock
            ? [{ message: `"${name}" is asked for here.`, span: argument.span }]
            : [{ message: `It is used as block "${block.name}".`, span: block.span }],
          covers: block.entry,
        });
        if (name === "num_classes" && graph.mode === "regression")
          yield finding(
            `There is no num_classes in regression, which block "${block.name}" asks for. Write the number of units, or set mode to "classification".`,
          );
        if (graph.api === "sequential") {
          if (name === "model" && index === 0) continue;
          if (type === "tensor" || (type === "unknown" && name === "tensor"))
            yield finding(
              `In a sequential spec nothing supplies "${name}", which block "${block.name}" asks for. Take model in its place: \`({ model }: SequentialBlock) => …\`.`,
            );
          continue;
        }
        if (name === "model") {
          yield finding(
            `In a functional spec nothing supplies "model", which block "${block.name}" asks for. Take a tensor in its place: \`({ tensor }: Block) => …\`.`,
          );
          continue;
        }
        if (name === "input_shape" && block.wiring.kind !== "names") {
          yield finding(
            `Only an input is given input_shape, but block "${block.name}" is wired to another one. Remove inp_spec to make it an input, or take a tensor in place of input_shape.`,
          );
          continue;
        }
        if (block.wiring.kind !== "names" || !graph.complete) continue;
        if (!tensorArguments(block, graph).includes(argument) || names.get(name) !== undefined) continue;
        // An input that also takes a tensor has one cause, whatever the tensor is called.
        if (isInput(block) && takes(block, "input_shape")) {
          yield finding(
            `Block "${block.name}" takes input_shape, which makes it an input, and so nothing supplies "${name}". Remove one of the two.`,
          );
          continue;
        }
        if (closestBlock(argument, block, names.keys()) !== undefined) continue;
        yield finding(
          `Nothing supplies "${name}" to block "${block.name}". Say what it reads: \`inp_spec(…, "${upstreamExample(index, [...names.keys()])}")\`.`,
          true,
        );
      }
    }
  },
};

/** The block before it is the likeliest upstream; the first block's is unknown. */
function upstreamExample(index: number, names: readonly string[]): string {
  return names[index - 1] ?? "…";
}
