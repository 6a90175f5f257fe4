import { namesOf, TRAINED_WITH, type TrainedName } from "../../spec/index.ts";
import { pooled, type Application, type ApplicationSettings } from "./application.ts";
import { NetworkBuilder, type BuiltNetwork, type Node } from "./network-builder.ts";

// He, Zhang, Ren, Sun: "Deep residual learning for image recognition" (2015), and the second form with activations before
// the convolutions, "Identity mappings in deep residual networks" (2016); as in Keras 3.15's `applications.resnet`.

const FILTERS = [64, 128, 256, 512];
const EPSILON = 1.001e-5;

/** Residual blocks of each of the four stages. */
const FIRST = {
  resnet50: [3, 4, 6, 3],
  resnet101: [3, 4, 23, 3],
  resnet152: [3, 8, 36, 3],
} as const;
const SECOND = {
  resnet50V2: [3, 4, 6, 3],
  resnet101V2: [3, 4, 23, 3],
  resnet152V2: [3, 8, 36, 3],
} as const;

export const resnets: readonly Application[] = [
  ...namesOf(FIRST).map((name) => resnet(name, FIRST[name], stage)),
  ...namesOf(SECOND).map((name) => resnet(name, SECOND[name], stageV2)),
];

type Stage = (graph: NetworkBuilder, x: Node, stage: number, blocks: number) => Node;

function resnet(name: TrainedName, blocks: readonly number[], stageOf: Stage): Application {
  return {
    name,
    ...TRAINED_WITH[name],
    build: (settings) => build(name.toLowerCase(), stageOf, blocks, settings),
  };
}

function build(
  name: string,
  stageOf: Stage,
  blocks: readonly number[],
  { inputShape, includeTop, pooling, classes, classifierActivation }: ApplicationSettings,
): BuiltNetwork {
  const graph = new NetworkBuilder();
  const second = stageOf === stageV2;
  const input = graph.input(inputShape);
  let x = graph.zeroPadding2D(input, square(3), "conv1_pad");
  x = graph.conv2D(x, { name: "conv1_conv", filters: 64, kernel: 7, strides: 2 });
  if (!second) x = normRelu(graph, x, "conv1_bn", "conv1_relu");
  x = graph.zeroPadding2D(x, square(1), "pool1_pad");
  x = graph.maxPooling2D(x, { size: 3, strides: 2, name: "pool1_pool" });
  for (const [i, count] of blocks.entries()) x = stageOf(graph, x, i, count);
  if (second) x = normRelu(graph, x, "post_bn", "post_relu");
  if (includeTop) {
    x = graph.globalPooling2D(x, "Average", { name: "avg_pool" });
    x = graph.dense(x, { name: "predictions", units: classes, activation: classifierActivation });
  } else x = pooled(graph, x, pooling, { avg: "avg_pool", max: "max_pool" });
  return graph.finish(name, input, x);
}

/** Convolution, normalisation, activation; the first block of a stage halves the image, but for the first stage. */
function stage(graph: NetworkBuilder, x: Node, index: number, blocks: number): Node {
  const filters = FILTERS[index]!;
  for (let i = 1; i <= blocks; i++) {
    const name = `conv${index + 2}_block${i}`;
    const strides = i === 1 && index > 0 ? 2 : 1;
    let shortcut = x;
    if (i === 1) {
      shortcut = graph.conv2D(x, { name: `${name}_0_conv`, filters: 4 * filters, kernel: 1, strides });
      shortcut = graph.batchNorm(shortcut, { name: `${name}_0_bn`, epsilon: EPSILON });
    }
    x = graph.conv2D(x, { name: `${name}_1_conv`, filters, kernel: 1, strides });
    x = normRelu(graph, x, `${name}_1_bn`, `${name}_1_relu`);
    x = graph.conv2D(x, { name: `${name}_2_conv`, filters, kernel: 3, padding: "same" });
    x = normRelu(graph, x, `${name}_2_bn`, `${name}_2_relu`);
    x = graph.conv2D(x, { name: `${name}_3_conv`, filters: 4 * filters, kernel: 1 });
    x = graph.batchNorm(x, { name: `${name}_3_bn`, epsilon: EPSILON });
    x = graph.add([shortcut, x], `${name}_add`);
    x = graph.activation(x, "relu", `${name}_out`);
  }
  return x;
}

/** Normalisation and activation first; the last block of a stage halves the image, but for the last stage. */
function stageV2(graph: NetworkBuilder, x: Node, index: number, blocks: number): Node {
  const filters = FILTERS[index]!;
  for (let i = 1; i <= blocks; i++) {
    const name = `conv${index + 2}_block${i}`;
    const strides = i === blocks && index < FILTERS.length - 1 ? 2 : 1;
    const preact = normRelu(graph, x, `${name}_preact_bn`, `${name}_preact_relu`);
    let shortcut = x;
    if (i === 1)
      shortcut = graph.conv2D(preact, { name: `${name}_0_conv`, filters: 4 * filters, kernel: 1, strides });
    else if (strides > 1) shortcut = graph.maxPooling2D(x, { size: 1, strides });
    x = graph.conv2D(preact, { name: `${name}_1_conv`, filters, kernel: 1, bias: false });
    x = normRelu(graph, x, `${name}_1_bn`, `${name}_1_relu`);
    x = graph.zeroPadding2D(x, square(1), `${name}_2_pad`);
    x = graph.conv2D(x, { name: `${name}_2_conv`, filters, kernel: 3, strides, bias: false });
    x = normRelu(graph, x, `${name}_2_bn`, `${name}_2_relu`);
    x = graph.conv2D(x, { name: `${name}_3_conv`, filters: 4 * filters, kernel: 1 });
    x = graph.add([shortcut, x], `${name}_out`);
  }
  return x;
}

function normRelu(graph: NetworkBuilder, x: Node, norm: string, relu: string): Node {
  return graph.activation(graph.batchNorm(x, { name: norm, epsilon: EPSILON }), "relu", relu);
}

function square(margin: number) {
  return [
    [margin, margin],
    [margin, margin],
  ] as const;
}
