import {
  create_keras_sequential_spec,
  layers,
  sequential,
  workflow,
  type InputBlock,
  type SequentialBlock,
  type Workflow,
} from "kspec";

/** A network of dense blocks with an argument of every sort, for tests of what may be tuned. */
const network = create_keras_sequential_spec({
  model_name: "network",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) =>
      sequential({ layers: [layers.flatten({ inputShape: input_shape })] }),
    dense: ({ model, units = 8, rate = 0.1 }: SequentialBlock<{ units?: number; rate?: number }>) => {
      model.add(layers.dense({ units }));
      model.add(layers.dropout({ rate }));
      return model;
    },
    conv: ({
      model,
      filters = 4,
      kernelSize = 3,
      pool_size = 2,
      activation = "relu",
      alpha = 1,
    }: SequentialBlock<{
      filters?: number;
      kernelSize?: number;
      pool_size?: number;
      activation?: "relu" | "tanh";
      alpha?: number;
    }>) => {
      model.add(layers.conv2d({ filters: filters * alpha, kernelSize, activation }));
      model.add(layers.maxPooling2d({ poolSize: pool_size }));
      return model;
    },
    output: ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) =>
      model.add(layers.dense({ units: num_classes, activation: "softmax" })),
  },
  mode: "classification",
});

export type Arguments = NonNullable<Parameters<typeof network>[0]>;

export function tuned(args: Arguments): Workflow {
  return workflow({ model: network(args) });
}
