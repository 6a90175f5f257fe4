import type { KerasConfig } from "../../../../model/network.ts";
import { activate, nameOf } from "../../layers/activation-functions.ts";
import { LayerCall, type LayerRule } from "../../layers/layer-call.ts";
import {
  activationOf,
  recurrentLayers,
  refuseOptions,
  returnsSequences,
  reversed,
  zeroed,
  type Along,
  type Described,
} from "../../layers/recurrent.ts";
import type { Graph } from "../../onnx/graph.ts";
import type { Value } from "../../value.ts";
import { scan, type Scanned } from "../sequences/scan.ts";

/** Layers that go along a sequence, step by step where ONNX's own operations for them cannot be trained. */
export const recurrentTrainingRules: Readonly<Record<string, LayerRule>> = recurrentLayers(stepByStep);

function stepByStep(...[call, sequence, cells, from, config]: Parameters<Along>): Value {
  refuseOptions(call, config);
  const backwards = config["go_backwards"] === true;
  const inOrder = (name: string) => (backwards ? reversed(call, name) : name);
  const mask = sequence.mask === undefined ? undefined : inOrder(sequence.mask);
  // The steps stand before the rows here: `[steps, rows, …]`.
  const passes =
    mask === undefined
      ? undefined
      : call.add("Unsqueeze", [call.add("Transpose", [mask]), call.whole("axes", [2])]);
  let name = call.add("Transpose", [inOrder(sequence.name)], { perm: { ints: [1, 0, 2] } });
  let features = call.channels(sequence);
  let last = name;
  cells.forEach((cell, i) => {
    const writing = new CellAlong(call, cell, from + i, features);
    const scanned = writing.write(name, passes);
    [name, last, features] = [scanned.each[0]!, scanned.last[0]!, writing.units];
  });
  const kept = sequence.mask === undefined ? {} : { mask: sequence.mask };
  if (!returnsSequences(config)) return { name: last, shape: [features], channelsFirst: false };
  const output = call.add("Transpose", [name], { perm: { ints: [1, 0, 2] } });
  return {
    name: mask !== undefined && config["zero_output_for_mask"] === true ? zeroed(call, output, mask) : output,
    shape: [sequence.shape[0] ?? null, features],
    channelsFirst: false,
    ...kept,
  };
}

/** What a cell computes in each step, of what its inputs were multiplied to before. */
interface Kind {
  readonly states: number;
  readonly gates: number;
  /** How many gates each product of the state makes at once. */
  readonly products: (config: KerasConfig) => readonly number[];
  /** @param inputs `[rows, gates × units]` @returns the states behind the step, the first of which is the output. */
  step(write: StepWriter, states: readonly string[], inputs: string): string[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  SimpleRNNCell: {
    states: 1,
    gates: 1,
    products: () => [1],
    step: (write, [state], inputs) => [
      write.activate("activation", write.op("Add", inputs, write.product(state!, 0))),
    ],
  },

  /** Keras has the gates in this order: input, forget, candidate, output. */
  LSTMCell: {
    states: 2,
    gates: 4,
    products: () => [4],
    step(write, [state, memory], inputs) {
      const sum = write.op("Add", inputs, write.product(state!, 0));
      const [input, forget, candidate, output] = write.split(sum, [1, 1, 1, 1]) as [
        string,
        string,
        string,
        string,
      ];
      const gate = (name: string) => write.keep(write.activate("recurrent_activation", name));
      const carried = write.op("Mul", gate(forget), memory!);
      const made = write.keep(write.activate("activation", candidate));
      const added = write.op("Mul", gate(input), made);
      const next = write.op("Add", carried, added);
      const shown = write.keep(write.activate("activation", next));
      return [write.op("Mul", gate(output), shown), next];
    },
  },

  /** Keras has the gates in this order: update, reset, candidate. */
  GRUCell: {
    states: 1,
    gates: 3,
    products: (config) => (resetAfter(config) ? [3] : [2, 1]),
    step(write, [state], inputs) {
      const after = resetAfter(write.config);
      const [gatesGiven, candidateGiven] = write.split(inputs, [2, 1]) as [string, string];
      const product = write.product(state!, 0);
      const [gatesState, candidateState] = after ? write.split(product, [2, 1]) : [product];
      const gates = write.gates(write.op("Add", gatesGiven, gatesState!), 2);
      const [update, reset] = gates.map((gate) => write.keep(gate)) as [string, string];
      const remembered = after
        ? write.op("Mul", reset, write.keep(candidateState!))
        : write.product(write.op("Mul", reset, state!), 1);
      const candidate = write.keep(write.activate("activation", write.op("Add", candidateGiven, remembered)));
      // Of the state before and the candidate, the share that the update gate says.
      const change = write.op("Sub", state!, candidate);
      return [write.op("Add", candidate, write.op("Mul", update, change))];
    },
  },
};

function resetAfter(config: KerasConfig): boolean {
  return config["reset_after"] === true;
}

/** One cell along a sequence. */
class CellAlong {
  readonly units: number;
  readonly #call: LayerCall;
  readonly #config: KerasConfig;
  readonly #kind: Kind;
  readonly #number: number;
  readonly #features: number;

  constructor(call: LayerCall, { class_name, config }: Described, number: number, features: number) {
    this.#call = call;
    this.#config = config;
    this.#kind =
      KINDS[class_name] ?? call.unsupported(`has steps of ${class_name}, which have no form in ONNX here.`);
    this.#number = number;
    this.#features = features;
    this.units = call.weightsWithin("recurrent_kernel")[number]!.shape[0]!;
  }

  /**
   * @param name `[steps, rows, features]`
   * @param passes `[steps, rows, 1]`: 0 where a step leaves everything as it was.
   */
  write(name: string, passes: string | undefined): Scanned {
    const { states, gates, step } = this.#kind;
    const [inputBias, stateBias] = this.#biases();
    const [inputMasks, stateMasks] = this.#masks();
    const inputs = this.#projected(name, inputMasks, inputBias);
    const kernels = this.#recurrentKernels(stateMasks !== undefined);
    const zeros = this.#zeros(name);
    const state = { name: zeros, extents: [null, this.units] };
    return scan(this.#call.graph, this.#call.name, {
      states: Array.from({ length: states }, () => state),
      inputs: [
        { name: inputs, extents: [null, gates * this.units] },
        ...(passes === undefined ? [] : [{ name: passes, extents: [null, 1] }]),
      ],
      step: (graph, before, [given, goes]) => {
        const write = new StepWriter(this.#call, graph, this.#config, this.units, (product) => ({
          kernels: kernels[product]!,
          masks: stateMasks?.slice(...rangeOf(this.#kind.products(this.#config), product)),
          bias: stateBias,
        }));
        const after = step(write, before, given!);
        return { states: goes === undefined ? after : write.where(goes, after, before), kept: write.kept };
      },
    });
  }

  /** What the inputs of all steps add to the gates: one product for all of them. */
  #projected(name: string, masks: readonly string[] | undefined, bias: string | undefined): string {
    const call = this.#call;
    const kernel = this.#weight("kernel");
    const { gates } = this.#kind;
    const dropped = (mask: string) => call.add("Mul", [name, mask]);
    let product: string;
    if (masks === undefined || masks.length === 1)
      product = call.add("MatMul", [masks === undefined ? name : dropped(masks[0]!), kernel]);
    else {
      const columns = this.#columns(kernel, Array<number>(gates).fill(1));
      const parts = columns.map((one, gate) => call.add("MatMul", [dropped(masks[gate]!), one]));
      product = call.add("Concat", parts, { axis: { int: 2 } });
    }
    return bias === undefined ? product : call.add("Add", [product, bias]);
  }

  /** The recurrent kernel in the parts that each product takes; with masks each gate has its own. */
  #recurrentKernels(apart: boolean): readonly (readonly string[])[] {
    const kernel = this.#weight("recurrent_kernel");
    const products = this.#kind.products(this.#config);
    if (!apart) return this.#columns(kernel, products).map((one) => [one]);
    const each = this.#columns(kernel, Array<number>(this.#kind.gates).fill(1));
    return products.map((_, i) => each.slice(...rangeOf(products, i)));
  }

  /** The bias of the inputs, and that of the state's product, which a GRU with `reset_after` alone has. */
  #biases(): readonly [string | undefined, string | undefined] {
    if (this.#config["use_bias"] === false) return [undefined, undefined];
    const bias = this.#weight("bias");
    const call = this.#call;
    if (call.weightsWithin("bias")[this.#number]!.shape.length === 1) return [bias, undefined];
    return split(call.graph, call.name, bias, 0, [1, 1]) as [string, string];
  }

  /**
   * What inputs and state are multiplied with in training: the same in all steps. With dropout of the state, Keras draws for each gate
   * by itself; without, inputs are dropped for all gates alike. Drawings go by the name of the kernel.
   */
  #masks(): readonly [readonly string[] | undefined, readonly string[] | undefined] {
    const call = this.#call;
    const rate = (option: string) => {
      const given = this.#config[option];
      return typeof given === "number" && given > 0 && given < 1 ? given : undefined;
    };
    if (call.variables?.training !== true) return [undefined, undefined];
    const { variables } = call;
    const apart = rate("recurrent_dropout") !== undefined && this.#kind.gates > 1;
    const drawn = (option: string, extent: number): readonly string[] | undefined => {
      const share = rate(option);
      if (share === undefined) return undefined;
      const draw = { kind: "keep", rate: share } as const;
      const kernel = call.namesWithin("kernel")[this.#number] ?? "kernel";
      const what = `${call.name}/${kernel.replace(/kernel$/, option)}`;
      if (!apart) return [variables.draw(what, draw, [extent])];
      const all = variables.draw(what, draw, [this.#kind.gates, extent]);
      const axis = call.whole("axes", [1]);
      return split(call.graph, call.name, all, 1, Array<number>(this.#kind.gates).fill(1)).map((one) =>
        call.add("Squeeze", [one, axis]),
      );
    };
    return [drawn("dropout", this.#features), drawn("recurrent_dropout", this.units)];
  }

  /** `[rows, units]` */
  #zeros(name: string): string {
    const call = this.#call;
    const rows = call.add("Shape", [name], { start: { int: 1 }, end: { int: 2 } });
    const shape = call.add("Concat", [rows, call.whole("units", [this.units])], { axis: { int: 0 } });
    return call.add("ConstantOfShape", [shape]);
  }

  #columns(kernel: string, gates: readonly number[]): string[] {
    if (gates.length === 1) return [kernel];
    const widths = gates.map((count) => count * this.units);
    return split(this.#call.graph, this.#call.name, kernel, 1, widths);
  }

  #weight(kind: string): string {
    const name = this.#call.namesWithin(kind)[this.#number];
    return this.#call.parameter(name ?? kind).name;
  }
}

/** How the state goes into one of a step's products. */
interface Product {
  /** Of all its gates, or of each. */
  readonly kernels: readonly string[];
  readonly masks: readonly string[] | undefined;
  readonly bias: string | undefined;
}

/** Writes one step of a cell. */
class StepWriter {
  readonly config: KerasConfig;
  readonly kept: { readonly name: string; readonly extents: readonly (number | null)[] }[] = [];
  readonly #call: LayerCall;
  readonly #units: number;
  readonly #product: (number: number) => Product;

  constructor(
    call: LayerCall,
    graph: Graph,
    config: KerasConfig,
    units: number,
    product: (number: number) => Product,
  ) {
    this.config = config;
    // The same layer, writing into another graph, where it has no weights.
    this.#call = new LayerCall(call, [], graph, call.layouts, () => undefined, call.inner);
    this.#units = units;
    this.#product = product;
  }

  op(op: string, ...inputs: string[]): string {
    return this.#call.add(op, inputs);
  }

  /** A product of the state with the recurrent kernel: all of it or, where the cell has several, the one of this number. */
  product(state: string, number: number): string {
    const { kernels, masks, bias } = this.#product(number);
    const parts =
      masks === undefined
        ? [this.op("MatMul", state, kernels[0]!)]
        : kernels.map((kernel, gate) => this.op("MatMul", this.op("Mul", state, masks[gate]!), kernel));
    const whole = parts.length === 1 ? parts[0]! : this.#call.add("Concat", parts, { axis: { int: -1 } });
    return bias === undefined ? whole : this.op("Add", whole, bias);
  }

  activate(option: string, name: string): string {
    const value = { name, shape: [this.#units], channelsFirst: false };
    return activate(this.#call, value, activationOf(this.config, option)).name;
  }

  /** So many gates, each of which is activated by itself. */
  gates(name: string, count: number): string[] {
    const apart = Array<number>(count).fill(1);
    const along = ["softmax", "log_softmax"].includes(
      String(nameOf(activationOf(this.config, "recurrent_activation"))),
    );
    return along
      ? this.split(name, apart).map((gate) => this.activate("recurrent_activation", gate))
      : this.split(this.activate("recurrent_activation", name), apart);
  }

  /** Parts of so many gates each. */
  split(name: string, gates: readonly number[]): string[] {
    const widths = gates.map((count) => count * this.#units);
    return split(this.#call.graph, this.#call.name, name, -1, widths);
  }

  /** A gate, which costs more to compute again than to keep. */
  keep(name: string): string {
    this.kept.push({ name, extents: [null, this.#units] });
    return name;
  }

  /** The states behind the step where it counts, those before it where it is passed over. */
  where(goes: string, after: readonly string[], before: readonly string[]): string[] {
    const stays = this.op("Sub", this.#call.scalar(1), goes);
    return after.map((one, i) =>
      this.op("Add", this.op("Mul", one, goes), this.op("Mul", before[i]!, stays)),
    );
  }
}

function split(graph: Graph, label: string, name: string, axis: number, widths: readonly number[]): string[] {
  const outputs = widths.map(() => graph.freshName(`${label}/Split`));
  const sizes = graph.constant(`wholes ${widths.join(" ")}`, [widths.length], () =>
    BigInt64Array.from(widths, BigInt),
  );
  const [output, ...furtherOutputs] = outputs as [string, ...string[]];
  graph.nodes.push({
    op: "Split",
    name: output,
    inputs: [name, sizes],
    output,
    furtherOutputs,
    attributes: { axis: { int: axis } },
  });
  return outputs;
}

/** From which gate to which the product of this number goes. */
function rangeOf(products: readonly number[], number: number): [from: number, to: number] {
  const from = products.slice(0, number).reduce((sum, count) => sum + count, 0);
  return [from, from + products[number]!];
}
