import type { Operand, TensorMath } from "../tensor-math.ts";
import { tf, type Tensor } from "./index.ts";
import { activated, logitsOf } from "./logits.ts";

type Axes = readonly number[] | undefined;

/** Mathematics that TensorFlow.js computes at once, with TensorFlow's gradients: also where TensorFlow.js has others. */
export const tensorflowMath: TensorMath<Tensor> = {
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  max: (a, b) => tf.maximum(a, b),
  min: (a, b) => tf.minimum(a, b),
  pow: (a, b) => tf.pow(tensor(a), tensor(b)),
  greater: (a, b) => asNumbers(tf.greater(a, b)),
  equal: (a, b) => asNumbers(tf.equal(a, b)),
  select: (condition, a, b) => tf.where(tf.cast(condition, "bool"), tensor(a), tensor(b)),

  neg: (x) => tf.neg(x),
  abs,
  sign,
  square: (x) => tf.square(x),
  sqrt: (x) => tf.sqrt(x),
  exp: (x) => tf.exp(x),
  log: (x) => tf.log(x),
  relu: (x) => tf.relu(x),
  sigmoid: (x) => activated(tf, "sigmoid", x),
  softplus: (x) => tf.softplus(x),
  tanh: (x) => tf.tanh(x),
  softmax: (x) => activated(tf, "softmax", x),
  logSoftmax: (x) => tf.logSoftmax(x),

  matMul: (a, b, transposeA = false, transposeB = false) => tf.matMul(a, b, transposeA, transposeB),

  sum: (x, axes, keepDims = false) => tf.sum(x, list(axes), keepDims),
  mean: (x, axes, keepDims = false) => tf.mean(x, list(axes), keepDims),
  largest: (x, axes, keepDims = false) => largest(x, axes, keepDims),
  argMax: (x) => tf.argMax(x, -1),

  vector: (values) => tf.tensor1d([...values]),
  shape: (x) => x.shape,
  reshape: (x, shape) => tf.reshape(x, [...shape]),
  rows: (x) => tf.scalar(x.shape[0]!),
  logitsOf,
};

function tensor(x: Operand<Tensor>): Tensor {
  return typeof x === "number" ? tf.scalar(x) : x;
}

function asNumbers(truth: Tensor): Tensor {
  return tf.cast(truth, "float32");
}

function list(axes: Axes): number[] | undefined {
  return axes === undefined ? undefined : [...axes];
}

/** TensorFlow.js's own gives 0 up to 10⁻⁷ on WebAssembly. */
function sign(x: Tensor): Tensor {
  return tf.sub(asNumbers(tf.greater(x, 0)), asNumbers(tf.less(x, 0)));
}

/** The gradient of TensorFlow.js's own is −1 at 0, where TensorFlow's is 0. */
function abs(x: Tensor): Tensor {
  return tf.customGrad((given, save) => {
    const x = given as Tensor;
    (save as (tensors: Tensor[]) => void)([x]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => tf.mul(dy, sign(saved[0]!));
    return { value: tf.abs(x), gradFunc };
  })(x);
}

/** Entries that are equally large share the gradient, as TensorFlow's do; TensorFlow.js gives each the whole. */
function largest(x: Tensor, axes: Axes, keepDims: boolean): Tensor {
  return tf.customGrad((given, save) => {
    const x = given as Tensor;
    const best = tf.max(x, list(axes), true);
    (save as (tensors: Tensor[]) => void)([x, best]);
    const value = keepDims ? best : tf.max(x, list(axes), false);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => {
      const [x, best] = saved as [Tensor, Tensor];
      const here = asNumbers(tf.equal(x, best));
      const share = tf.div(tf.reshape(dy, best.shape), tf.sum(here, list(axes), true));
      return tf.mul(here, share);
    };
    return { value, gradFunc };
  })(x);
}
