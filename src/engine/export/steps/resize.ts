import { doesNotFit, eachColumn } from "./exported-step.ts";

/** Bilinear with half-pixel centres and no antialiasing, as TensorFlow's; images of any size. */
export const resize = eachColumn((step) => {
  const { graph, layouts, label, name, column } = step;
  const { height, width } = step.options as { height: number; width: number };
  if (column.kind !== "image") return doesNotFit(step);
  const [, , channels = null] = column.value.shape;
  const value = layouts.channelsFirst(column.value);
  const size = graph.constant(`size ${height} ${width}`, [2], () =>
    BigInt64Array.of(BigInt(height), BigInt(width)),
  );
  const outer = graph.add("Shape", label, [value.name], { end: { int: 2 } });
  const sizes = graph.add("Concat", label, [outer, size], { axis: { int: 0 } });
  const resized = graph.add("Resize", label, [value.name, "", "", sizes], {
    mode: { text: "linear" },
    coordinate_transformation_mode: { text: "half_pixel" },
  });
  const shape = [height, width, channels];
  return [[name, { kind: "image", value: { name: resized, shape, channelsFirst: value.channelsFirst } }]];
});
