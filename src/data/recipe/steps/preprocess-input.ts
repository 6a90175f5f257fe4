import {
  CAFFE_MEANS,
  TORCH_DEVIATIONS,
  TORCH_MEANS,
  trainedWith,
  TRAINED_WITH,
  type Preprocessing,
} from "../../../spec/index.ts";
import { UserError } from "../../../protocol/index.ts";
import { didYouMean } from "../../names.ts";
import { replaceColumn, shapeAfter, type ImageOperation } from "../working-table.ts";
import { columnOf, readOptions, type Step } from "./step.ts";

/** Plain JSON, saved with the model: what the author named, and what that means. */
export interface PreprocessInput {
  /** A member of `applications`: `resnet50`. */
  readonly application: string;
  readonly mode: Preprocessing;
}

/**
 * `step_preprocess_input(…, "resnet50")`: pixels of 0–255 as that network was trained with them, the same to the last bit
 * as Keras 3.15's `preprocess_input` of it makes of a float32 array. On colour images.
 */
export const preprocessInput: Step<PreprocessInput, null> = {
  name: "preprocess_input",
  options(given) {
    const { application } = readOptions<{ application: string }>("preprocess_input", given, {
      application: {
        must: 'the name of a pretrained network, such as "resnet50"',
        accepts: (value) => typeof value === "string",
      },
    });
    const trained = trainedWith(application);
    if (trained) return { application, mode: trained.preprocessing };
    const names = Object.keys(TRAINED_WITH);
    throw new UserError(
      "step-option",
      `step_preprocess_input knows no network "${application}".${didYouMean(application, names)} It takes the names of \`applications\`: ${names.join(", ")}.`,
    );
  },
  prep(_table, columns, { application }) {
    if (columns.length > 0) return null;
    throw new UserError(
      "step-column",
      `step_preprocess_input("${application}") finds no predictor that holds images. Name an image column in the formula: recipe("label ~ image").`,
    );
  },
  bake(table, columns, { application, mode }) {
    const step = `step_preprocess_input("${application}")`;
    for (const name of columns) {
      const column = columnOf("preprocess_input", table, name, ["image"], "Name the image column.");
      const [first] = column.images;
      const channels = first ? shapeAfter(first, column.operations)[2] : 3;
      if (channels !== 3)
        throw new UserError(
          "grey-images",
          `${step} needs images with 3 channels (red, green, blue), and \`${name}\` is grey: ${channels} channel. Convert the files to colour. Or leave this step out, bring the pixels to the network's scale with step_rescale, and give the network three of them: \`layers.concatenate().apply([tensor, tensor, tensor])\`.`,
        );
      table = replaceColumn(table, name, [
        [name, { ...column, operations: [...column.operations, operationOf(mode)] }],
      ]);
    }
    return table;
  },
};

function operationOf(mode: Preprocessing): ImageOperation {
  return {
    key: `preprocess_input ${mode}`,
    shape: (shape) => shape,
    apply(pixels, _shape, into) {
      const floats = pixels instanceof Float32Array ? pixels : Float32Array.from(pixels);
      const result = into ?? floats;
      CHANGES[mode](floats, result);
      return result;
    },
  };
}

/** From red, green, blue; `to` may be `from`. Every operation is rounded to float32, as numpy does. */
const CHANGES: Readonly<Record<Preprocessing, (from: Float32Array, to: Float32Array) => void>> = {
  caffe(from, to) {
    const [blue, green, red] = rounded(CAFFE_MEANS);
    for (let at = 0; at < from.length; at += 3) {
      const last = from[at]! - red;
      to[at] = from[at + 2]! - blue;
      to[at + 1] = from[at + 1]! - green;
      to[at + 2] = last;
    }
  },
  tf(from, to) {
    for (let at = 0; at < from.length; at++) to[at] = Math.fround(from[at]! / 127.5) - 1;
  },
  torch(from, to) {
    const means = rounded(TORCH_MEANS);
    const deviations = rounded(TORCH_DEVIATIONS);
    for (let at = 0; at < from.length; at += 3)
      for (let channel = 0; channel < 3; channel++) {
        const share = Math.fround(from[at + channel]! / 255);
        to[at + channel] = Math.fround(share - means[channel]!) / deviations[channel]!;
      }
  },
  raw(from, to) {
    if (to !== from) to.set(from);
  },
};

function rounded(values: readonly [number, number, number]): [number, number, number] {
  return [Math.fround(values[0]), Math.fround(values[1]), Math.fround(values[2])];
}
