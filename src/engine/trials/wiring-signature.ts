import type { Applicable, TensorDescription } from "../../kspec/description.ts";
import type { Wired } from "../../model/assemble.ts";

/**
 * A text that is the same for wirings that make the same network; undefined where nobody can tell, as with a function among a
 * layer's options.
 */
export function wiringSignature({ name, inputs, outputs, blockOf }: Wired): string | undefined {
  const layers = new Map<Applicable, number>();
  const tensors = new Map<TensorDescription, number>();
  const described: unknown[] = [];
  const numberOf = (layer: Applicable): number => {
    let number = layers.get(layer);
    if (number === undefined) {
      layers.set(layer, (number = layers.size));
      described.push(
        layer.kind === "base"
          ? ["base", layer.source, layer.trainable]
          : [layer.class_name, layer.config, layer.trainable],
      );
    }
    return number;
  };
  // An explicit stack: a network of ten thousand layers is deeper than JavaScript's own.
  const stack = [...outputs, ...inputs].map(({ tensor }) => tensor).toReversed();
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const missing = tensors.has(top) ? [] : top.inputs.filter((input) => !tensors.has(input));
    if (missing.length > 0) {
      stack.push(...missing.toReversed());
      continue;
    }
    stack.pop();
    if (tensors.has(top)) continue;
    const reads = top.inputs.map((input) => tensors.get(input));
    tensors.set(top, tensors.size);
    described.push([numberOf(top.layer), reads, blockOf.get(top)]);
  }
  return signatureOf([
    name,
    inputs.map(({ column, tensor }) => [column, tensors.get(tensor)]),
    outputs.map((output) => [output.name, tensors.get(output.tensor)]),
    described,
  ]);
}

/** The same for any plain value; undefined where it holds a function. */
export function signatureOf(value: unknown): string | undefined {
  let plain = true;
  const text = JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === "function" || typeof one === "symbol") plain = false;
    // JSON has none of these.
    return typeof one === "number" && !Number.isFinite(one) ? `number ${one}` : one;
  });
  return plain ? text : undefined;
}
