import type { NetworkLayer } from "../model/network.ts";
import { UserError } from "../protocol/index.ts";

/**
 * An error of TensorFlow.js while a layer is built, in the author's terms: which block, which layer, what it
 * got, and what it needs.
 *
 * @param inputs Shapes of what the layer is applied to, with the batch axis first.
 */
export function readableError(
  layer: NetworkLayer,
  inputs: readonly (readonly (number | null)[])[],
  error: unknown,
): Error {
  if (error instanceof UserError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const got = inputs.map((shape) => shown(shape.slice(1))).join(" and ");
  const where = layer.block === "" ? `Layer ${layer.name}` : `Block "${layer.block}"`;
  const said = (what: string) => new UserError("layer-does-not-fit", `${where}: ${what}`, { cause: error });

  const rank = /expected (?:min_)?ndim=(\d+)/.exec(message)?.[1];
  if (rank !== undefined && inputs[0] !== undefined && Number(rank) !== inputs[0].length)
    return said(
      `${layer.class_name} needs ${wanted(Number(rank))}, it got ${got}${hint(Number(rank), inputs[0].length)}.`,
    );
  if (/axis .* of input shape to have value/.test(message))
    return said(
      `${layer.class_name} got ${got}, and its weights were made for another last axis: a layer that is applied twice, and a base, need the shape that they were made for.`,
    );
  if (/Concatenate|concat/i.test(message) && inputs.length > 1)
    return said(`${layer.class_name} cannot put ${got} together: all axes but one must be alike.`);
  if (inputs.length > 1) return said(`${layer.class_name} cannot join ${got}: ${plain(message)}`);
  return said(`${layer.class_name} cannot be applied to ${got || "its input"}: ${plain(message)}`);
}

function wanted(rank: number): string {
  if (rank === 2) return "a vector for each row";
  if (rank === 3) return "a sequence (steps, features)";
  if (rank === 4) return "an image input (height, width, channels)";
  if (rank === 5) return "a volume or a film (depth, height, width, channels)";
  return `an input with ${rank - 1} axes`;
}

function hint(wanted: number, got: number): string {
  if (wanted === 2 && got > 2) return "; put layers.flatten() before it";
  return "";
}

function shown(shape: readonly (number | null)[]): string {
  return `[${shape.map((extent) => extent ?? "any").join(", ")}]`;
}

function plain(message: string): string {
  const first = message.split("\n")[0]!.trim();
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
