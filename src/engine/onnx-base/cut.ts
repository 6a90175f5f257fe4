import { UserError } from "../../protocol/index.ts";
import type { FileConstant, FileNode, FileValue, OnnxModel } from "../native/onnx/read.ts";
import { damaged } from "../native/onnx/read-tensor.ts";

/** The part of a model that one of its values depends on. */
export interface Cut {
  readonly model: OnnxModel;
  /** The value's name. */
  readonly output: string;
  /** Inputs that it depends on, in the model's order. */
  readonly inputs: readonly FileValue[];
  /** In an order in which they can run. */
  readonly nodes: readonly FileNode[];
  /** Names of the constants that they read. */
  readonly constants: readonly string[];
  /** Constants that stand in the place of the file's. */
  readonly replaced?: ReadonlyMap<string, FileConstant>;
}

/**
 * Cuts a model after a value or a node; without a name, at its one output.
 *
 * @throws UserError when there is no such name, when the model has several outputs and none is named, when nothing goes in, and
 *   when nodes read each other in a circle.
 */
export function cutModel(model: OnnxModel, up_to: string | undefined): Cut {
  const output = up_to === undefined ? onlyOutput(model) : named(model, up_to);
  const makers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const given = new Set(model.inputs.map(({ name }) => name));
  const needed = new Set<string>();
  const constants = new Set<string>();
  const nodes: FileNode[] = [];
  const state = new Map<FileNode, "open" | "done">();

  // An explicit stack: a model of ten thousand nodes is deeper than JavaScript's own.
  const stack: { node: FileNode; reads: readonly string[]; next: number }[] = [];
  const visit = (name: string): void => {
    const maker = makers.get(name);
    if (maker === undefined) {
      if (given.has(name)) needed.add(name);
      else if (name !== "") constants.add(name);
    } else if (!state.has(maker)) {
      state.set(maker, "open");
      stack.push({ node: maker, reads: [...maker.inputs, ...maker.captured], next: 0 });
    } else if (state.get(maker) === "open")
      damaged(model.label, `its node ${maker.name} reads its own output`);
  };
  visit(output);
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    if (top.next < top.reads.length) visit(top.reads[top.next++]!);
    else {
      stack.pop();
      state.set(top.node, "done");
      nodes.push(top.node);
    }
  }
  if (needed.size === 0 || nodes.length === 0)
    throw new UserError(
      "onnx-no-input",
      `${model.label}: ${output} depends on no input of the model. Name another with up_to.`,
    );
  return {
    model,
    output,
    inputs: model.inputs.filter(({ name }) => needed.has(name)),
    nodes,
    constants: [...constants],
  };
}

function onlyOutput({ label, outputs }: OnnxModel): string {
  if (outputs.length === 1) return outputs[0]!.name;
  throw new UserError(
    "several-outputs",
    `${label} has ${outputs.length} outputs (${listed(outputs.map(({ name }) => name))}), and a base has one: name it, load_model(…, { up_to: "${outputs[0]!.name}" }).`,
  );
}

/** The value of this name, or the first that the node of this name makes. */
function named(model: OnnxModel, name: string): string {
  const { nodes, label } = model;
  if (nodes.some(({ outputs }) => outputs.includes(name))) return name;
  const node = nodes.find((one) => one.name === name);
  const output = node?.outputs.find((one) => one !== "");
  if (output !== undefined) return output;
  const names = nodes.flatMap((one) => one.outputs.slice(0, 1));
  const alike = names.filter((one) => one.toLowerCase().includes(name.toLowerCase()));
  throw new UserError(
    "unknown-layer",
    `load_model("${label}", { up_to: "${name}" }): the model has no node or value of that name. ${
      alike.length > 0 ? `Alike are: ${listed(alike)}` : `Its last ones are: ${listed(names.slice(-8))}`
    }.`,
  );
}

function listed(names: readonly string[]): string {
  const most = 8;
  return names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");
}
