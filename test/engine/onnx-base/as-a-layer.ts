import { exportGraph, type Exported } from "../../../src/engine/native/export.ts";
import type { GraphLayer, KerasGraph } from "../../../src/engine/native/keras-graph.ts";
import type { Rows } from "../../../src/engine/rows.ts";
import type { LoadedBase } from "../../../src/model/assemble.ts";
import type { KerasConfig } from "../../../src/model/network.ts";
import { runNatively } from "../native/compare.ts";

const reference = (layer: string) => ({ layer, call: 0, tensor: 0 });

/** Inputs of these shapes, the base behind them, and behind that more layers, each reading the one before. */
export function graphOf(
  base: LoadedBase,
  shapes: readonly (readonly (number | null)[])[],
  behind: readonly { readonly class_name: string; readonly config: KerasConfig }[] = [],
): KerasGraph {
  const inputs = shapes.map((shape, i): GraphLayer => ({
    name: `input_${i}`,
    class_name: "InputLayer",
    config: { batch_input_shape: [null, ...shape] },
    calls: [[]],
  }));
  const layers: GraphLayer[] = [
    ...inputs,
    {
      name: "base",
      class_name: base.class_name,
      config: base.config,
      calls: [inputs.map(({ name }) => reference(name))],
    },
  ];
  for (const { class_name, config } of behind)
    layers.push({
      name: `layer_${layers.length}`,
      class_name,
      config,
      calls: [[reference(layers.at(-1)!.name)]],
    });
  return {
    layers: new Map(layers.map((layer) => [layer.name, layer])),
    inputs: inputs.map(({ name }) => reference(name)),
    outputs: [reference(layers.at(-1)!.name)],
  };
}

export function written(graph: KerasGraph): Exported {
  const result = exportGraph("test", graph, () => undefined);
  if (!result.supported) throw new Error(result.reason);
  return result;
}

/** What the base gives for these rows. */
export async function computed(base: LoadedBase, inputs: readonly Rows[], rows: number): Promise<Rows> {
  const shapes = inputs.map(({ shape }) => shape);
  const [output] = await runNatively(written(graphOf(base, shapes)), inputs, rows);
  return output!;
}
