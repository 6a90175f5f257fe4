import { readFileSync } from "node:fs";
import path from "node:path";
import type { ApplicationSource } from "../../src/kspec/description.ts";
import { buildApplication } from "../../src/model/applications/registry.ts";
import { File, FS, ready, type Group } from "h5wasm";
import { formulaWeights } from "../model/applications/formula.ts";

/**
 * An application's weights by formula in the layout of Keras's own files: a group for each layer, their names in
 * attributes, in Keras's order.
 *
 * @param gain scale of batch normalisation (test/fixtures/parity/applications says which each application bears)
 */
export async function weightsFile(source: ApplicationSource, gain: number): Promise<Uint8Array> {
  const network = buildApplication(source);
  const values = formulaWeights(network, gain);
  await ready;
  const name = `/made-${source.name}.h5`;
  const file = new File(name, "w");
  file.create_attribute(
    "layer_names",
    network.slots.map(({ layer }) => layer),
  );
  file.create_attribute("backend", "tensorflow");
  file.create_attribute("keras_version", "2.2.4");
  for (const { layer, weights } of network.slots) {
    const group = file.create_group(layer);
    group.create_attribute(
      "weight_names",
      weights.map((weight) => `${weight.name}:0`),
    );
    // `conv1_conv/kernel:0` lies in a group of the layer's name once more.
    const inner = new Map<string, Group>();
    for (const weight of weights) {
      const [folder, name] = weight.name.split("/") as [string, string];
      if (!inner.has(folder)) inner.set(folder, group.create_group(folder));
      inner.get(folder)!.create_dataset({
        name: `${name}:0`,
        data: values.get(weight.name)!.values,
        shape: [...weight.shape],
      });
    }
  }
  file.close();
  const bytes = FS!.readFile(name);
  FS!.unlink(name);
  return bytes;
}

/** The scale with which an application's activations neither die nor explode, as the parity fixtures have it. */
export function gainOf(application: string, root: string): number {
  const fixture = path.join(root, "test/fixtures/parity/applications", `${application}.json`);
  return (JSON.parse(readFileSync(fixture, "utf8")) as { gain: number }).gain;
}
