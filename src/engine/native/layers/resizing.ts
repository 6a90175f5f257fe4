import type { Value } from "../value.ts";
import { images, perAxis } from "./images.ts";
import type { LayerCall, LayerRule } from "./layer-call.ts";

/** Layers that enlarge or shrink images, with half-pixel centres as TensorFlow has them. */
export const resizingRules: Readonly<Record<string, LayerRule>> = {
  UpSampling1D: (call) => upSampling(call, 1),
  UpSampling2D: (call) => upSampling(call, 2),
  UpSampling3D: (call) => upSampling(call, 3),
  Resizing: resizing,
};

function upSampling(call: LayerCall, dimensions: number): Value {
  const image = images(call, dimensions);
  const factors = perAxis(call, "size", dimensions, 2);
  const interpolation = String(call.config["interpolation"] ?? "nearest");
  const spatial = image.spatial.map((extent, i) => (extent === null ? null : extent * factors[i]!));
  const name =
    interpolation === "nearest"
      ? call.add("Resize", [image.name, "", factorsOf(call, factors)], {
          mode: { text: "nearest" },
          coordinate_transformation_mode: { text: "asymmetric" },
          nearest_mode: { text: "floor" },
        })
      : interpolated(call, image.name, factors, interpolation);
  return image.result(name, spatial, image.channels);
}

function resizing(call: LayerCall): Value {
  for (const option of ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"])
    if (call.config[option] === true) call.unsupported(`has ${option}.`);
  const image = images(call, 2);
  const size = [call.config["height"] as number, call.config["width"] as number];
  const extents = image.spatial.map(
    (extent) => extent ?? call.unsupported("is applied to images of any size."),
  );
  const interpolation = String(call.config["interpolation"] ?? "bilinear");
  if (interpolation !== "nearest") {
    const factors = extents.map((extent, i) => factorTo(size[i]!, extent));
    return image.result(interpolated(call, image.name, factors, interpolation), size, image.channels);
  }
  // Which pixel is nearest is told here, in whole numbers: no rounding decides a tie.
  const picked = extents.reduce((name, extent, i) => {
    const pixels = Array.from({ length: size[i]! }, (_, at) =>
      Math.min(extent - 1, Math.floor(((2 * at + 1) * extent) / (2 * size[i]!))),
    );
    return call.add("Gather", [name, call.whole("pixels", pixels)], { axis: { int: i + 2 } });
  }, image.name);
  return image.result(picked, size, image.channels);
}

function interpolated(
  call: LayerCall,
  name: string,
  factors: readonly number[],
  interpolation: string,
): string {
  if (interpolation !== "bilinear") call.unsupported(`interpolates by ${interpolation}.`);
  return call.add("Resize", [name, "", factorsOf(call, factors)], {
    mode: { text: "linear" },
    coordinate_transformation_mode: { text: "half_pixel" },
  });
}

function factorsOf(call: LayerCall, factors: readonly number[]): string {
  const all = [1, 1, ...factors];
  return call.constant(`factors ${all.join(" ")}`, [all.length], () => Float32Array.from(all));
}

/**
 * ONNX takes ⌊extent × factor⌋, which ONNX Runtime does in single precision when it computes and in double when it infers shapes: the
 * smallest factor that gives the wanted extent in both.
 */
function factorTo(wanted: number, extent: number): number {
  const factor = Math.fround(wanted / extent);
  return Math.floor(extent * factor) < wanted ? factor * (1 + 2 ** -23) : factor;
}
