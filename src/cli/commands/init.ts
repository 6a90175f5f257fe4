import fs from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { UserError } from "../../protocol/index.ts";
import { keepStdoutForJson, say, sayJson } from "../terminal.ts";

export function addInit(program: Command): void {
  program
    .command("init")
    .summary("write a first spec that fits")
    .description("Write a first spec, with comments, that fits as it is: digits, which come with KSpec.")
    .argument("[file]", "where to write it", "my_model.kspec.ts")
    .option("--json", "print one JSON object with the file's path")
    .addHelpText("after", "\nExamples:\n  kspec init\n  kspec init models/cats.kspec.ts")
    .action((given: string, options: { json?: true }) => {
      if (options.json) keepStdoutForJson();
      const named = given.endsWith(".kspec.ts") ? given : `${given.replace(/\.ts$/, "")}.kspec.ts`;
      const file = path.resolve(named);
      write(file, firstSpec(path.basename(named, ".kspec.ts")));
      if (options.json) sayJson({ file });
      else say(`Wrote ${named}. Fit it: kspec fit ${named}`);
    });
}

function write(file: string, text: string): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // "wx" fails where there is a file already: nobody's work is written over.
    fs.writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST")
      throw new UserError(
        "file-exists",
        `${file} is there already. Give another name: kspec init NAME.kspec.ts.`,
      );
    throw new UserError(
      "cannot-write",
      `${file} cannot be written (${code ?? "unknown error"}). Choose another place.`,
      {
        cause: error,
      },
    );
  }
}

/** @param name becomes the model's name, as far as an identifier can hold it. */
export function firstSpec(name: string): string {
  const identifier = name.replace(/[^A-Za-z0-9_$]+/g, "_").replace(/^(?=\d)/, "_") || "my_model";
  return `// A network for handwritten digits. Fit it: "kspec fit", or the code lens above the workflow in VS Code.
import {
  create_keras_functional_spec,
  datasets,
  inp_spec,
  layers,
  metric_set,
  recipe,
  workflow,
  type Block,
  type InputBlock,
} from "kspec";

// A layer block is a function of one object. A block that takes \`input_shape\` is an input.
const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });

// \`tensor\` comes from the block it is wired to below; \`filters\` becomes the model's argument \`conv_filters\`.
const conv_block = ({ tensor, filters = 16 }: Block<{ filters?: number }>) =>
  layers.maxPooling2d({ poolSize: 2 }).apply(
    layers.conv2d({ filters, kernelSize: 3, activation: "relu" }).apply(tensor),
  );

const flatten_block = ({ tensor }: Block) => layers.flatten().apply(tensor);

// \`num_classes\` is told by the data.
const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

export const ${identifier} = create_keras_functional_spec({
  model_name: "${identifier}",
  layer_blocks: {
    input: input_block,
    conv: inp_spec(conv_block, "input"),
    flatten: inp_spec(flatten_block, "conv"),
    output: inp_spec(output_block, "flatten"),
  },
  mode: "classification",
});

export default workflow({
  // Your own images: datasets.image_folder("photos", { test: 0.2 }), with one folder for each class.
  data: datasets.digits({ classes: [0, 1, 2, 3], train: 400, test: 200 }),
  // What happens to the columns before they reach the network: here pixels become 0 to 1.
  recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  model: ${identifier}({ conv_filters: 8, fit_epochs: 3, fit_validation_split: 0.2 }),
  metrics: metric_set("accuracy"),
});
`;
}
