import { closestName } from "../closest-name.ts";
import { connectionsOf } from "../connections.ts";
import { listed } from "../wording.ts";
import type { GraphRule } from "./rule.ts";

/** The network has several ends, none is named `output`, and the recipe has one outcome. */
export const twoOutputs: GraphRule = {
  code: "two-outputs",
  severity: "error",
  about: "Two blocks end the network where the recipe has one outcome.",
  on: "graph",
  *check(graph, { outcomes }) {
    if (graph.api === "sequential" || !graph.complete || outcomes?.length !== 1) return;
    const { byName, ends, inputs, open } = connectionsOf(graph);
    const names = ends.filter((block) => !inputs.includes(block)).map(({ name }) => name);
    if (open || byName.has("output") || names.length < 2 || closestName("output", names) !== undefined)
      return;
    const last = byName.get(names.at(-1) ?? "");
    yield {
      message: `Nothing reads ${listed(names)}, but the recipe has one outcome, "${outcomes[0]}". Name the block that estimates it "output", and wire or remove the other.`,
      span: last?.span ?? graph.span,
      related: names
        .slice(0, -1)
        .map((name) => ({ message: `"${name}" ends the network, too.`, span: byName.get(name)?.span })),
    };
  },
};
