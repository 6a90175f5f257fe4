import type { Network } from "../../../model/network.ts";
import { linked, type Link } from "../../losses/loss.ts";
import { writeGraphWithin, type Load, type Unsupported } from "../export.ts";
import { graphOfNetwork } from "../keras-graph.ts";
import type { Variable, WeightLookup } from "../layers/layer-call.ts";
import { Graph, type Port, type WholeGraph } from "../onnx/graph.ts";
import { dropUnused } from "../simplify/drop-unused.ts";
import { lower } from "../simplify/lower.ts";
import { GraphExtents } from "./extents.ts";
import { GradientWriter } from "./gradient-writer.ts";
import { LoopVariables, type VariableWeight } from "./loop-variables.ts";
import { quicken } from "./quicken.ts";

/** What a network gives in inference mode, whose weights are those of a training that is going on. */
export interface ForwardPlan {
  readonly network: Network;
  readonly weights: WeightLookup;
  readonly variables: readonly VariableWeight[];
  /** What makes probabilities of each output. */
  readonly links: readonly Link[];
}

/**
 * The forward pass as a graph. Ports:
 *
 * - `input i` `[entries, …]`: everything that there is, of which `entries i` (int64) takes the rows of a run
 * - the weights, as a training graph has them
 * - `estimate i` `[rows, …]`: what output i says, probabilities or values
 */
export interface ForwardGraph extends WholeGraph {
  /** Weights by their port. */
  readonly variables: readonly (Variable & VariableWeight & { readonly port: string })[];
  readonly load: Load;
}

/** @throws UnknownOperation for what is known in no training graph either. */
export function writeForward(plan: ForwardPlan): ForwardGraph | Unsupported {
  const graph = new Graph();
  const extents = new GraphExtents(graph);
  const write = new GradientWriter(extents, "rows");
  const inputs: Port[] = [];
  const variables = new LoopVariables(extents, plan.variables, false, (port) => {
    throw new Error(`Nothing is drawn in inference mode, and ${port} is.`);
  });
  let estimates: readonly string[] = [];
  const written = writeGraphWithin(
    plan.network.name,
    graphOfNetwork(plan.network),
    plan.weights,
    {
      before: (_, __, reads) => ({
        ports: [],
        values: reads.map((i) => {
          const { layer } = plan.network.inputs[i]!;
          const { config } = plan.network.layers.find(({ name }) => name === layer)!;
          const shape = (config["batch_input_shape"] as (number | null)[]).slice(1);
          const all: Port = { name: `input ${i}`, shape };
          const entries: Port = { name: `entries ${i}`, shape: [], type: "int64" };
          inputs.push(all, entries);
          for (const port of [all, entries]) extents.set(port.name, [null, ...port.shape]);
          const rows = write.add("Gather", [all.name, entries.name], { axis: { int: 0 } });
          extents.set(rows, [null, ...shape]);
          return { name: rows, shape, channelsFirst: false };
        }),
      }),
      behind: (_, layouts, results) => {
        estimates = results.map((value) => layouts.asInKeras(value).name);
        return [];
      },
    },
    variables,
  );
  if (!written.supported) return written;
  quicken(extents, estimates);
  const outputs = estimates.map((estimate, i): Port => {
    const shape = extents.of(estimate).slice(1);
    const output = `estimate ${i}`;
    const said = linked(write.math, plan.links[i]!, estimate);
    graph.nodes.push({ op: "Identity", name: output, inputs: [said], output, attributes: {} });
    return { name: output, shape };
  });
  lower(graph);
  const { all } = variables;
  const weights = all.map(({ name, shape, order }): Port => ({
    name,
    shape: order.map((axis) => shape[axis]!),
    exact: true,
  }));
  const whole = { name: plan.network.name, graph, inputs: [...inputs, ...weights], outputs };
  dropUnused(whole);
  return { ...whole, variables: all.map((one) => ({ ...one, port: one.name })), load: written.load };
}
