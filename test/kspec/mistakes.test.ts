import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { typeChecker } from "./type-check.ts";

// The first check reads TypeScript's libraries.
vi.setConfig({ testTimeout: 60_000 });
const checker = typeChecker({ kspec: path.resolve("src/kspec/index.ts") });

const blocks = `
import {
  create_keras_functional_spec, create_keras_sequential_spec, inp_spec, layers, sequential, tune, ops, recipe, metric_set,
  datasets, workflow, optimizers, losses, metrics, callbacks, all_numeric_predictors, load_model, applications,
  type Block, type InputBlock, type NumericTensor, type SequentialBlock, type Tensor,
} from "kspec";
const input = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
const dense = ({ tensor, units = 32 }: Block<{ units?: number }>) => layers.dense({ units }).apply(tensor);
const rated = ({ tensor, rate }: Block<{ rate: number }>) => layers.dropout({ rate }).apply(tensor);
const join = ({ left, right, scale = 1 }: { left: Tensor; right: Tensor; scale?: number }) =>
  layers.rescaling({ scale }).apply(layers.concatenate().apply([left, right]));
const out = ({ tensor, num_classes }: Block<{ num_classes: number }>) => layers.dense({ units: num_classes }).apply(tensor);
const network = create_keras_functional_spec({
  model_name: "network",
  layer_blocks: { input, hidden: inp_spec(dense, "input"), output: inp_spec(out, "hidden") },
  mode: "classification",
});
`;

/** Mistakes with lines counted from the example's first. */
function mistakes(example: string): string[] {
  const before = blocks.split("\n").length - 1;
  return checker
    .mistakes(blocks + example.trimStart())
    .map((mistake) => mistake.replace(/^\d+/, (line) => String(Number(line) - before)));
}

describe("model arguments", () => {
  test("a misspelt one is told with the right one", () => {
    expect(mistakes(`network({\n  fit_epochs: 2,\n  hidden_unts: 64,\n});`)).toEqual([
      "3: «hidden_unts» Object literal may only specify known properties, but 'hidden_unts' does not exist in type " +
        "'{ num_hidden?: number | Tune | undefined; hidden_units?: number | Tune | undefined; num_output?: number | Tune | undefined; } & TrainingArguments'. " +
        "Did you mean to write 'hidden_units'?",
    ]);
    expect(mistakes(`network({ fit_epoch: 2 });`)).toEqual([
      expect.stringMatching(/^1: «fit_epoch» .*Did you mean to write 'fit_epochs'\?$/),
    ]);
    expect(mistakes(`network({}).update({ hidden_unit: 3 });`)).toEqual([
      expect.stringMatching(/^1: «hidden_unit» .*Did you mean to write 'hidden_units'\?$/),
    ]);
  });

  test("one of a wrong type", () => {
    expect(mistakes(`network({ hidden_units: "64" });`)).toEqual([
      "1: «hidden_units» Type 'string' is not assignable to type 'number | Tune | undefined'.",
    ]);
    expect(mistakes(`network({ fit_epochs: true });`)).toEqual([
      "1: «fit_epochs» Type 'true' is not assignable to type 'number | Tune | undefined'.",
    ]);
    expect(mistakes(`network({ compile_loss_weights: { output: "1" } });`)).toEqual([
      expect.stringMatching(
        /^1: «compile_loss_weights» [\s\S]*Type 'string' is not assignable to type 'number'/,
      ),
    ]);
    expect(mistakes(`network({ compile_metrics: metrics.auc({ curve: "RO" }) });`)).toEqual([
      expect.stringMatching(/^1: «curve» Type '"RO"' is not assignable to type '"ROC" | "PR" | "PRGAIN"/),
    ]);
    expect(mistakes(`network({ num_hidden: [2] });`)).toEqual([
      "1: «num_hidden» Type 'number[]' is not assignable to type 'number | Tune | undefined'.",
    ]);
  });

  test("a missing one without a default", () => {
    const spec = `
const dropped = create_keras_functional_spec({
  model_name: "dropped", layer_blocks: { input, drop: inp_spec(rated, "input"), output: inp_spec(out, "drop") },
});
`;
    expect(mistakes(`${spec}dropped({ fit_epochs: 2 });`)).toEqual([
      expect.stringMatching(
        /^4: «\{ fit_epochs: 2 \}» Argument of type .*\n +Property 'drop_rate' is missing in type '\{ fit_epochs: number; \}' but required in type '[^&]*drop_rate: number \| Tune;[^&]*'\.$/,
      ),
    ]);
    expect(mistakes(`${spec}dropped();`)).toEqual(["4: «dropped» Expected 1 arguments, but got 0."]);
    expect(mistakes(`${spec}dropped({ drop_rate: 0.2 });\ndropped({ drop_rate: tune() });`)).toEqual([]);
  });

  test("one that KSpec supplies", () => {
    expect(mistakes(`network({ output_num_classes: 3 });`)).toEqual([
      expect.stringMatching(
        /^1: «output_num_classes» Object literal may only specify known properties, and 'output_num_classes' does not exist in type /,
      ),
    ]);
    expect(mistakes(`network({ num_input: 2 });`)).toEqual([
      expect.stringMatching(
        /^1: «num_input» Object literal may only specify known properties, (but|and) 'num_input' does not exist/,
      ),
    ]);
  });

  test("an engine that does not exist", () => {
    expect(mistakes(`network().set_engine("nativ");`)).toEqual([
      `1: «"nativ"» Argument of type '"nativ"' is not assignable to parameter of type 'SettableEngine'.`,
    ]);
  });
});

describe("wiring", () => {
  const spec = (layer_blocks: string) =>
    `create_keras_functional_spec({ model_name: "m", layer_blocks: {\n${layer_blocks}\n} });`;

  test("an upstream that is no block", () => {
    expect(mistakes(spec(`input,\na: inp_spec(dense, "inptu"),\noutput: inp_spec(out, "a")`))).toEqual([
      `3: «a» Type 'Wired<Block<{ units?: number | undefined; }>, "inptu">' is not assignable to type '"No block is named 'inptu'."'.`,
    ]);
    expect(
      mistakes(
        spec(`input,\na: inp_spec(join, { left: "input", right: "inptu" }),\noutput: inp_spec(out, "a")`),
      ),
    ).toEqual([
      `3: «a» Type 'Wired<{ left: Tensor; right: Tensor; scale?: number | undefined; }, "input" | "inptu">' is not assignable to type '"No block is named 'inptu'."'.`,
    ]);
  });

  test("a tensor argument without inp_spec that has no block's name", () => {
    expect(
      mistakes(
        spec(`input,\noutput: ({ inptu }: { inptu: Tensor }) => layers.dense({ units: 1 }).apply(inptu)`),
      ),
    ).toEqual([
      `3: «output» Type '({ inptu }: { inptu: Tensor; }) => Tensor' is not assignable to type '"No block is named 'inptu'. Wire this argument with inp_spec."'.`,
    ]);
  });

  test("a mapping that invents an argument", () => {
    expect(
      mistakes(spec(`input, output: inp_spec(join, { left: "input", right: "input", extra: "input" })`)),
    ).toEqual([
      `2: «extra» Type '"input"' is not assignable to type '"This block has no tensor argument 'extra'."'.`,
    ]);
    expect(
      mistakes(spec(`input, output: inp_spec(join, { left: "input", right: "input", scale: "input" })`)),
    ).toEqual([
      `2: «scale» Type '"input"' is not assignable to type '"This block has no tensor argument 'scale'."'.`,
    ]);
  });

  test("a mapping that misspells an argument is one mistake, not two", () => {
    expect(mistakes(spec(`input, output: inp_spec(join, { left: "input", rigth: "input" })`))).toEqual([
      "2: «rigth» Object literal may only specify known properties, but 'rigth' does not exist in type " +
        "'{ readonly left: string; readonly right: string; }'. Did you mean to write 'right'?",
    ]);
  });

  test("a tensor argument left unmapped", () => {
    expect(mistakes(spec(`input, output: inp_spec(join, { left: "input" })`))).toEqual([
      `2: «{ left: "input" }» Argument of type '{ left: string; }' is not assignable to parameter of type '{ readonly left: string; readonly right: string; }'.` +
        expectedDetail("right", "{ left: string; }"),
    ]);
    expect(mistakes(spec(`input, output: inp_spec(join, "input")`))).toEqual([
      `2: «"input"» Argument of type 'string' is not assignable to parameter of type '{ readonly left: string; readonly right: string; }'.`,
    ]);
  });

  test("an upstream for a block that takes no tensor", () => {
    expect(mistakes(spec(`input, a: inp_spec(input, "input"), output: inp_spec(out, "a")`))).toEqual([
      `2: «"input"» Argument of type '"input"' is not assignable to parameter of type '"This block takes no tensor, so it has no upstream block."'.`,
    ]);
  });

  test("a protected name", () => {
    for (const name of ["compile", "fit", "optimizer"])
      expect(
        mistakes(spec(`input,\n${name}: inp_spec(dense, "input"),\noutput: inp_spec(out, "${name}")`)),
      ).toEqual([
        `3: «${name}» Type 'Wired<Block<{ units?: number | undefined; }>, "input">' is not assignable to type '"'${name}' is a protected name: give this block another one."'.`,
      ]);
  });

  test("tensors in a sequential spec", () => {
    expect(
      mistakes(`
create_keras_sequential_spec({ model_name: "s", layer_blocks: {
  input: ({ input_shape }: InputBlock) => sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] }),
  hidden: ({ tensor }: { tensor: Tensor }) => sequential(),
} });`),
    ).toEqual([
      `3: «hidden» Type '({ tensor }: { tensor: Tensor; }) => SequentialModel' is not assignable to type '"A block of a sequential spec takes 'model', not tensors."'.`,
    ]);
  });
});

describe("everything else in a spec file", () => {
  test("misspelt options and names", () => {
    expect(mistakes(`layers.dense({ unit: 3 });`)).toEqual([
      "1: «unit» Object literal may only specify known properties, but 'unit' does not exist in type 'DenseOptions'. Did you mean to write 'units'?",
    ]);
    expect(mistakes(`layers.dens({ units: 3 });`)).toEqual([
      "1: «dens» Property 'dens' does not exist on type 'Layers'. Did you mean 'dense'?",
    ]);
    expect(mistakes(`layers.dense({ units: 3, activation: "rely" });`)).toEqual([
      `1: «activation» Type '"rely"' is not assignable to type 'Activation | undefined'.`,
    ]);
    expect(mistakes(`applications.resnet5();`)).toEqual([
      "1: «resnet5» Property 'resnet5' does not exist on type 'Applications'. Did you mean 'resnet50'?",
    ]);
    expect(mistakes(`metric_set("acuracy");`)).toEqual([
      expect.stringContaining(
        `1: «"acuracy"» Argument of type '"acuracy"' is not assignable to parameter of type '"accuracy" | "bal_accuracy" |`,
      ),
    ]);
    expect(mistakes(`datasets.image_folder("photos", { sed: 1 });`)).toEqual([
      "1: «sed» Object literal may only specify known properties, but 'sed' does not exist in type 'ImageFolderOptions'. Did you mean to write 'seed'?",
    ]);
    expect(mistakes(`recipe("label ~ image").step_preprocess_input("image", "resnet5");`)).toEqual([
      expect.stringContaining(
        `Type '"resnet5"' is not assignable to type 'keyof Applications'. Did you mean '"resnet50"'?`,
      ),
    ]);
    expect(mistakes(`recipe("label ~ image").step_augment("image", { flip: "both" });`)).toEqual([
      expect.stringContaining(
        `Type '"both"' is not assignable to type 'Tune | "horizontal" | "vertical" | "horizontal_and_vertical" | undefined'.`,
      ),
    ]);
  });

  test("steps of recipes", () => {
    expect(mistakes(`recipe("y ~ x").step_pca("x", { num_comps: 2 });`)).toEqual([
      expect.stringContaining("'num_comps' does not exist in type"),
    ]);
    expect(mistakes(`recipe("y ~ x").step_corr("x", { method: "kendal" });`)).toEqual([
      expect.stringContaining(`Type '"kendal"' is not assignable to type`),
    ]);
    expect(mistakes(`recipe("y ~ x").step_mutate({ a: "d.x + 1" });`)).toEqual([
      expect.stringContaining("Type 'string' is not assignable to type 'RowFunction'."),
    ]);
    expect(mistakes(`recipe("y ~ x").update_role("x");`)).toHaveLength(1);
  });

  test("a spec in the place of a model", () => {
    expect(mistakes(`workflow({ model: network });`)).toEqual([
      expect.stringMatching(
        /^1: «network» Type 'ModelFunction<.*>' is missing the following properties from type 'ModelDescription'/,
      ),
    ]);
  });
});

function expectedDetail(missing: string, given: string): string {
  return `\n  Property '${missing}' is missing in type '${given}' but required in type '{ readonly left: string; readonly right: string; }'.`;
}
