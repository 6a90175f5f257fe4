import { tensorArguments, isInput } from "../connections.ts";
import type { ModelRule } from "./rule.ts";

/** `num_join: 2` of a block that does not have exactly one tensor: nobody could say what its second copy reads. */
export const repeatedBlock: ModelRule = {
  code: "repeated-block",
  severity: "error",
  about: "A block is repeated that does not take exactly one tensor.",
  on: "model",
  *check({ spec, arguments: given }) {
    if (spec.api === "sequential") return;
    const byName = new Map(given.map((argument) => [argument.name, argument]));
    for (const block of spec.blocks) {
      const repeats = byName.get(`num_${block.name}`);
      if (!repeats || block.arguments.kind !== "known") continue;
      const { literal, type } = repeats.value;
      const tensors = tensorArguments(block, spec);
      const input = isInput(block);
      const repeated = type === "tune" || (typeof literal === "number" && literal > 1);
      if (!input && !(repeated && tensors.length > 1)) continue;
      const names = tensors.map(({ name }) => `"${name}"`).join(", ");
      yield {
        message: input
          ? `Block "${block.name}" is an input and is there exactly once. Remove "${repeats.name}".`
          : `Block "${block.name}" takes ${tensors.length} tensors (${names}), so it cannot be repeated. Remove "${repeats.name}", or let the block take one tensor.`,
        span: repeats.span,
        related: [{ message: `Block "${block.name}" is here.`, span: block.span }],
        covers: repeats.entry,
      };
    }
  },
};
