import type { Shape, Value } from "../value.ts";
import { images } from "./images.ts";
import type { LayerCall, LayerRule } from "./layer-call.ts";

/** Layers that add or cut off rows and columns. */
export const edgeRules: Readonly<Record<string, LayerRule>> = {
  ZeroPadding1D: (call) => padding(call, 1),
  ZeroPadding2D: (call) => padding(call, 2),
  ZeroPadding3D: (call) => padding(call, 3),
  Cropping1D: (call) => cropping(call, 1),
  Cropping2D: (call) => cropping(call, 2),
  Cropping3D: (call) => cropping(call, 3),
  CenterCrop: centerCrop,
};

function padding(call: LayerCall, dimensions: number): Value {
  const image = images(call, dimensions);
  const edges = edgesOf(call, "padding", dimensions);
  // "ZeroPad" is not ONNX's: a convolution behind it takes it in, what is left becomes a Pad (simplify/).
  const name = call.add("ZeroPad", [image.name], {
    pads: { ints: [0, 0, ...edges.map(([before]) => before), 0, 0, ...edges.map(([, after]) => after)] },
  });
  const spatial = image.spatial.map((extent, i) =>
    extent === null ? null : extent + edges[i]![0] + edges[i]![1],
  );
  return image.result(name, spatial, image.channels);
}

function cropping(call: LayerCall, dimensions: number): Value {
  return cut(call, dimensions, edgesOf(call, "cropping", dimensions));
}

/** The middle; with an odd margin the smaller half stands before it. */
function centerCrop(call: LayerCall): Value {
  const image = images(call, 2);
  const wanted = [call.config["height"] as number, call.config["width"] as number];
  const edges = image.spatial.map((extent, i): [number, number] => {
    if (extent === null) call.unsupported("is applied to images of any size.");
    const margin = extent - wanted[i]!;
    if (margin < 0) call.unsupported("is applied to images that are smaller than what it cuts out.");
    return [Math.floor(margin / 2), Math.ceil(margin / 2)];
  });
  return cut(call, 2, edges);
}

function cut(call: LayerCall, dimensions: number, edges: readonly [number, number][]): Value {
  const image = images(call, dimensions);
  const spatial: Shape = image.spatial.map((extent, i) =>
    extent === null ? null : extent - edges[i]![0] - edges[i]![1],
  );
  const name = call.add("Slice", [
    image.name,
    call.whole(
      "starts",
      edges.map(([before]) => before),
    ),
    call.whole(
      "ends",
      // From the end; nothing cut off there is "as far as there is".
      edges.map(([, after]) => (after === 0 ? 2 ** 31 - 1 : -after)),
    ),
    call.whole(
      "axes",
      edges.map((_, i) => i + 2),
    ),
  ]);
  return image.result(name, spatial, image.channels);
}

/** One number all round, one for each axis, or [before, after] for each axis. */
function edgesOf(call: LayerCall, option: string, dimensions: number): [number, number][] {
  const given = call.config[option] ?? 1;
  const list: unknown[] = Array.isArray(given) ? given : Array<unknown>(dimensions).fill(given);
  // A sequence has one axis, and Keras takes its two edges without brackets around them.
  const perAxis = dimensions === 1 && list.length === 2 && typeof list[0] === "number" ? [list] : list;
  if (perAxis.length !== dimensions) call.unsupported(`has ${option} ${JSON.stringify(given)}.`);
  return perAxis.map((edges) =>
    Array.isArray(edges) ? (edges as [number, number]) : [edges as number, edges as number],
  );
}
