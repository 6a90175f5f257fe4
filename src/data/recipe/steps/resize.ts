import { resizeBilinear } from "../resize-bilinear.ts";
import { replaceColumn, type ImageOperation } from "../working-table.ts";
import { columnOf, pixels, readOptions, type Step } from "./step.ts";

/** `step_resize(…, { height, width })`: bilinear, as TensorFlow's `tf.image.resize` (no antialiasing, no cropping). */
export const resize: Step<{ height: number; width: number }, null> = {
  name: "resize",
  options: (given) => readOptions("resize", given, { height: pixels, width: pixels }),
  prep: () => null,
  bake(table, columns, { height, width }) {
    for (const name of columns) {
      const column = columnOf("resize", table, name, ["image"], "Name the image column.");
      const operation: ImageOperation = {
        key: `resize ${JSON.stringify([height, width])}`,
        keepsRange: true,
        shape: ([, , channels]) => [height, width, channels],
        apply: (values, shape, into) => resizeBilinear(values, shape, height, width, into),
        applyToBytes: (bytes, shape, into) => resizeBilinear(bytes, shape, height, width, into),
      };
      table = replaceColumn(table, name, [
        [name, { ...column, operations: [...column.operations, operation] }],
      ]);
    }
    return table;
  },
};
