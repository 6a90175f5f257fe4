import type { Graph } from "../native/onnx/graph.ts";
import { DATA_TYPE } from "../native/onnx/schema.ts";
import type { Layouts, Value } from "../native/value.ts";
import type { OnnxInput } from "./config.ts";
import type { Cut } from "./cut.ts";
import { inline } from "./inline.ts";

/**
 * Writes a model from a file behind values of Keras's: brings them into the file's layout and type, and its output to float32.
 *
 * @returns the output as it lies in memory, or why the graph cannot take the model
 */
export function writeModel(
  graph: Graph,
  layouts: Layouts,
  label: string,
  cut: Cut,
  inputs: readonly OnnxInput[],
  values: readonly Value[],
): { readonly output: string } | { readonly reason: string } {
  const given = values.map((value, i) => {
    const { layout, type } = inputs[i]!;
    const { name } = layout === "channels_first" ? layouts.channelsFirst(value) : layouts.asInKeras(value);
    // Also where nothing changes the input has a name of its own, which graphs inside the model may read.
    return type === DATA_TYPE.float32
      ? graph.add("Identity", label, [name])
      : graph.add("Cast", label, [name], { to: { int: type } });
  });
  const written = inline(graph, label, cut, given);
  if ("reason" in written) return written;
  return { output: graph.add("Cast", label, [written.output], { to: { int: DATA_TYPE.float32 } }) };
}
