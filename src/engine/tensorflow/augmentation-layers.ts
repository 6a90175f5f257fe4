import { UserError } from "../../protocol/index.ts";
import {
  fillingOf,
  MOVING,
  movesOf,
  recoloured,
  RECOLOURING,
  type AugmentationOptions,
  type Filling,
} from "../augmentation.ts";
import { drawn } from "./drawn-layers.ts";
import type { TensorFlow, Tensor } from "./index.ts";
import { tensorflowMath } from "./tensor-math.ts";

type Shape = (number | null)[];
type Options = Record<string, unknown>;
interface Layer {
  readonly name: string;
  getConfig(): Options;
}
type LayerClass = new (args: Options) => Layer;

/** Option → its name in TensorFlow.js. */
const OPTIONS: Readonly<Record<keyof AugmentationOptions, string>> = {
  mode: "mode",
  factor: "factor",
  height_factor: "heightFactor",
  width_factor: "widthFactor",
  fill_mode: "fillMode",
  fill_value: "fillValue",
  interpolation: "interpolation",
  value_range: "valueRange",
  data_format: "dataFormat",
};

/** Keras's random layers of images, which TensorFlow.js 4.22 lacks. Nothing changes in prediction. */
export function registerAugmentations(tf: TensorFlow): void {
  for (const className of [...MOVING, ...RECOLOURING]) {
    class RandomImages extends (tf.layers.Layer as unknown as LayerClass) {
      static readonly className = className;
      readonly options: AugmentationOptions;
      constructor(args: Options) {
        super(args);
        const given = Object.entries(OPTIONS).flatMap(([name, camel]) => {
          const value = args[camel];
          if (value === undefined || value === null) return [];
          return [[name, typeof value === "string" ? snake(value) : value]];
        });
        this.options = Object.fromEntries(given) as AugmentationOptions;
      }
      computeOutputShape(shape: Shape | Shape[]): Shape {
        const one = (Array.isArray(shape[0]) ? shape[0] : shape) as Shape;
        if (one.length !== 4 || this.options.data_format === "channels_first")
          throw new UserError(
            "no-image",
            `The layer ${this.name} (${className}) changes images, [height, width, channels] a row, and is given [${one.slice(1).join(", ")}]${this.options.data_format === "channels_first" ? " with its channels first" : ""}.`,
          );
        return one;
      }
      call(inputs: Tensor | Tensor[], kwargs: Options): Tensor {
        const x = Array.isArray(inputs) ? inputs[0]! : inputs;
        return tf.tidy(() => {
          if (kwargs["training"] !== true) return tf.clone(x);
          const [rows, height, width] = x.shape as [number, number, number, number];
          if (RECOLOURING.includes(className)) {
            const factors = drawn(tf, this.name, { kind: "uniform" }, [rows, 1, 1, 1]);
            return recoloured(tensorflowMath, className, this.options, x, factors, [1, 2]);
          }
          const moves = movesOf(className, this.options, height, width);
          const grid = drawn(tf, this.name, { kind: "moves", moves }, [rows, 6]);
          return moved(tf, x, grid.dataSync<"float32">(), fillingOf(className, this.options));
        });
      }
      override getConfig(): Options {
        const own = Object.entries(OPTIONS).map(([name, camel]) => [
          camel,
          this.options[name as keyof AugmentationOptions],
        ]);
        return {
          ...super.getConfig(),
          ...Object.fromEntries(own.filter(([, value]) => value !== undefined)),
        };
      }
    }
    tf.serialization.registerClass(RandomImages as never);
  }
}

/**
 * Images with their pixels moved, as ONNX's GridSample does it: each pixel of the result from up to four of the image.
 *
 * @param moves Six numbers for each image: see moves.ts.
 */
function moved(tf: TensorFlow, x: Tensor, moves: Float32Array, filling: Filling): Tensor {
  const [rows, height, width, channels] = x.shape as [number, number, number, number];
  const size = height * width;
  const corners = filling.bilinear ? 4 : 1;
  const from = Array.from({ length: corners }, () => new Int32Array(rows * size));
  const shares = Array.from({ length: corners }, () => new Float32Array(rows * size));
  const outside = new Float32Array(rows * size);
  for (let row = 0, at = 0; row < rows; row++) {
    const move = moves.subarray(6 * row, 6 * row + 6);
    for (let i = 0; i < size; i++, at++) {
      const [column, line] = [i % width, Math.floor(i / width)];
      const place = (axis: 0 | 1, extent: number) => {
        const along = move[axis]! * column + move[2 + axis]! * line + move[4 + axis]!;
        return inside(((along + 1) * extent - 1) / 2, extent, filling.mode);
      };
      const [across, down] = [place(0, width), place(1, height)];
      const [left, top] = filling.bilinear
        ? [Math.floor(across), Math.floor(down)]
        : [nearest(across), nearest(down)];
      for (let corner = 0; corner < corners; corner++) {
        const [x, y] = [left + (corner % 2), top + (corner >> 1)];
        const share = filling.bilinear ? (1 - Math.abs(across - x)) * (1 - Math.abs(down - y)) : 1;
        const [column, line] = [clipped(x, width), clipped(y, height)];
        from[corner]![at] = (row * height + line) * width + column;
        if (filling.mode === "constant" && (column !== x || line !== y)) outside[at]! += share;
        else shares[corner]![at] = share;
      }
    }
  }
  const pixels = tf.reshape(x, [rows * size, channels]);
  const parts = from.map((indices, i) =>
    tf.mul(tf.gather(pixels, tf.tensor1d(indices, "int32")), tf.tensor2d(shares[i]!, [rows * size, 1])),
  );
  const sum = tf.addN(parts);
  const filled =
    filling.value === 0 ? sum : tf.add(sum, tf.mul(tf.tensor2d(outside, [rows * size, 1]), filling.value));
  return tf.reshape(filled, x.shape);
}

/** A place outside of the pixels' centres as one inside, or where it is. */
function inside(place: number, extent: number, mode: Filling["mode"]): number {
  if (mode === "constant") return place;
  if (mode === "nearest") return Math.min(Math.max(place, 0), extent - 1);
  if (place >= -0.5 && place <= extent - 0.5) return place;
  // Reflected at the rims, half a pixel outside of the centres.
  const period = 2 * extent;
  const fromRim = (((place + 0.5) % period) + period) % period;
  return (fromRim < extent ? fromRim : period - fromRim) - 0.5;
}

function clipped(place: number, extent: number): number {
  return Math.min(Math.max(place, 0), extent - 1);
}

/** Halves go to the even number, as ONNX Runtime has it. */
function nearest(place: number): number {
  const below = Math.floor(place);
  const share = place - below;
  if (share === 0.5) return below % 2 === 0 ? below : below + 1;
  return share < 0.5 ? below : below + 1;
}

function snake(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
