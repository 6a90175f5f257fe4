import { tensorArguments } from "../connections.ts";
import { listed } from "../wording.ts";
import type { GraphRule } from "./rule.ts";

/**
 * `inp_spec(join, { left: "a" })` of a block that takes `left` and `right`, or `inp_spec(join, "a")`. Silent where the
 * mapping has a key that the block does not take: that key was meant for what is missing.
 */
export const mappingMissesArgument: GraphRule = {
  code: "mapping-misses-argument",
  severity: "error",
  about: "A mapping leaves out a tensor argument of its block.",
  on: "graph",
  *check(graph) {
    if (graph.api === "sequential") return;
    for (const block of graph.blocks) {
      const { wiring } = block;
      if (block.arguments.kind !== "known" || wiring.kind === "names" || wiring.kind === "unknown") continue;
      const tensors = tensorArguments(block, graph).filter(({ optional }) => optional === false);
      if (wiring.kind === "one") {
        if (tensors.length < 2) continue;
        const names = tensors.map(({ name }) => name);
        const example = names.map((name) => `${name}: "…"`).join(", ");
        yield {
          message: `Block "${block.name}" takes ${names.length} tensors, ${listed(names)}. Say what each one reads: \`{ ${example} }\`.`,
          span: wiring.upstream.span ?? block.value,
          related: tensors.map(({ name, span }) => ({ message: `"${name}" is one of its tensors.`, span })),
          covers: block.entry,
        };
        continue;
      }
      if (!wiring.complete) continue;
      const keys = new Set(wiring.entries.map(({ argument }) => argument.name));
      const takes = new Set(block.arguments.list.map(({ name }) => name));
      if ([...keys].some((key) => key === undefined || !takes.has(key))) continue;
      const missing = tensors.filter(({ name }) => !keys.has(name));
      if (missing.length === 0) continue;
      const names = missing.map(({ name }) => name);
      yield {
        message: `This mapping leaves out ${listed(names)}, which block "${block.name}" takes. Add ${names.map((name) => `\`${name}: "…"\``).join(" and ")}.`,
        span: wiring.span ?? block.value,
        related: missing.map(({ name, span }) => ({ message: `"${name}" is taken here.`, span })),
        covers: block.entry,
      };
    }
  },
};
