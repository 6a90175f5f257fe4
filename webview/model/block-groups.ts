import type { BuiltLayer } from "../../src/protocol/index.ts";

/** A layer block and the layers that it made, in the order in which they were made. */
export interface BlockGroup {
  readonly block: string;
  readonly layers: readonly BuiltLayer[];
  readonly parameters: number;
  readonly output: BuiltLayer["output_shape"];
  readonly freezing: "all" | "some" | "none";
}

export function blockGroups(layers: readonly BuiltLayer[]): BlockGroup[] {
  const groups = new Map<string, BuiltLayer[]>();
  for (const layer of layers) {
    const group = groups.get(layer.block);
    if (group === undefined) groups.set(layer.block, [layer]);
    else group.push(layer);
  }
  return [...groups].map(([block, made]) => {
    const held = made.filter((layer) => !isTrained(layer) && layer.parameters > 0).length;
    const withParameters = made.filter((layer) => layer.parameters > 0).length;
    return {
      block,
      layers: made,
      parameters: made.reduce((total, layer) => total + layer.parameters, 0),
      output: made.at(-1)?.output_shape ?? [],
      freezing: held === 0 ? "none" : held === withParameters ? "all" : "some",
    };
  });
}

/** Whether the fit moves its weights. */
export function isTrained(layer: BuiltLayer): boolean {
  return layer.trainable && !layer.frozen;
}
