import { UserError } from "../../protocol/index.ts";
import { innerLayers, NESTED, type InnerLayer, type KerasConfig } from "../network.ts";

/** No layer of a network that fits a computer has an extent, a number of units or of filters above this. */
const LARGEST = 1e7;

/**
 * Looks whether a configuration in Keras 2's form can be built: names are there once, references lead to layers, nothing
 * reads its own output, no size is absurd. TensorFlow.js would wait for ever for a layer that is not there.
 *
 * @throws UserError naming file and layer.
 */
export function checkConfig(config: KerasConfig, file: string): void {
  const damaged = (what: string): never => {
    throw new UserError("model-damaged", `${file} is damaged: ${what}. Copy, download or save it again.`);
  };
  const layers = innerLayers(config);
  const names = new Map<string, InnerLayer>();
  for (const layer of layers) {
    const name = nameOf(layer);
    if (typeof layer.class_name !== "string") damaged(`its layer ${name} has no class`);
    if (names.has(name)) damaged(`it has two layers named ${name}`);
    names.set(name, layer);
    const { config: options, class_name } = layer;
    if (NESTED.has(class_name)) {
      if (!Array.isArray(options["layers"])) damaged(`its network ${name} has no layers`);
      checkConfig(options, file);
    } else {
      const absurd = largestNumber(options);
      if (absurd > LARGEST) damaged(`its layer ${name} has a size of ${absurd}`);
    }
  }
  // A Sequential has no references.
  if (config["output_layers"] === undefined) return;

  const calls = ([name, layer]: [string, InnerLayer]) =>
    [name, Math.max(1, nodesOf(layer).length) + (NESTED.has(layer.class_name) ? 1 : 0)] as const;
  const outputs = new Map([...names].map(calls));
  const check = (reference: readonly unknown[], reader: string): void => {
    const [from, call] = reference;
    const known = typeof from === "string" ? outputs.get(from) : undefined;
    if (known === undefined || !Number.isInteger(call) || Number(call) < 0 || Number(call) >= known)
      damaged(`${reader} reads ${JSON.stringify(reference.slice(0, 2))}, which it does not have`);
  };
  for (const [name, layer] of names) {
    const nodes = nodesOf(layer);
    if (layer.class_name !== "InputLayer" && (nodes.length === 0 || nodes.some((node) => node.length === 0)))
      damaged(`its layer ${name} reads nothing`);
    for (const node of nodes) for (const reference of node) check(reference, `its layer ${name}`);
  }
  for (const end of ["input_layers", "output_layers"])
    for (const reference of config[end] as readonly unknown[][]) check(reference, "the model");
  refuseCycles(names, damaged);
}

/** Application by application: a shared layer may well stand before and behind others. */
function refuseCycles(layers: ReadonlyMap<string, InnerLayer>, damaged: (what: string) => never): void {
  const key = ([from, call]: readonly [string, ...unknown[]]) => `${Number(call)}:${from}`;
  let waiting = [...layers].flatMap(([name, layer]) => {
    const nested = NESTED.has(layer.class_name) ? 1 : 0;
    const nodes = nodesOf(layer);
    const applied = nodes.map((node, i) => ({ name, key: key([name, i + nested]), reads: node.map(key) }));
    return nodes.length === 0 ? [{ name, key: key([name, nested]), reads: [] }] : applied;
  });
  const done = new Set<string>();
  while (waiting.length > 0) {
    const left = waiting.filter(({ reads }) => !reads.every((from) => done.has(from)));
    if (left.length === waiting.length) damaged(`its layer ${left[0]!.name} reads its own output`);
    const unfinished = new Set(left);
    for (const one of waiting) if (!unfinished.has(one)) done.add(one.key);
    waiting = left;
  }
}

function nodesOf(layer: InnerLayer): readonly (readonly [string, ...unknown[]])[][] {
  return (layer["inbound_nodes"] as (readonly [string, ...unknown[]])[][] | undefined) ?? [];
}

function nameOf(layer: InnerLayer): string {
  return layer.name ?? String(layer.config["name"]);
}

function largestNumber(value: unknown): number {
  if (typeof value === "number") return Math.abs(value);
  if (typeof value !== "object" || value === null) return 0;
  return Math.max(
    0,
    ...Object.entries(value)
      .filter(([key]) => key !== "seed")
      .map(([, inner]) => largestNumber(inner)),
  );
}
