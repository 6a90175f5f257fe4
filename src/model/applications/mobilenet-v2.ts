import { TRAINED_WITH } from "../../spec/index.ts";
import { pooled, type Application, type ApplicationSettings } from "./application.ts";
import { divisibleBy8 } from "./divisible.ts";
import { correctPad, NetworkBuilder, type BuiltNetwork, type Node } from "./network-builder.ts";
import { numberOption } from "./number-option.ts";

// Sandler et al.: "MobileNetV2: inverted residuals and linear bottlenecks" (2018); as in Keras 3.15's
// `applications.mobilenet_v2`.

/** Filters, stride of the first block, and number of blocks, of each stage. */
const STAGES: readonly (readonly [filters: number, strides: 1 | 2, blocks: number])[] = [
  [16, 1, 1],
  [24, 2, 2],
  [32, 2, 3],
  [64, 2, 4],
  [96, 1, 3],
  [160, 2, 3],
  [320, 1, 1],
];
const EXPANSION = 6;
const ALPHAS = [0.35, 0.5, 0.75, 1, 1.3, 1.4];
const NORM = { epsilon: 1e-3, momentum: 0.999 };

export const mobilenetV2: Application = {
  name: "mobilenetV2",
  ...TRAINED_WITH.mobilenetV2,
  trainedSizes: [96, 128, 160, 192, 224],
  unpublished({ own }) {
    const alpha = alphaOf(own);
    if (ALPHAS.includes(alpha)) return undefined;
    return `published weights are there for alpha ${ALPHAS.join(", ")}, and it is ${alpha}.`;
  },
  build,
};

function alphaOf(own: ApplicationSettings["own"]): number {
  return numberOption("mobilenetV2", own, "alpha", 1);
}

function build(settings: ApplicationSettings): BuiltNetwork {
  const { inputShape, includeTop, pooling, classes, classifierActivation, own } = settings;
  const alpha = alphaOf(own);
  const graph = new NetworkBuilder();
  const norm = (x: Node, name: string) => graph.batchNorm(x, { name, ...NORM });

  const input = graph.input(inputShape);
  let x = graph.conv2D(input, {
    name: "Conv1",
    filters: divisibleBy8(32 * alpha),
    kernel: 3,
    strides: 2,
    padding: "same",
    bias: false,
  });
  x = graph.relu6(norm(x, "bn_Conv1"), "Conv1_relu");
  let id = 0;
  for (const [filters, strides, blocks] of STAGES)
    for (let i = 0; i < blocks; i++) {
      const width = divisibleBy8(Math.trunc(filters * alpha));
      x = invertedResidual(graph, norm, x, width, i === 0 ? strides : 1, id++);
    }
  // The last convolution is never made narrower.
  x = graph.conv2D(x, {
    name: "Conv_1",
    filters: alpha > 1 ? divisibleBy8(1280 * alpha) : 1280,
    kernel: 1,
    bias: false,
  });
  x = graph.relu6(norm(x, "Conv_1_bn"), "out_relu");
  if (includeTop) {
    x = graph.globalPooling2D(x, "Average");
    x = graph.dense(x, { name: "predictions", units: classes, activation: classifierActivation });
  } else x = pooled(graph, x, pooling);
  return graph.finish(`mobilenetv2_${alpha.toFixed(2)}_${inputShape[0] ?? 224}`, input, x);
}

/** Wide inside, narrow at its ends; the ends are added where they are alike. */
function invertedResidual(
  graph: NetworkBuilder,
  norm: (x: Node, name: string) => Node,
  input: Node,
  filters: number,
  strides: 1 | 2,
  id: number,
): Node {
  const channels = input.shape[2]!;
  const prefix = id === 0 ? "expanded_conv_" : `block_${id}_`;
  let x = input;
  if (id > 0) {
    x = graph.conv2D(x, {
      name: `${prefix}expand`,
      filters: EXPANSION * channels,
      kernel: 1,
      padding: "same",
      bias: false,
    });
    x = graph.relu6(norm(x, `${prefix}expand_BN`), `${prefix}expand_relu`);
  }
  if (strides === 2) x = graph.zeroPadding2D(x, correctPad(x, 3), `${prefix}pad`);
  x = graph.depthwiseConv2D(x, {
    name: `${prefix}depthwise`,
    kernel: 3,
    strides,
    padding: strides === 1 ? "same" : "valid",
    bias: false,
  });
  x = graph.relu6(norm(x, `${prefix}depthwise_BN`), `${prefix}depthwise_relu`);
  x = graph.conv2D(x, { name: `${prefix}project`, filters, kernel: 1, padding: "same", bias: false });
  x = norm(x, `${prefix}project_BN`);
  return strides === 1 && channels === filters ? graph.add([input, x], `${prefix}add`) : x;
}
