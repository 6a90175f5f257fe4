import { connectionsOf } from "../connections.ts";
import type { Block, BlockGraph } from "../block-graph.ts";
import { changeTo } from "../fixes.ts";
import type { Finding, GraphRule, Use } from "./rule.ts";

/** Activations whose values can be read as probabilities. */
const PROBABILITIES: ReadonlySet<string> = new Set(["softmax", "sigmoid", "hardSigmoid", "hard_sigmoid"]);

/**
 * The last layer's activation or its literal number of units does not fit the mode. Silent about layers that are not
 * written out in the block.
 */
export const outputAgainstMode: GraphRule = {
  code: "output-against-mode",
  severity: "error",
  about: "The output's activation or number of units does not fit the mode.",
  on: "graph",
  *check(graph, use) {
    if (graph.mode === "unknown" || !graph.complete) return;
    for (const block of outputs(graph, use)) {
      const finding = graph.mode === "regression" ? inRegression(block, use) : inClassification(block, use);
      if (finding)
        yield {
          ...finding,
          related: [{ message: `It is used as block "${block.name}".`, span: block.span }],
        };
    }
  },
};

function outputs(graph: BlockGraph, { outcomes }: Use): readonly Block[] {
  const { byName, ends } = connectionsOf(graph);
  if (graph.api === "sequential") return ends;
  const named = ["output", ...((outcomes?.length ?? 0) > 1 ? (outcomes ?? []) : [])];
  return named.flatMap((name) => byName.get(name) ?? []);
}

function inRegression({ name, last_layer }: Block, { outcomes }: Use): Finding | undefined {
  if (!last_layer) return undefined;
  const { activation, activation_span, units, units_span, span } = last_layer;
  if (activation === "softmax")
    return {
      message: `Block "${name}" ends with "softmax", which makes shares that add up to 1, but the mode is "regression". Remove the activation, or set mode to "classification".`,
      span: activation_span ?? span,
    };
  // Several outcomes may be the units of one block.
  if (units !== undefined && units > 1 && outcomes?.length === 1)
    return {
      message: `Block "${name}" ends with ${units} units, but the recipe has one outcome, "${outcomes[0]}". Write \`units: 1\`, or set mode to "classification".`,
      span: units_span ?? span,
      fix: changeTo("1", units_span),
    };
  return undefined;
}

function inClassification({ name, last_layer }: Block, { classes, own_loss }: Use): Finding | undefined {
  if (!last_layer) return undefined;
  const { activation, activation_span, units, units_span, span } = last_layer;
  if (activation === "softmax" && units === 1)
    return {
      message: `Block "${name}" ends with "softmax" over 1 unit, which is always 1. Take num_classes units, or the activation "sigmoid".`,
      span: units_span ?? span,
    };
  // One unit with a sigmoid is the probability of the second of two classes.
  const fits = units === classes || (units === 1 && classes === 2);
  if (units !== undefined && classes !== undefined && !fits)
    return {
      message: `Block "${name}" ends with ${units} ${units === 1 ? "unit" : "units"}, but the data have ${classes} classes. Take num_classes, which is supplied, as its units.`,
      span: units_span ?? span,
    };
  if (!own_loss && activation !== undefined && !PROBABILITIES.has(activation ?? "linear"))
    return {
      severity: "warning",
      message:
        activation === null
          ? `Block "${name}" ends without an activation, so its values are no probabilities. Write \`activation: "softmax"\`.`
          : `Block "${name}" ends with "${activation}", whose values are no probabilities. Write \`activation: "softmax"\`.`,
      span: activation_span ?? span,
      fix: activation === null ? undefined : changeTo("softmax", activation_span, "needed"),
    };
  return undefined;
}
