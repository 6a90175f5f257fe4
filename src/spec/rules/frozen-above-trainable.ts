import type { AppliedLayer } from "../block-graph.ts";
import { basesOf, layersBelow } from "../base-uses.ts";
import { writtenAt } from "../fixes.ts";
import type { Fix } from "../problem.ts";
import type { GraphRule } from "./rule.ts";

/**
 * A frozen base reads, directly or through other blocks, a layer whose weights are trained. What the base makes of an image then
 * changes with every step, nothing of it can be kept, and every epoch computes the whole base. Silent where the text does not say
 * plainly what is frozen.
 */
export const frozenAboveTrainable: GraphRule = {
  code: "frozen-above-trainable",
  severity: "warning",
  about: "A frozen base reads a layer that is trained, so it is computed in every epoch.",
  on: "graph",
  *check(graph) {
    if (!graph.complete) return;
    for (const use of basesOf(graph)) {
      const { base, block } = use;
      if (base.trainable !== false) continue;
      const trained = layersBelow(graph, use).find(
        ({ layer }) => layer.trainable === true && hasWeights(layer),
      );
      if (!trained) continue;
      const { layer } = trained;
      const name = nameOf(layer);
      const where = trained.block === block ? "before it in this block" : `in block "${trained.block.name}"`;
      yield {
        message: `${base.name === undefined ? "This base" : `"${base.name}"`} is frozen, but it reads ${name} ${where}, which is trained: its features change with every step, so they cannot be kept, and every epoch computes the whole base. ${layer.kind === "layer" ? "Freeze that layer too, `trainable: false`," : "Freeze that base too"} or put it behind this one.`,
        span: base.span,
        related: [{ message: `${name} is trained here.`, span: layer.span }],
        fix: freeze(layer, name),
      };
    }
  },
};

/** Members of `layers` that have weights to train. Of wrappers it depends on what they wrap. */
export const LAYERS_WITH_WEIGHTS: ReadonlySet<string> = new Set([
  "dense",
  "embedding",
  "conv1d",
  "conv2d",
  "conv3d",
  "conv2dTranspose",
  "conv3dTranspose",
  "separableConv2d",
  "depthwiseConv2d",
  "batchNormalization",
  "layerNormalization",
  "prelu",
  "simpleRNN",
  "gru",
  "lstm",
  "convLstm2d",
]);

function hasWeights({ kind, name }: AppliedLayer): boolean {
  return kind !== "layer" || (name !== undefined && LAYERS_WITH_WEIGHTS.has(name));
}

function nameOf({ kind, name }: AppliedLayer): string {
  if (kind === "layer") return `layers.${name ?? ""}`;
  return name === undefined ? "a base" : `"${name}"`;
}

function freeze({ kind, options, option_place }: AppliedLayer, name: string): Fix | undefined {
  // A base has no such option, but a property.
  if (kind !== "layer") return undefined;
  const title = `Freeze ${name}`;
  const written = options.findLast((option) => option.name === "trainable")?.value_span;
  if (written) return { title, edits: [{ span: written, text: "false" }] };
  return option_place && { title, edits: [writtenAt(option_place, "trainable: false")] };
}
