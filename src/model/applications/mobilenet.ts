import { UserError } from "../../protocol/index.ts";
import { TRAINED_WITH } from "../../spec/index.ts";
import { pooled, type Application, type ApplicationSettings } from "./application.ts";
import { NetworkBuilder, type BuiltNetwork, type Node } from "./network-builder.ts";
import { numberOption } from "./number-option.ts";

// Howard et al.: "MobileNets: efficient convolutional neural networks for mobile vision applications" (2017); as in
// Keras 3.15's `applications.mobilenet`.

/** Filters and stride of the 13 depthwise separable blocks. */
const BLOCKS: readonly (readonly [filters: number, strides: 1 | 2])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];
const ALPHAS = [0.25, 0.5, 0.75, 1];

export const mobilenet: Application = {
  name: "mobilenet",
  ...TRAINED_WITH.mobilenet,
  trainedSizes: [128, 160, 192, 224],
  unpublished({ own }) {
    const { alpha, depthMultiplier } = widths(own);
    if (depthMultiplier !== 1)
      return `the published weights have depthMultiplier 1, and it is ${depthMultiplier}.`;
    if (ALPHAS.includes(alpha)) return undefined;
    return `published weights are there for alpha ${ALPHAS.join(", ")}, and it is ${alpha}.`;
  },
  build,
};

function widths(own: ApplicationSettings["own"]) {
  return {
    alpha: numberOption("mobilenet", own, "alpha", 1),
    depthMultiplier: numberOption("mobilenet", own, "depthMultiplier", 1),
  };
}

function build(settings: ApplicationSettings): BuiltNetwork {
  const { inputShape, includeTop, pooling, classes, classifierActivation, own } = settings;
  const { alpha, depthMultiplier } = widths(own);
  if (Math.floor(32 * alpha) < 1 || !Number.isInteger(depthMultiplier))
    throw new UserError(
      "bad-application-option",
      `applications.mobilenet: alpha ${alpha} with depthMultiplier ${depthMultiplier} leaves no whole number of filters. Give alpha at least 0.04, and depthMultiplier as a whole number.`,
    );
  const width = (filters: number) => Math.floor(filters * alpha);
  const graph = new NetworkBuilder();
  const normRelu = (x: Node, name: string) =>
    graph.relu6(graph.batchNorm(x, { name: `${name}_bn` }), `${name}_relu`);

  const input = graph.input(inputShape);
  let x = graph.conv2D(input, {
    name: "conv1",
    filters: width(32),
    kernel: 3,
    strides: 2,
    padding: "same",
    bias: false,
  });
  x = normRelu(x, "conv1");
  for (const [i, [filters, strides]] of BLOCKS.entries()) {
    const id = i + 1;
    // Not the padding that "same" would give: all of it after the image, as Keras has it.
    if (strides === 2)
      x = graph.zeroPadding2D(
        x,
        [
          [0, 1],
          [0, 1],
        ],
        `conv_pad_${id}`,
      );
    x = graph.depthwiseConv2D(x, {
      name: `conv_dw_${id}`,
      kernel: 3,
      strides,
      padding: strides === 1 ? "same" : "valid",
      depthMultiplier,
      bias: false,
    });
    x = normRelu(x, `conv_dw_${id}`);
    x = graph.conv2D(x, {
      name: `conv_pw_${id}`,
      filters: width(filters),
      kernel: 1,
      padding: "same",
      bias: false,
    });
    x = normRelu(x, `conv_pw_${id}`);
  }
  if (includeTop) {
    x = graph.globalPooling2D(x, "Average", { keepDims: true });
    x = graph.dropout(x, numberOption("mobilenet", own, "dropout", 1e-3), "dropout");
    x = graph.conv2D(x, { name: "conv_preds", filters: classes, kernel: 1, padding: "same" });
    x = graph.reshape(x, [classes], "reshape_2");
    x = graph.activation(x, classifierActivation, "predictions");
  } else x = pooled(graph, x, pooling);
  const side = inputShape[0] ?? 224;
  return graph.finish(`mobilenet_${alpha.toFixed(2)}_${side}`, input, x);
}
