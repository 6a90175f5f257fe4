import {
  fillingOf,
  MOVING,
  movesOf,
  recoloured,
  RECOLOURING,
  type AugmentationOptions,
} from "../../../augmentation.ts";
import { like, type LayerCall, type LayerRule } from "../../layers/layer-call.ts";
import { axisInMemory } from "../../value.ts";

/** Pixels are moved to where a grid says, one for each image. What moves has no gradient: nothing below it can be trained. */
const moved: LayerRule = (call) => {
  const { variables } = call;
  if (variables?.training !== true) return call.input;
  const options = call.config as AugmentationOptions;
  const { mode, value, bilinear } = fillingOf(call.class_name, options);
  if (mode === "constant" && value !== 0) call.unsupported(`fills with ${value}.`);
  const [height, width] = sizeOfImage(call);
  const moves = movesOf(call.class_name, options, height, width);
  const drawn = variables.draw(call.name, { kind: "moves", moves }, [3, 2]);
  const places = call.constant(`places ${height}×${width}`, [height * width, 3], () =>
    Float32Array.from({ length: height * width * 3 }, (_, i) => {
      const [pixel, which] = [Math.floor(i / 3), i % 3];
      return which === 0 ? pixel % width : which === 1 ? Math.floor(pixel / width) : 1;
    }),
  );
  const grid = call.add("Reshape", [
    call.add("MatMul", [places, drawn]),
    call.whole("grid", [-1, height, width, 2]),
  ]);
  const images = call.layouts.channelsFirst(call.input);
  const name = call.add("GridSample", [images.name, grid], {
    mode: { text: bilinear ? "bilinear" : "nearest" },
    padding_mode: { text: { reflect: "reflection", nearest: "border", constant: "zeros" }[mode] },
    align_corners: { int: 0 },
  });
  return like(images, name);
};

const coloured: LayerRule = (call) => {
  const { input, variables } = call;
  if (variables?.training !== true) return input;
  sizeOfImage(call);
  const drawn = variables.draw(call.name, { kind: "uniform" }, [1, 1, 1]);
  const places = [axisInMemory(input, 1), axisInMemory(input, 2)];
  const { math } = variables;
  return like(
    input,
    recoloured(math, call.class_name, call.config as AugmentationOptions, input.name, drawn, places),
  );
};

function sizeOfImage(call: LayerCall): readonly [height: number, width: number] {
  const { shape } = call.input;
  if (shape.length !== 3) call.unsupported("is applied to what is no image.");
  if (call.config["data_format"] === "channels_first") call.unsupported("has its channels first.");
  const [height, width] = shape;
  if (typeof height !== "number" || typeof width !== "number")
    return call.unsupported("is applied to images of any size.");
  return [height, width];
}

export const augmentationRules: Readonly<Record<string, LayerRule>> = Object.fromEntries([
  ...MOVING.map((class_name) => [class_name, moved] as const),
  ...RECOLOURING.map((class_name) => [class_name, coloured] as const),
]);
