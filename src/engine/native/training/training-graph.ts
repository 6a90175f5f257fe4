import type { Network } from "../../../model/network.ts";
import type { EpochMetric } from "../../epoch-metrics/epoch-metric.ts";
import { constrained } from "../../constraints.ts";
import { linked, type Loss } from "../../losses/loss.ts";
import { totalLoss } from "../../losses/total-loss.ts";
import type { Optimizer } from "../../optimizer.ts";
import { penaltyOf } from "../../penalties.ts";
import { weightOptions, type WeightOptions } from "../../weight-options.ts";
import { writeGraphWithin, type Load } from "../export.ts";
import { graphOfNetwork } from "../keras-graph.ts";
import type { Variable, WeightLookup } from "../layers/layer-call.ts";
import { Graph, type Port, type WholeGraph } from "../onnx/graph.ts";
import { dropUnused } from "../simplify/drop-unused.ts";
import { lower } from "../simplify/lower.ts";
import { differentiate } from "./differentiate.ts";
import { GraphExtents } from "./extents.ts";
import { GradientWriter } from "./gradient-writer.ts";
import { memoryOfStep, type StepMemory } from "./memory.ts";
import { updateWeights } from "./update-weights.ts";
import { quicken } from "./quicken.ts";
import { LoopVariables, type DrawPort, type VariableWeight } from "./loop-variables.ts";

/** What is trained, and how: all that the graph depends on. */
export interface TrainingPlan {
  readonly network: Network;
  readonly weights: WeightLookup;
  readonly variables: readonly VariableWeight[];
  readonly outputs: readonly {
    readonly loss: Loss;
    readonly metrics: readonly EpochMetric[];
    readonly weight: number;
  }[];
  /** Absent: losses and metrics alone are computed, in inference mode. */
  readonly optimizer?: Optimizer;
  /** Whether each row has a weight in the loss. */
  readonly weighted: boolean;
  /** Which inputs have not one entry for each row: of several variants, or only those of this run. */
  readonly ownEntries: readonly boolean[];
}

/**
 * The training of a network as one graph: a loop over batches, in whose body stand forward pass, gradients and
 * optimizer. Weights and what the optimizer carries go from one turn of the loop to the next. Ports:
 *
 * - `input i`, `truth i` `[rows, …]`, `row weights` `[rows]`: everything that there is, of which a batch takes its rows
 * - `order` (int64): the rows of all batches of this run, in their order; `entries i` the same for an input with entries of its own; `batch size`, `batches` (int64)
 * - `draw i` `[rows of this run, …]`; `number …`, one of the optimizer's: `[batches]`, or one where it is always the same
 * - what the loop carries in; `… after` is what comes out
 * - `logs` `[batches, values]`: the total loss, each output's, then what the metrics add
 */
export interface TrainingGraph extends WholeGraph {
  /** Weights by their port; with an optimizer, they come out under `after(port)`. */
  readonly variables: readonly (Variable & VariableWeight & { readonly port: string })[];
  /** What the optimizer carries for a weight, in the order in which the weight lies in memory. */
  readonly slots: readonly { readonly of: Variable; readonly slot: string; readonly port: string }[];
  readonly draws: readonly DrawPort[];
  readonly load: Load;
  /** Without what the loop carries. */
  readonly memory: StepMemory;
}

export function after(port: string): string {
  return `${port} after`;
}

/** @throws UnsupportedLayer, UnknownOperation for what has no form that can be trained. */
export function writeTraining(
  plan: TrainingPlan,
): TrainingGraph | { layer: string; class_name: string; reason: string } {
  const body = new Graph();
  const extents = new GraphExtents(body);
  const write = new GradientWriter(extents, "step");
  const { math } = write;
  const outer = new Map<string, Port>();
  /** An input of the whole graph, which the body reads from around it. */
  const given = (port: Port): string => {
    outer.set(port.name, port);
    extents.set(port.name, port.exact ? port.shape : [null, ...port.shape]);
    return port.name;
  };

  const turn = body.freshName("turn");
  extents.set(turn, []);
  const size = given({ name: "batch size", shape: [], exact: true, type: "int64" });
  const first = write.add("Reshape", [write.add("Mul", [turn, size]), write.whole([1])]);
  const end = write.add("Add", [first, size]);
  extents.set(end, [1]);
  /** Those that belong to this batch, of rows that stand in the order of the run. */
  const ofRun = (name: string) => {
    const rows = write.add("Slice", [name, first, end]);
    extents.set(rows, extents.of(name));
    return rows;
  };
  const order = ofRun(given({ name: "order", shape: [], type: "int64" }));
  const ofAll = (name: string, entries = order) => {
    const rows = write.add("Gather", [name, entries], { axis: { int: 0 } });
    extents.set(rows, extents.of(name));
    return rows;
  };

  const training = plan.optimizer !== undefined;
  const variables: LoopVariables = new LoopVariables(extents, plan.variables, training, (port, shape) =>
    ofRun(given({ name: port, shape })),
  );
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
          const entries =
            plan.ownEntries[i] === true
              ? ofRun(given({ name: `entries ${i}`, shape: [], type: "int64" }))
              : order;
          return { name: ofAll(given({ name: `input ${i}`, shape }), entries), shape, channelsFirst: false };
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
  quicken(extents, [...estimates, ...variables.penalties, ...variables.moved.values()]);

  const rowWeights = plan.weighted ? ofAll(given({ name: "row weights", shape: [] })) : undefined;
  const truths = estimates.map((estimate, i) =>
    ofAll(given({ name: `truth ${i}`, shape: extents.of(estimate).slice(1) })),
  );
  const { total: sum, parts } = totalLoss(math, plan.outputs, truths, estimates, rowWeights ?? null);
  const options = optionsOf(plan.network);
  const penalties = variables.all.flatMap(({ layer, weight, trained, name, order: axes }) => {
    const penalty = trained ? penaltyOf(math, options(layer, weight).regularizer, name, axes) : undefined;
    return penalty === undefined ? [] : [penalty];
  });
  const total = [...variables.penalties, ...penalties].reduce((all, penalty) => math.add(all, penalty), sum);
  const metrics = plan.outputs.flatMap(({ loss, metrics: all }, i) => {
    const estimate = linked(math, loss.link, estimates[i]!);
    return all.flatMap((metric) => metric.batch(math, truths[i]!, estimate));
  });
  const values = [total, ...parts, ...metrics].map((value) =>
    write.add("Reshape", [value, write.whole([-1])]),
  );
  const logs: Port = {
    name: write.add("Concat", values, { axis: { int: 0 } }),
    shape: [values.reduce((width, value) => width + extents.of(value)[0]!, 0)],
  };

  const states = training ? step(plan.optimizer!, variables, options, write, total, turn, given) : [];
  const memory = memoryOfStep(
    extents,
    states.map(({ after: end }) => end),
  );
  lower(body);
  const { all } = variables;
  const loop = loopOf(body, turn, states, logs, finite(write, total));
  if (!training)
    for (const { name, shape, order: axes } of all)
      given({ name, shape: axes.map((axis) => shape[axis]!), exact: true });
  given({ name: "batches", shape: [], exact: true, type: "int64" });
  const ports = states.map(({ port, shape }): Port => ({ name: port, shape, exact: true }));
  return {
    name: plan.network.name,
    graph: loop,
    inputs: [...outer.values(), ...ports],
    outputs: [
      ...ports.map((port) => ({ ...port, name: after(port.name) })),
      { name: "logs", shape: logs.shape },
    ],
    variables: all.map((one) => ({ ...one, port: training ? portOf(one) : one.name })),
    slots: states.flatMap(({ of, slot, port }) => (slot === undefined ? [] : [{ of, slot, port }])),
    draws: variables.draws,
    load: written.load,
    memory,
  };
}

/** Something that the loop carries. */
interface State {
  readonly of: Variable;
  readonly slot?: string;
  /** Its input of the whole graph. */
  readonly port: string;
  /** In the body: what it is before and after the turn. */
  readonly before: string;
  readonly after: string;
  readonly shape: readonly number[];
}

/** What layers ask of their weights. */
function optionsOf({ layers }: Network): (layer: string, weight: string) => WeightOptions {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return (layer, weight) => weightOptions(byName.get(layer)!, weight);
}

function portOf({ layer, weight }: Variable): string {
  return `weight ${layer}/${weight}`;
}

/** Writes gradients and the optimizer's step. */
function step(
  optimizer: Optimizer,
  variables: LoopVariables,
  options: (layer: string, weight: string) => WeightOptions,
  write: GradientWriter,
  loss: string,
  turn: string,
  given: (port: Port) => string,
): State[] {
  const { math, extents } = write;
  const { all, moved } = variables;
  const inMemory = ({ shape, order }: Variable) => order.map((axis) => shape[axis]!);
  const trained = all.filter(({ trained: is }) => is);
  const found = differentiate(
    extents,
    new Map([[loss, math.number(1)]]),
    trained.map(({ name }) => name),
  );
  const learning = trained.filter(({ name }) => found.has(name));
  let gradients = learning.map(({ name }) => found.get(name)!);
  const ofStep = Object.keys(optimizer.numbers(1, 1)).map((name) => {
    const port = given({ name: `number ${name}`, shape: [] });
    const one = write.add("Gather", [port, turn], { axis: { int: 0 } });
    extents.set(one, []);
    return [name, one] as const;
  });
  const constants = Object.keys(optimizer.constants).map(
    (name) => [name, given({ name: `number ${name}`, shape: [], exact: true })] as const,
  );
  const numbers = Object.fromEntries([...ofStep, ...constants]);
  if (optimizer.clip !== undefined) gradients = optimizer.clip(math, gradients, numbers);

  const slotsOf = (variable: Variable) =>
    Object.fromEntries(
      Object.keys(optimizer.slots).map((slot) => {
        const name = write.graph.freshName(`${slot} of ${variable.name}`);
        extents.set(name, inMemory(variable));
        return [slot, name];
      }),
    );
  const weights = learning.map((variable, i) => ({
    weight: variable.name,
    gradient: gradients[i]!,
    slots: slotsOf(variable),
  }));
  const updates = updateWeights(write, optimizer, weights, numbers);

  const states: State[] = [];
  for (const variable of all) {
    const shape = inMemory(variable);
    const { name: before } = variable;
    const state = { of: variable, port: portOf(variable), before, shape };
    const at = learning.indexOf(variable);
    const updated = updates[at];
    if (updated === undefined) {
      states.push({ ...state, after: moved.get(variable) ?? before });
      continue;
    }
    const { slots } = weights[at]!;
    const { constraint } = options(variable.layer, variable.weight);
    const axisOf = (axis: number) => variable.order.indexOf(axis);
    const kept = constrained(math, constraint, updated.weight, axisOf) ?? updated.weight;
    states.push({ ...state, after: kept });
    for (const [slot, name] of Object.entries(slots))
      states.push({
        of: variable,
        slot,
        port: `${slot} of ${portOf(variable)}`,
        before: name,
        after: updated.slots[slot]!,
        shape,
      });
  }
  return states;
}

/** Whether the loop goes on: no step is taken behind one whose loss is no number. */
function finite(write: GradientWriter, loss: string): string {
  const broken = write.add("Or", [write.add("IsNaN", [loss]), write.add("IsInf", [loss])]);
  return write.add("Not", [broken]);
}

function loopOf(body: Graph, turn: string, states: readonly State[], logs: Port, goesOn: string): Graph {
  const carriedOn = body.freshName("goes on");
  // What comes out has a name of its own, also where it is what went in; a copy costs as much as a part of the step.
  const made = new Set(body.nodes.flatMap(({ output, furtherOutputs = [] }) => [output, ...furtherOutputs]));
  const ends = states.map(({ after: end }) => (made.delete(end) ? end : body.add("Identity", "out", [end])));
  const loop = new Graph();
  const yes = loop.typedConstant("true", { shape: [], values: () => Uint8Array.of(1), type: 9 });
  const outputs = [...states.map(({ port }) => after(port)), "logs"];
  const batch = {
    name: "batch",
    graph: body,
    inputs: [
      { name: turn, shape: [], exact: true, type: "int64" },
      { name: carriedOn, shape: [], exact: true, type: "bool" },
      ...states.map(({ before, shape }): Port => ({ name: before, shape, exact: true })),
    ],
    outputs: [
      { name: goesOn, shape: [], exact: true, type: "bool" },
      ...ends.map((name, i): Port => ({ name, shape: states[i]!.shape, exact: true })),
      { ...logs, exact: true },
    ],
  } satisfies WholeGraph;
  dropUnused(batch);
  loop.nodes.push({
    op: "Loop",
    name: "batches",
    inputs: ["batches", yes, ...states.map(({ port }) => port)],
    output: outputs[0]!,
    furtherOutputs: outputs.slice(1),
    attributes: { body: { graph: batch } },
  });
  return loop;
}
