import { namesOf, TRAINED_WITH } from "../../spec/index.ts";
import { pooled, type Application, type ApplicationSettings } from "./application.ts";
import { NetworkBuilder, type BuiltNetwork } from "./network-builder.ts";

// Simonyan, Zisserman: "Very deep convolutional networks for large-scale image recognition" (2014); as in Keras 3.15's
// `applications.vgg16` and `vgg19`.

const FILTERS = [64, 128, 256, 512, 512];

/** Convolutions in each of the five blocks. */
const FORMS = {
  vgg16: [2, 2, 3, 3, 3],
  vgg19: [2, 2, 4, 4, 4],
} as const;

export const vggs: readonly Application[] = namesOf(FORMS).map((name) => ({
  name,
  ...TRAINED_WITH[name],
  build: (settings) => build(name, FORMS[name], settings),
}));

function build(
  name: string,
  convolutions: readonly number[],
  { inputShape, includeTop, pooling, classes, classifierActivation }: ApplicationSettings,
): BuiltNetwork {
  const graph = new NetworkBuilder();
  const input = graph.input(inputShape);
  let x = input;
  for (const [i, count] of convolutions.entries()) {
    for (let j = 1; j <= count; j++)
      x = graph.conv2D(x, {
        name: `block${i + 1}_conv${j}`,
        filters: FILTERS[i]!,
        kernel: 3,
        padding: "same",
        activation: "relu",
      });
    x = graph.maxPooling2D(x, { size: 2, strides: 2, name: `block${i + 1}_pool` });
  }
  if (includeTop) {
    x = graph.flatten(x, "flatten");
    x = graph.dense(x, { name: "fc1", units: 4096, activation: "relu" });
    x = graph.dense(x, { name: "fc2", units: 4096, activation: "relu" });
    x = graph.dense(x, { name: "predictions", units: classes, activation: classifierActivation });
  } else x = pooled(graph, x, pooling);
  return graph.finish(name, input, x);
}
