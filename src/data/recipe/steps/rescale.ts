import { replaceColumn, type ImageOperation } from "../working-table.ts";
import { aNumber, columnOf, readOptions, type Step } from "./step.ts";

/** `step_rescale(…, { scale = 1, offset = 0 })`: x · scale + offset, as Keras's Rescaling layer; on images and numbers. */
export const rescale: Step<{ scale: number; offset: number }, null> = {
  name: "rescale",
  options: (given) =>
    readOptions("rescale", given, {
      scale: { ...aNumber, otherwise: 1 },
      offset: { ...aNumber, otherwise: 0 },
    }),
  prep: () => null,
  bake(table, columns, { scale, offset }) {
    const change = (values: Float32Array) => {
      for (let at = 0; at < values.length; at++) values[at] = values[at]! * scale + offset;
      return values;
    };
    const operation: ImageOperation = {
      key: `rescale ${JSON.stringify([scale, offset])}`,
      shape: (shape) => shape,
      apply: change,
    };
    for (const name of columns) {
      const column = columnOf(
        "rescale",
        table,
        name,
        ["image", "numeric", "tensor"],
        "Leave it out of the step.",
      );
      table = replaceColumn(table, name, [
        [
          name,
          column.kind === "numeric"
            ? { kind: "numeric", values: column.values.map((value) => value * scale + offset) }
            : column.kind === "tensor"
              ? { ...column, values: change(column.values.slice()) }
              : { ...column, operations: [...column.operations, operation] },
        ],
      ]);
    }
    return table;
  },
};
