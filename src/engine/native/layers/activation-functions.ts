import type { Value } from "../value.ts";
import { axisInMemory } from "../value.ts";
import { like, type LayerCall } from "./layer-call.ts";

/** Applies a layer's `activation`: a name of Keras's or, as Keras 3 writes it, an object with one. */
export function activate(call: LayerCall, value: Value, activation: unknown): Value {
  if (activation === null || activation === undefined) return value;
  const name = nameOf(activation);
  const write = typeof name === "string" ? functions[name] : undefined;
  if (write === undefined) call.unsupported(`has the activation ${String(name)}.`);
  return like(value, write(call, value));
}

/** The name in a layer's option, whichever way it is written. */
export function nameOf(activation: unknown): unknown {
  if (typeof activation !== "object" || activation === null) return activation;
  const { class_name, config } = activation as { class_name?: unknown; config?: unknown };
  if (typeof config === "string") return config;
  // An activation layer in the place of a function, with options of its own, is another thing.
  return class_name;
}

type Write = (call: LayerCall, value: Value) => string;

const operation =
  (op: string): Write =>
  (call, { name }) =>
    call.add(op, [name]);

const alongChannels =
  (op: string): Write =>
  (call, value) =>
    call.add(op, [value.name], { axis: { int: axisInMemory(value, value.shape.length) } });

/** x · sigmoid(x) */
const silu: Write = (call, { name }) => call.add("Mul", [name, call.add("Sigmoid", [name])]);

/** Keras 3's: relu6(x + 3) / 6. */
const hardSigmoid: Write = (call, { name }) =>
  call.add("HardSigmoid", [name], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });

const hardSilu: Write = (call, value) => call.add("Mul", [value.name, hardSigmoid(call, value)]);

/** x · Φ(x), exactly: Keras's default is not the approximation by tanh. */
const gelu: Write = (call, { name }) => {
  const erf = call.add("Erf", [call.add("Mul", [name, call.scalar(Math.SQRT1_2)])]);
  const twice = call.add("Mul", [name, call.add("Add", [erf, call.scalar(1)])]);
  return call.add("Mul", [twice, call.scalar(0.5)]);
};

const functions: Readonly<Record<string, Write>> = {
  linear: (_, { name }) => name,
  relu: operation("Relu"),
  relu6: (call, { name }) => call.add("Clip", [name, call.scalar(0), call.scalar(6)]),
  leaky_relu: (call, { name }) => call.add("LeakyRelu", [name], { alpha: { float: 0.2 } }),
  elu: operation("Elu"),
  selu: operation("Selu"),
  gelu,
  silu,
  swish: silu,
  hard_silu: hardSilu,
  hard_swish: hardSilu,
  mish: (call, { name }) => call.add("Mul", [name, call.add("Tanh", [call.add("Softplus", [name])])]),
  sigmoid: operation("Sigmoid"),
  hard_sigmoid: hardSigmoid,
  keras2_hard_sigmoid: (call, { name }) =>
    call.add("HardSigmoid", [name], { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  log_sigmoid: (call, { name }) => call.add("Neg", [call.add("Softplus", [call.add("Neg", [name])])]),
  tanh: operation("Tanh"),
  hard_tanh: (call, { name }) => call.add("Clip", [name, call.scalar(-1), call.scalar(1)]),
  softplus: operation("Softplus"),
  softsign: operation("Softsign"),
  exponential: operation("Exp"),
  softmax: alongChannels("Softmax"),
  log_softmax: alongChannels("LogSoftmax"),
};
