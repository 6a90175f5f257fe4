import { namesOf, TRAINED_WITH } from "../../spec/index.ts";
import type { KerasConfig } from "../network.ts";
import { pooled, type Application, type ApplicationSettings } from "./application.ts";
import { divisibleBy8 } from "./divisible.ts";
import { correctPad, NetworkBuilder, type BuiltNetwork, type Node } from "./network-builder.ts";

// Tan, Le: "EfficientNet: rethinking model scaling for convolutional neural networks" (2019); as in Keras 3.15's
// `applications.efficientnet`.

interface Form {
  readonly width: number;
  readonly depth: number;
  /** Share dropped in the top. */
  readonly dropout: number;
}
const FORMS = {
  efficientNetB0: { width: 1, depth: 1, dropout: 0.2 },
  efficientNetB1: { width: 1, depth: 1.1, dropout: 0.2 },
  efficientNetB2: { width: 1.1, depth: 1.2, dropout: 0.3 },
  efficientNetB3: { width: 1.2, depth: 1.4, dropout: 0.3 },
  efficientNetB4: { width: 1.4, depth: 1.8, dropout: 0.4 },
  efficientNetB5: { width: 1.6, depth: 2.2, dropout: 0.4 },
  efficientNetB6: { width: 1.8, depth: 2.6, dropout: 0.5 },
  efficientNetB7: { width: 2, depth: 3.1, dropout: 0.5 },
} as const satisfies Readonly<Record<string, Form>>;

interface Stage {
  readonly kernel: 3 | 5;
  readonly blocks: number;
  readonly filters: number;
  readonly expansion: 1 | 6;
  readonly strides: 1 | 2;
}
const STAGES: readonly Stage[] = [
  { kernel: 3, blocks: 1, filters: 16, expansion: 1, strides: 1 },
  { kernel: 3, blocks: 2, filters: 24, expansion: 6, strides: 2 },
  { kernel: 5, blocks: 2, filters: 40, expansion: 6, strides: 2 },
  { kernel: 3, blocks: 3, filters: 80, expansion: 6, strides: 2 },
  { kernel: 5, blocks: 3, filters: 112, expansion: 6, strides: 1 },
  { kernel: 5, blocks: 4, filters: 192, expansion: 6, strides: 2 },
  { kernel: 3, blocks: 1, filters: 320, expansion: 6, strides: 1 },
];
const STEM = 32;
const LAST = 1280;
/** Share of blocks that are skipped in training, growing from the first to the last. */
const DROP_CONNECT = 0.2;
const SQUEEZE = 0.25;

const CONV_INITIALIZER = varianceScaling(2, "truncated_normal");
const DENSE_INITIALIZER = varianceScaling(1 / 3, "uniform");
/** The published weights were trained with values divided by the variance of the channels, and Normalization divides by
 * the standard deviation: this is the rest of it. */
const REST_OF_NORMALIZATION = [0.229, 0.224, 0.225].map((deviation) => 1 / Math.sqrt(deviation));

export const efficientNets: readonly Application[] = namesOf(FORMS).map((name) => ({
  name,
  ...TRAINED_WITH[name],
  build: (settings) => build(name.toLowerCase(), FORMS[name], settings),
}));

function build(name: string, form: Form, settings: ApplicationSettings): BuiltNetwork {
  const { inputShape, includeTop, pooling, classes, classifierActivation, weights } = settings;
  const width = (filters: number) => divisibleBy8(filters * form.width);
  const graph = new NetworkBuilder();
  const normSwish = (x: Node, norm: string, activation: string) =>
    graph.activation(graph.batchNorm(x, { name: norm }), "swish", activation);

  const input = graph.input(inputShape);
  let x = graph.normalization(graph.rescaling(input, 1 / 255));
  if (weights === "imagenet") x = graph.rescaling(x, REST_OF_NORMALIZATION);
  x = graph.zeroPadding2D(x, correctPad(x, 3), "stem_conv_pad");
  x = graph.conv2D(x, {
    name: "stem_conv",
    filters: width(STEM),
    kernel: 3,
    strides: 2,
    bias: false,
    initializer: CONV_INITIALIZER,
  });
  x = normSwish(x, "stem_bn", "stem_activation");

  const repeats = STAGES.map(({ blocks }) => Math.ceil(blocks * form.depth));
  const total = repeats.reduce((sum, count) => sum + count, 0);
  let built = 0;
  for (const [i, stage] of STAGES.entries())
    for (let j = 0; j < repeats[i]!; j++) {
      x = block(graph, x, normSwish, {
        ...stage,
        name: `block${i + 1}${String.fromCharCode(97 + j)}_`,
        strides: j === 0 ? stage.strides : 1,
        filters: width(stage.filters),
        dropped: (DROP_CONNECT * built++) / total,
      });
    }

  x = graph.conv2D(x, { name: "top_conv", filters: width(LAST), ...POINTWISE });
  x = normSwish(x, "top_bn", "top_activation");
  if (includeTop) {
    x = graph.globalPooling2D(x, "Average", { name: "avg_pool" });
    x = graph.dropout(x, form.dropout, "top_dropout");
    x = graph.dense(x, {
      name: "predictions",
      units: classes,
      activation: classifierActivation,
      initializer: DENSE_INITIALIZER,
    });
  } else x = pooled(graph, x, pooling, { avg: "avg_pool", max: "max_pool" });
  return graph.finish(name, input, x);
}

const POINTWISE = { kernel: 1, padding: "same", bias: false, initializer: CONV_INITIALIZER } as const;

interface BlockForm extends Stage {
  readonly name: string;
  readonly dropped: number;
}

/** An inverted residual with squeeze and excitation: channels are weighted by what they hold on average. */
function block(
  graph: NetworkBuilder,
  input: Node,
  normSwish: (x: Node, norm: string, activation: string) => Node,
  { name, kernel, filters, expansion, strides, dropped }: BlockForm,
): Node {
  const channels = input.shape[2]!;
  const wide = channels * expansion;
  let x = input;
  if (expansion !== 1) {
    x = graph.conv2D(x, { name: `${name}expand_conv`, filters: wide, ...POINTWISE });
    x = normSwish(x, `${name}expand_bn`, `${name}expand_activation`);
  }
  if (strides === 2) x = graph.zeroPadding2D(x, correctPad(x, kernel), `${name}dwconv_pad`);
  x = graph.depthwiseConv2D(x, {
    name: `${name}dwconv`,
    kernel,
    strides,
    padding: strides === 2 ? "valid" : "same",
    bias: false,
    initializer: CONV_INITIALIZER,
  });
  x = normSwish(x, `${name}bn`, `${name}activation`);

  let excitation = graph.globalPooling2D(x, "Average", { name: `${name}se_squeeze` });
  excitation = graph.reshape(excitation, [1, 1, wide], `${name}se_reshape`);
  excitation = graph.conv2D(excitation, {
    name: `${name}se_reduce`,
    filters: Math.max(1, Math.floor(channels * SQUEEZE)),
    ...POINTWISE,
    bias: true,
    activation: "swish",
  });
  excitation = graph.conv2D(excitation, {
    name: `${name}se_expand`,
    filters: wide,
    ...POINTWISE,
    bias: true,
    activation: "sigmoid",
  });
  x = graph.multiply([x, excitation], `${name}se_excite`);

  x = graph.conv2D(x, { name: `${name}project_conv`, filters, ...POINTWISE });
  x = graph.batchNorm(x, { name: `${name}project_bn` });
  if (strides !== 1 || channels !== filters) return x;
  if (dropped > 0) x = graph.dropout(x, dropped, `${name}drop`, [null, 1, 1, 1]);
  return graph.add([x, input], `${name}add`);
}

function varianceScaling(scale: number, distribution: string): KerasConfig {
  return { class_name: "VarianceScaling", config: { scale, mode: "fan_out", distribution, seed: null } };
}
