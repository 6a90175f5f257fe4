import type { KerasConfig } from "../../../model/network.ts";
import type { Attributes } from "../onnx/graph.ts";
import type { Value } from "../value.ts";
import { nameOf } from "./activation-functions.ts";
import type { FloatValues, LayerCall, LayerRule } from "./layer-call.ts";

/** A cell, or a layer that has one. */
export interface Described {
  readonly class_name: string;
  readonly config: KerasConfig;
}

/**
 * Writes all cells along the sequence: several on top of each other are one after the other, each reads all that the one below it gives.
 *
 * @param from Number of the first cell among all that the layer holds.
 */
export type Along = (
  call: LayerCall,
  sequence: Value,
  cells: readonly Described[],
  from: number,
  config: KerasConfig,
) => Value;

/** Layers that go along a sequence and keep a state, by what writes the cells along it. */
export function recurrentLayers(along: Along): Readonly<Record<string, LayerRule>> {
  const one: LayerRule = (call) => recurrent(call, along);
  return {
    SimpleRNN: one,
    GRU: one,
    LSTM: one,
    RNN: one,
    Bidirectional: (call) => bidirectional(call, along),
  };
}

export const recurrentRules = recurrentLayers(inPrediction);

function recurrent(call: LayerCall, along: Along): Value {
  const { config, class_name } = call;
  const sequence = sequenceOf(call);
  const cells = cellsOf(call, { class_name, config });
  const output = along(call, sequence, cells, 0, config);
  call.costs = costsOf(call, sequence, 0, cells.length);
  return output;
}

/** The layer forwards, and a copy with weights of its own backwards; what each says of a step is merged. */
function bidirectional(call: LayerCall, along: Along): Value {
  const forward = call.config["layer"] as Described;
  const backward = (call.config["backward_layer"] as Described | null | undefined) ?? {
    ...forward,
    config: { ...forward.config, go_backwards: forward.config["go_backwards"] !== true },
  };
  const whole = returnsSequences(forward.config);
  if (returnsSequences(backward.config) !== whole)
    call.unsupported("gives every step in one direction and the last alone in the other.");
  const sequence = sequenceOf(call);
  const cells = [forward, backward].map((layer) => cellsOf(call, layer));
  const [there, back] = [cells[0]!, cells[1]!];
  const first = along(call, sequence, there, 0, forward.config);
  const second = along(call, sequence, back, there.length, backward.config);
  call.costs = costsOf(call, sequence, 0, there.length + back.length);

  const { name: one } = first;
  const other = whole ? reversed(call, second.name) : second.name;
  const last = first.shape.length;
  const mode = call.config["merge_mode"] === undefined ? "concat" : call.config["merge_mode"];
  if (mode === "concat") {
    const shape = [...first.shape.slice(0, -1), first.shape.at(-1)! + second.shape.at(-1)!];
    const name = call.add("Concat", [one, other], { axis: { int: last } });
    return masked(call, { ...first, name, shape });
  }
  if (mode === "mul") return masked(call, { ...first, name: call.add("Mul", [one, other]) });
  const sum = call.add("Add", [one, other]);
  if (mode === "sum") return masked(call, { ...first, name: sum });
  if (mode === "ave") return masked(call, { ...first, name: call.add("Mul", [sum, call.scalar(0.5)]) });
  return call.unsupported(`has merge_mode ${JSON.stringify(mode)}, with which it gives two tensors.`);
}

/** Keras has a Bidirectional give zeros for steps that are passed over; each direction by itself repeats the step before. */
function masked(call: LayerCall, value: Value): Value {
  return value.mask === undefined ? value : { ...value, name: zeroed(call, value.name, value.mask) };
}

/** `[rows, steps, …]` with zeros where a mask `[rows, steps]` passes over. */
export function zeroed(call: LayerCall, name: string, mask: string): string {
  return call.add("Mul", [name, call.add("Unsqueeze", [mask, call.whole("axes", [2])])]);
}

function sequenceOf(call: LayerCall): Value {
  const input = call.layouts.asInKeras(call.input);
  if (input.shape.length !== 2)
    call.unsupported(`is applied to a tensor of ${input.shape.length + 1} axes; a sequence has 3.`);
  return { ...input, ...(call.input.mask === undefined ? {} : { mask: call.input.mask }) };
}

export function returnsSequences(config: KerasConfig): boolean {
  return config["return_sequences"] === true;
}

/** The steps that a layer is made of, from the lowest to the highest. */
function cellsOf(call: LayerCall, { class_name, config }: Described): Described[] {
  if (class_name !== "RNN") return [{ class_name: `${class_name}Cell`, config }];
  const flat = ({ class_name: name, config: inner }: Described): Described[] =>
    name === "StackedRNNCells"
      ? (inner["cells"] as Described[]).flatMap(flat)
      : [{ class_name: name, config: inner }];
  const { cell } = config as { cell?: Described | Described[] };
  if (cell === undefined) call.unsupported("does not say its cell.");
  return [cell].flat().flatMap(flat);
}

/** With ONNX's own operations, which have weights that stay as they are. */
function inPrediction(...[call, sequence, cells, from, config]: Parameters<Along>): Value {
  refuseOptions(call, config);
  const whole = returnsSequences(config);
  const backwards = config["go_backwards"] === true;
  const compact = sequence.mask === undefined ? undefined : compacted(call, sequence, backwards);
  let name = compact?.name ?? (backwards ? reversed(call, sequence.name) : sequence.name);
  // ONNX has the steps before the rows.
  name = call.add("Transpose", [name], { perm: { ints: [1, 0, 2] } });
  cells.forEach((cell, i) => {
    // [steps, 1 direction, rows, units]
    const given = call.add(...operation(call, cell, from + i, name));
    name = call.add("Squeeze", [given, call.whole("axes", [1])]);
  });
  const units = call.weightsWithin("recurrent_kernel")[from + cells.length - 1]!.shape[0]!;
  const shape = whole ? [sequence.shape[0] ?? null, units] : [units];
  if (compact === undefined) {
    const output = whole
      ? call.add("Transpose", [name], { perm: { ints: [1, 0, 2] } })
      : call.add("Gather", [name, call.constant("last step", [], () => BigInt64Array.of(-1n))]);
    return { name: output, shape, channelsFirst: false };
  }
  let output = compact.spread(call.add("Transpose", [name], { perm: { ints: [1, 0, 2] } }), whole);
  if (!whole) return { name: output, shape, channelsFirst: false };
  if (config["zero_output_for_mask"] === true) output = zeroed(call, output, compact.mask);
  return { name: output, shape, channelsFirst: false, mask: sequence.mask! };
}

export function refuseOptions(call: LayerCall, config: KerasConfig): void {
  for (const [option, says] of Object.entries(WITHOUT)) if (config[option] === true) call.unsupported(says);
}

/** Options that change the results in a way that has no form here. */
const WITHOUT: Readonly<Record<string, string>> = {
  return_state: "gives its state beside its output (return_state).",
  stateful: "keeps its state from one batch to the next (stateful).",
  time_major: "has the steps before the rows (time_major).",
};

/** `[rows, steps, …]` with the steps in the reverse order. */
export function reversed(call: LayerCall, name: string): string {
  const first = call.whole("from the last", [-1]);
  const end = call.whole("before the first", [-(2 ** 31)]);
  return call.add("Slice", [name, first, end, call.whole("axes", [1]), first]);
}

/**
 * A step that is passed over leaves the state and the output as they were, wherever it stands. So the steps that count are put in front;
 * behind them stands what nobody reads. `spread` puts the outputs back: at each step that of the last step so far that counts, zeros
 * before the first.
 */
function compacted(
  call: LayerCall,
  { name: input, mask: given }: Value,
  backwards: boolean,
): {
  readonly name: string;
  /** In the order in which the steps are taken. */
  readonly mask: string;
  spread(outputs: string, whole: boolean): string;
} {
  const mask = backwards ? reversed(call, given!) : given!;
  const values = backwards ? reversed(call, input) : input;
  const axis = call.constant("axis of the steps", [], () => BigInt64Array.of(1n));
  const one = call.scalar(1);
  const count = call.add("CumSum", [mask, axis]);
  // The number of each step, and far more where it is passed over: sorted, these stand behind the others in their order.
  const passedOver = call.add("Sub", [one, mask]);
  const number = call.add("CumSum", [call.add("Add", [mask, passedOver]), axis]);
  const key = call.add("Add", [number, call.add("Mul", [passedOver, call.scalar(2 ** 22)])]);
  const steps = call.add("Slice", [
    call.add("Shape", [mask]),
    call.whole("second", [1]),
    call.whole("end", [2]),
  ]);
  const order = call.graph.freshName(`${call.name}/order`);
  call.graph.nodes.push({
    op: "TopK",
    name: order,
    inputs: [key, steps],
    output: call.graph.freshName(`${call.name}/sorted`),
    furtherOutputs: [order],
    attributes: { axis: { int: 1 }, largest: { int: 0 }, sorted: { int: 1 } },
  });
  const places = (indices: string) => call.add("Unsqueeze", [indices, call.whole("axes", [2])]);
  const picked = (from: string, indices: string) =>
    call.add("GatherND", [from, places(indices)], { batch_dims: { int: 1 } });
  return {
    name: picked(values, order),
    mask,
    spread(outputs, whole) {
      const start = call.add("Pad", [outputs, call.whole("a step before", [0, 1, 0, 0, 0, 0])]);
      const index = call.add("Cast", [count], { to: { int: 7 } });
      if (whole) return picked(start, index);
      const all = call.add("Gather", [index, call.whole("the last", [-1])], { axis: { int: 1 } });
      return call.add("Squeeze", [picked(start, all), call.whole("axes", [1])]);
    },
  };
}

/** A cell of Keras's as ONNX's operation that takes it along the whole sequence `[steps, rows, features]`. */
function operation(
  call: LayerCall,
  { class_name, config }: Described,
  number: number,
  sequence: string,
): [op: string, inputs: string[], attributes: Attributes] {
  const kind = KINDS[class_name];
  if (kind === undefined) call.unsupported(`has steps of ${class_name}, which have no form in ONNX here.`);
  const weights = {
    kernel: call.weightsWithin("kernel")[number],
    recurrent: call.weightsWithin("recurrent_kernel")[number],
  };
  const kernel = weights.kernel ?? call.unsupported("has no weight kernel.");
  const recurrentKernel = weights.recurrent ?? call.unsupported("has no weight recurrent_kernel.");
  const units = recurrentKernel.shape[0]!;
  const inputs = kernel.shape[0]!;
  const { order } = kind;
  const matrix = (name: string, extent: number, given: FloatValues) =>
    call.constant(`${name} of cell ${number}`, [1, order.length * units, extent], () =>
      gatesFirst(given, units, order),
    );
  const bias = config["use_bias"] === false ? [] : [biases(call, number, units, order)];
  const after = class_name === "GRUCell" ? config["reset_after"] === true : undefined;
  return [
    kind.op,
    [sequence, matrix("kernel", inputs, kernel), matrix("recurrent kernel", units, recurrentKernel), ...bias],
    {
      hidden_size: { int: units },
      ...activationsOf(call, kind.activations, config),
      ...(after === undefined ? {} : { linear_before_reset: { int: after ? 1 : 0 } }),
    },
  ];
}

/**
 * ONNX's operation, its order of the gates in places of Keras's, and the options of Keras's that its activations are, in its order.
 * Keras: input, forget, candidate, output; ONNX: input, output, forget, candidate. The gates of GRU stand alike.
 */
const KINDS: Readonly<
  Record<
    string,
    { readonly op: string; readonly order: readonly number[]; readonly activations: readonly string[] }
  >
> = {
  SimpleRNNCell: { op: "RNN", order: [0], activations: ["activation"] },
  GRUCell: { op: "GRU", order: [0, 1, 2], activations: ["recurrent_activation", "activation"] },
  LSTMCell: {
    op: "LSTM",
    order: [0, 3, 1, 2],
    activations: ["recurrent_activation", "activation", "activation"],
  },
};

/** Keras: `[extent, gates × units]`; ONNX: `[1, gates × units, extent]`, the gates in another order. */
function gatesFirst({ shape, values }: FloatValues, units: number, order: readonly number[]): Float32Array {
  const [extent, width] = shape as [number, number];
  const result = new Float32Array(values.length);
  let to = 0;
  for (const gate of order)
    for (let unit = 0; unit < units; unit++)
      for (let i = 0; i < extent; i++) result[to++] = values[i * width + gate * units + unit]!;
  return result;
}

/** ONNX has a bias for the inputs and one for the state; Keras has the second in a GRU with `reset_after` alone. */
function biases(call: LayerCall, number: number, units: number, order: readonly number[]): string {
  const given = call.weightsWithin("bias")[number] ?? call.unsupported("has no weight bias.");
  const width = order.length * units;
  return call.constant(`bias of cell ${number}`, [1, 2 * width], () => {
    const { values } = given;
    const result = new Float32Array(2 * width);
    for (let half = 0; half * width < values.length; half++)
      order.forEach((gate, place) => {
        const from = half * width + gate * units;
        result.set(values.subarray(from, from + units), half * width + place * units);
      });
    return result;
  });
}

/**
 * The functions that ONNX has for steps, with the numbers that they take. It has softplus too, but ONNX Runtime 1.30 makes
 * infinity of values above 88 there.
 */
const FUNCTIONS: Readonly<
  Record<string, { readonly name: string; readonly alpha?: number; readonly beta?: number }>
> = {
  linear: { name: "Affine", alpha: 1, beta: 0 },
  tanh: { name: "Tanh" },
  sigmoid: { name: "Sigmoid" },
  relu: { name: "Relu" },
  leaky_relu: { name: "LeakyRelu", alpha: 0.2 },
  elu: { name: "Elu", alpha: 1 },
  hard_sigmoid: { name: "HardSigmoid", alpha: 1 / 6, beta: 0.5 },
  keras2_hard_sigmoid: { name: "HardSigmoid", alpha: 0.2, beta: 0.5 },
  softsign: { name: "Softsign" },
};

function activationsOf(call: LayerCall, options: readonly string[], config: KerasConfig): Attributes {
  const found = options.map((option) => {
    const name = nameOf(activationOf(config, option));
    const known = typeof name === "string" ? FUNCTIONS[name] : undefined;
    return known ?? call.unsupported(`has the ${option} ${String(name)}, which ONNX has not within a step.`);
  });
  const numbers = (kind: "alpha" | "beta") => found.flatMap((one) => one[kind] ?? []);
  return {
    activations: { texts: found.map(({ name }) => name) },
    activation_alpha: { floats: numbers("alpha") },
    activation_beta: { floats: numbers("beta") },
  };
}

/** What an option of a cell's says, or Keras has where it says nothing. */
export function activationOf(config: KerasConfig, option: string): unknown {
  return config[option] === undefined ? DEFAULTS[option] : (config[option] ?? "linear");
}

const DEFAULTS: Readonly<Record<string, string>> = { activation: "tanh", recurrent_activation: "sigmoid" };

function costsOf(call: LayerCall, { shape }: Value, from: number, cells: number) {
  const steps = shape[0] ?? 1;
  const size = (name: string) =>
    call
      .weightsWithin(name)
      .slice(from, from + cells)
      .reduce((sum, { shape: [rows = 1, columns = 1] }) => sum + rows * columns, 0);
  const states = call
    .weightsWithin("recurrent_kernel")
    .reduce((sum, one) => sum + one.shape[1]! + one.shape[0]!, 0);
  return {
    values: steps * ((shape[1] ?? 1) + states),
    multiplications: steps * (size("kernel") + size("recurrent_kernel")),
  };
}
