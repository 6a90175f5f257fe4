// Numbers and classes in, several outcomes out; for scripts/parity/exported.mjs.
import {
  all_nominal_predictors,
  create_keras_functional_spec,
  datasets,
  inp_spec,
  layers,
  recipe,
  workflow,
  type Block,
  type InputBlock,
} from "kspec";

const measures = create_keras_functional_spec({
  model_name: "measures",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    hidden: inp_spec(
      ({ tensor }: Block) => layers.dense({ units: 8, activation: "tanh" }).apply(tensor),
      "input",
    ),
    price: inp_spec(({ tensor }: Block) => layers.dense({ units: 1 }).apply(tensor), "hidden"),
    sold: inp_spec(
      ({ tensor }: Block) => layers.dense({ units: 1, activation: "sigmoid" }).apply(tensor),
      "hidden",
    ),
  },
  mode: "regression",
});

export default workflow({
  data: datasets.csv("measures.csv", { test: 0.25 }),
  recipe: recipe("price + sold ~ area + year + zone")
    .step_normalize("area", "year")
    .step_dummy(all_nominal_predictors(), { one_hot: true }),
  model: measures({ fit_epochs: 5, learn_rate: 0.02 }),
});
