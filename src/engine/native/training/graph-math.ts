import type { Operand, TensorMath } from "../../tensor-math.ts";
import type { Attributes, Graph } from "../onnx/graph.ts";
import type { GraphExtents } from "./extents.ts";
import type { Extents } from "./operations/operation.ts";

/** Mathematics that writes ONNX operations; a value is its name. */
export class GraphMath implements TensorMath<string> {
  readonly #extents: GraphExtents;
  readonly #graph: Graph;
  readonly #label: string;

  constructor(extents: GraphExtents, label: string) {
    this.#extents = extents;
    this.#graph = extents.graph;
    this.#label = label;
  }

  #add(op: string, inputs: readonly Operand<string>[], attributes: Attributes = {}): string {
    return this.#graph.add(
      op,
      this.#label,
      inputs.map((one) => (typeof one === "number" ? this.number(one) : one)),
      attributes,
    );
  }

  number(value: number): string {
    return this.#graph.constant(`number ${value}`, [], () => Float32Array.of(value));
  }

  #wholes(values: readonly number[]): string {
    return this.#graph.constant(`wholes ${values.join(" ")}`, [values.length], () =>
      BigInt64Array.from(values, BigInt),
    );
  }

  add = (a: Operand<string>, b: Operand<string>): string => this.#add("Add", [a, b]);
  sub = (a: Operand<string>, b: Operand<string>): string => this.#add("Sub", [a, b]);
  mul = (a: Operand<string>, b: Operand<string>): string => this.#add("Mul", [a, b]);
  div = (a: Operand<string>, b: Operand<string>): string => this.#add("Div", [a, b]);
  max = (a: Operand<string>, b: Operand<string>): string => this.#add("Max", [a, b]);
  min = (a: Operand<string>, b: Operand<string>): string => this.#add("Min", [a, b]);
  pow = (a: Operand<string>, b: Operand<string>): string => this.#add("Pow", [a, b]);
  greater = (a: Operand<string>, b: Operand<string>): string => this.#truth("Greater", a, b);
  equal = (a: Operand<string>, b: Operand<string>): string => this.#truth("Equal", a, b);

  /** ONNX's comparisons give truth values, which nothing can be computed with. */
  #truth(op: string, a: Operand<string>, b: Operand<string>): string {
    return this.#add("Cast", [this.#add(op, [a, b])], { to: { int: 1 } });
  }

  select(condition: string, a: Operand<string>, b: Operand<string>): string {
    return this.#add("Where", [this.#add("Cast", [condition], { to: { int: 9 } }), a, b]);
  }

  neg = (x: string): string => this.#add("Neg", [x]);
  abs = (x: string): string => this.#add("Abs", [x]);
  sign = (x: string): string => this.#add("Sign", [x]);
  square = (x: string): string => this.#add("Mul", [x, x]);
  sqrt = (x: string): string => this.#add("Sqrt", [x]);
  exp = (x: string): string => this.#add("Exp", [x]);
  log = (x: string): string => this.#add("Log", [x]);
  relu = (x: string): string => this.#add("Relu", [x]);
  sigmoid = (x: string): string => this.#add("Sigmoid", [x]);
  softplus = (x: string): string => this.#add("Softplus", [x]);
  tanh = (x: string): string => this.#add("Tanh", [x]);
  softmax = (x: string): string => this.#add("Softmax", [x], { axis: { int: -1 } });
  logSoftmax = (x: string): string => this.#add("LogSoftmax", [x], { axis: { int: -1 } });

  matMul(a: string, b: string, transposeA = false, transposeB = false): string {
    const turned = (x: string) => this.#add("Transpose", [x], { perm: { ints: [1, 0] } });
    return this.#add("MatMul", [transposeA ? turned(a) : a, transposeB ? turned(b) : b]);
  }

  sum = (x: string, axes?: readonly number[], keepDims = false): string =>
    this.#reduce("ReduceSum", x, axes, keepDims);
  mean = (x: string, axes?: readonly number[], keepDims = false): string =>
    this.#reduce("ReduceMean", x, axes, keepDims);
  largest = (x: string, axes?: readonly number[], keepDims = false): string =>
    this.#reduce("ReduceMax", x, axes, keepDims);

  #reduce(op: string, x: string, axes: readonly number[] | undefined, keepDims: boolean): string {
    const rank = this.shape(x).length;
    // Of no axes, ONNX takes all.
    if (rank === 0 || axes?.length === 0) return x;
    const inputs =
      axes === undefined ? [x] : [x, this.#wholes(axes.map((axis) => (axis < 0 ? axis + rank : axis)))];
    return this.#add(op, inputs, { keepdims: { int: keepDims ? 1 : 0 } });
  }

  argMax(x: string): string {
    return this.#add("ArgMax", [x], { axis: { int: -1 }, keepdims: { int: 0 } });
  }

  vector(values: readonly number[]): string {
    return this.#graph.constant(`vector ${values.join(" ")}`, [values.length], () =>
      Float32Array.from(values),
    );
  }

  shape(x: string): Extents {
    return this.#extents.of(x);
  }

  reshape(x: string, shape: readonly number[]): string {
    return this.#add("Reshape", [x, this.#wholes(shape)]);
  }

  rows(x: string): string {
    const first = this.#add("Shape", [x], { start: { int: 0 }, end: { int: 1 } });
    const number = this.#add("Cast", [first], { to: { int: 1 } });
    return this.#add("Reshape", [number, this.#graph.constant("no axes", [0], () => new BigInt64Array(0))]);
  }

  logitsOf(x: string, activation: "softmax" | "sigmoid"): string | undefined {
    const op = activation === "softmax" ? "Softmax" : "Sigmoid";
    const node = this.#graph.nodes.find(({ output }) => output === x);
    if (node?.op !== op) return undefined;
    if (op === "Softmax") {
      const { axis } = node.attributes as { axis?: { int: number } };
      const last = this.shape(x).length - 1;
      if (axis !== undefined && axis.int !== -1 && axis.int !== last) return undefined;
    }
    return node.inputs[0];
  }
}
