import type { Tensor, TensorFlow } from "./index.ts";

/**
 * TensorFlow.js lets a tensor be asked directly: `truth.sub(estimate).square().mean()`. Its packages
 * core and layers leave these methods out, and functions in a spec use them; tfjs-node has its own.
 */
export function chainOperations(tf: TensorFlow): void {
  const operations = tf as unknown as Readonly<Record<string, unknown>>;
  const prototype = tf.Tensor.prototype as unknown as Record<string, unknown>;
  for (const name of NAMES) {
    const operation = operations[name];
    if (typeof operation !== "function" || name in prototype) continue;
    prototype[name] = function (this: unknown, ...rest: unknown[]): unknown {
      return (operation as (...all: unknown[]) => unknown)(this, ...rest);
    };
  }
  for (const [name, method] of Object.entries(METHODS)) prototype[name] ??= method(tf);
}

const NAMES = [
  ..."abs acos acosh add all any argMax argMin asin asinh atan atan2 atanh".split(" "),
  ..."batchNorm broadcastTo cast ceil clipByValue concat cos cosh cumprod cumsum".split(" "),
  ..."div divNoNan dot elu equal erf euclideanNorm exp expandDims expm1 floor floorDiv".split(" "),
  ..."gather greater greaterEqual isFinite isInf isNaN leakyRelu less lessEqual log log1p logSigmoid".split(
    " ",
  ),
  ..."logSoftmax logSumExp logicalAnd logicalNot logicalOr logicalXor matMul max maximum mean min minimum".split(
    " ",
  ),
  ..."mirrorPad mod mul neg norm notEqual oneHot onesLike pad pow prelu prod reciprocal relu relu6 reshape".split(
    " ",
  ),
  ..."reverse round rsqrt selu sigmoid sign sin sinh slice softmax softplus split sqrt square".split(" "),
  ..."squaredDifference squeeze stack step stridedSlice sub sum tan tanh tile topk transpose unique".split(
    " ",
  ),
  ..."unsortedSegmentSum unstack where zerosLike".split(" "),
];

type Method = (tf: TensorFlow) => (this: Tensor, ...args: never[]) => unknown;
const shaped: Method = (tf) =>
  function (...shape: number[]) {
    return tf.reshape(this, shape);
  };

/** Methods that are no operations of their own. TensorFlow.js's layers call some of them. */
const METHODS: Readonly<Record<string, Method>> = {
  flatten: (tf) =>
    function () {
      return tf.reshape(this, [this.size]);
    },
  asScalar: shaped,
  as1D: (tf) =>
    function () {
      return tf.reshape(this, [this.size]);
    },
  as2D: shaped,
  as3D: shaped,
  as4D: shaped,
  as5D: shaped,
  reshapeAs: (tf) =>
    function (other: Tensor) {
      return tf.reshape(this, other.shape);
    },
  asType: (tf) =>
    function (dtype: "float32") {
      return tf.cast(this, dtype);
    },
  toFloat: (tf) =>
    function () {
      return tf.cast(this, "float32");
    },
  toInt: (tf) =>
    function () {
      return tf.cast(this, "int32");
    },
  toBool: (tf) =>
    function () {
      return tf.cast(this, "bool");
    },
};
