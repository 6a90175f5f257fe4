import type { TensorDescription } from "../../kspec/description.ts";

/**
 * Shapes of one row of what a base is applied to, where it comes straight from the input: empty for one that other layers make.
 * Undefined when none is known.
 */
export function inputShapesOf({ inputs }: TensorDescription): (readonly (number | null)[])[] | undefined {
  const shapes = inputs.map(({ layer }): readonly (number | null)[] => {
    const shape =
      layer.kind === "layer" && layer.class_name === "InputLayer" ? layer.config["shape"] : undefined;
    return Array.isArray(shape) ? (shape as (number | null)[]) : [];
  });
  return shapes.some((shape) => shape.length > 0) ? shapes : undefined;
}
