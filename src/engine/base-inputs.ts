import type { TensorDescription } from "../kspec/description.ts";
import { APPLICATIONS } from "../model/applications/registry.ts";
import { UserError } from "../protocol/index.ts";

/**
 * Looks whether images that come straight from the input suit the applications that they are put into: their channels, and
 * Keras's smallest size. (What other layers make of images shows when the network is built.)
 *
 * @throws UserError naming the block, what the base needs, and what it got.
 */
export function checkBaseInputs(
  outputs: readonly TensorDescription[],
  blockOf: ReadonlyMap<TensorDescription, string>,
): void {
  const seen = new Set<TensorDescription>();
  const stack = [...outputs];
  while (stack.length > 0) {
    const tensor = stack.pop()!;
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    stack.push(...tensor.inputs);
    checkOne(tensor, blockOf.get(tensor) ?? "");
  }
}

function checkOne({ layer, inputs }: TensorDescription, block: string): void {
  if (layer.kind !== "base" || layer.source.from !== "application") return;
  const application = APPLICATIONS.get(layer.source.name);
  const from = inputs[0]?.layer;
  if (application === undefined || from?.kind !== "layer" || from.class_name !== "InputLayer") return;
  const shape = from.config["shape"];
  if (!Array.isArray(shape)) return;
  const { name, minimumSize } = application;
  const got = `it got ${JSON.stringify(shape)}`;
  const refuse = (needs: string, remedy: string): never => {
    throw new UserError(
      "base-input",
      `Block "${block}": applications.${name} needs ${needs}, and ${got}. ${remedy}`,
    );
  };
  const given = layer.source.options["inputShape"] as readonly (number | null)[] | undefined;
  const channels = given?.[2] ?? 3;
  if (shape.length !== 3)
    refuse("images [height, width, channels]", "Give it an input block whose column holds images.");
  if (shape[2] !== channels)
    refuse(
      `images with ${channels} channels`,
      channels === 3
        ? "Grey images become three channels with layers.concatenate().apply([tensor, tensor, tensor])."
        : "inputShape says so: change it, or the images.",
    );
  const small = shape.slice(0, 2).some((extent) => typeof extent === "number" && extent < minimumSize);
  if (small)
    refuse(
      `images of at least ${minimumSize}×${minimumSize}`,
      `Make them larger in the recipe: .step_resize("image", { height: 96, width: 96 }).`,
    );
}
