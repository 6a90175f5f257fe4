import { UserError } from "../../protocol/index.ts";
import type { H5File } from "./h5-file.ts";
import type { FileLayer } from "./layer-weights.ts";

/**
 * Layers with weights in the layout of Keras 1 and 2 (and of Keras 3's `.h5`): the group's attribute `layer_names`, and in each
 * layer's group `weight_names`.
 *
 * @param group where they are: "/" in a file of weights, "/model_weights" in a whole model
 * @returns undefined when it has no such list
 * @throws UserError when a weight that is listed is not there.
 */
export function readLegacyLayers(file: H5File, group = "/"): FileLayer[] | undefined {
  const names = listed(file, group, "layer_names");
  if (names === undefined) return undefined;
  const layers = names.map((name) => {
    const place = join(group, name);
    const weights = (listed(file, place, "weight_names") ?? []).map((weight) => {
      const dataset = file.dataset(join(place, weight));
      if (dataset === undefined)
        throw new UserError(
          "weights-damaged",
          `${file.label} is damaged: it lists the weight ${weight} of layer ${name}, and has no such data. Copy, download or save it again.`,
        );
      return { name: weight, ...dataset };
    });
    return { name, weights };
  });
  return layers.filter(({ weights }) => weights.length > 0);
}

/** A list of texts in an attribute; long ones are spread over `name0`, `name1`, … */
function listed(file: H5File, group: string, name: string): string[] | undefined {
  const whole = file.attribute(group, name);
  if (whole !== undefined) return texts(whole);
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = file.attribute(group, `${name}${i}`);
    if (part === undefined) return i === 0 ? undefined : parts;
    parts.push(...texts(part));
  }
}

function texts(value: unknown): string[] {
  // An empty list is saved as one of numbers.
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");
}

function join(group: string, name: string): string {
  return group === "/" ? `/${name}` : `${group}/${name}`;
}
