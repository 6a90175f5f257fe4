import { innerLayers, NESTED, type KerasConfig, type Network } from "../../model/network.ts";

/** A network's layers and what each is applied to, whichever way its configuration writes that. */
export interface KerasGraph {
  readonly layers: ReadonlyMap<string, GraphLayer>;
  readonly inputs: readonly Reference[];
  readonly outputs: readonly Reference[];
}

export interface GraphLayer {
  readonly name: string;
  readonly class_name: string;
  readonly config: KerasConfig;
  /** One list of what it reads for each application; an input layer has one empty list. */
  readonly calls: readonly (readonly Reference[])[];
  /** It does in training what it does in prediction: it is frozen, or in a base that is. */
  readonly held?: boolean;
}

/** One output of one application of a layer. */
export interface Reference {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}

/** The graph of a network that is being fitted; `outputs` may be tensors within it. */
export function graphOfNetwork(
  network: Network,
  outputs: readonly { readonly layer: string; readonly call: number }[] = network.outputs.map(
    ({ from }) => from,
  ),
): KerasGraph {
  const reference = ({ layer, call }: { layer: string; call: number }) => ({ layer, call, tensor: 0 });
  return {
    layers: new Map(
      network.layers.map(({ name, class_name, config, calls, inference }) => [
        name,
        {
          name,
          class_name,
          config,
          calls: calls.map((call) => call.map(reference)),
          ...(inference === true ? { held: true } : {}),
        },
      ]),
    ),
    inputs: network.inputs.map(({ layer }) => ({ layer, call: 0, tensor: 0 })),
    outputs: outputs.map(reference),
  };
}

/** The graph in the configuration of a model, as Keras 2, Keras 3 and TensorFlow.js write it. */
export function graphOfConfig(class_name: string, config: KerasConfig): KerasGraph {
  return class_name === "Sequential" ? chain(config) : functional(config);
}

function chain(config: KerasConfig): KerasGraph {
  const layers = new Map<string, GraphLayer>();
  let last: Reference | undefined;
  const add = (name: string, layerClass: string, layer: KerasConfig, reads: readonly Reference[]) => {
    layers.set(name, { name, class_name: layerClass, config: layer, calls: [reads] });
    last = { layer: name, call: 0, tensor: 0 };
  };
  for (const inner of innerLayers(config)) {
    const name = inner.name ?? String(inner.config["name"]);
    if (last === undefined && inner.class_name !== "InputLayer")
      // The first layer says what goes in; inside another network its tensor does.
      add(`input of ${name}`, "InputLayer", firstShape(inner.config, config), []);
    add(name, inner.class_name, inner.config, last === undefined ? [] : [last]);
  }
  const first = [...layers.keys()][0];
  if (last === undefined || first === undefined) throw new Error("An empty Sequential has no graph.");
  return { layers, inputs: [{ layer: first, call: 0, tensor: 0 }], outputs: [last] };
}

function firstShape(layer: KerasConfig, model: KerasConfig): KerasConfig {
  const shape = layer["batch_input_shape"] ?? layer["batch_shape"] ?? model["build_input_shape"] ?? undefined;
  return shape === undefined ? {} : { batch_input_shape: shape };
}

function functional(config: KerasConfig): KerasGraph {
  const described = innerLayers(config).map((layer) => ({
    name: layer.name ?? String(layer.config["name"]),
    class_name: layer.class_name,
    config: layer.config,
    calls: ((layer["inbound_nodes"] ?? []) as unknown[]).map(readsOf),
  }));
  const inputs = listOf(config["input_layers"]);
  const outputs = listOf(config["output_layers"]);
  const offsets = new Map(
    described
      .filter(({ class_name }) => NESTED.has(class_name))
      .map(({ name, class_name, calls, config: inner }) => {
        const mentioned = [...described.flatMap((layer) => layer.calls.flat()), ...outputs]
          .filter(({ layer }) => layer === name)
          .map(({ call }) => call);
        return [name, ownApplications(class_name, inner, calls.length, mentioned)] as const;
      }),
  );
  const counted = (reference: Reference): Reference => ({
    ...reference,
    call: reference.call - (offsets.get(reference.layer) ?? 0),
  });
  return {
    layers: new Map(
      described.map((layer) => [
        layer.name,
        {
          ...layer,
          calls: layer.class_name === "InputLayer" ? [[]] : layer.calls.map((call) => call.map(counted)),
        },
      ]),
    ),
    inputs: inputs.map(counted),
    outputs: outputs.map(counted),
  };
}

/**
 * How many applications of a nested network come before those that are listed. Keras counts the network's own
 * graph as its first, unless it is a Sequential that was given no input shape.
 */
function ownApplications(
  class_name: string,
  config: KerasConfig,
  listed: number,
  mentioned: readonly number[],
): number {
  if (mentioned.some((call) => call >= listed)) return 1;
  if (mentioned.includes(0)) return 0;
  if (class_name !== "Sequential") return 1;
  const first = innerLayers(config)[0];
  return first?.class_name === "InputLayer" || first?.config["batch_input_shape"] !== undefined ? 1 : 0;
}

/** Keras 2: `[["conv1", 0, 0, {}], …]`; Keras 3: `{ args: [tensor or list of them], kwargs }`. */
function readsOf(node: unknown): Reference[] {
  if (Array.isArray(node)) return listOf(node);
  const references: Reference[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      const history = (value as { config?: { keras_history?: unknown } }).config?.keras_history;
      if (history === undefined) Object.values(value).forEach(visit);
      else references.push(...listOf([history]));
    }
  };
  visit((node as { args?: unknown }).args);
  return references;
}

/** References in Keras's form, of which Keras 3 writes a single one without a list around it. */
function listOf(value: unknown): Reference[] {
  if (!Array.isArray(value)) return [];
  const list = typeof value[0] === "string" ? [value] : (value as unknown[][]);
  return list.map(([layer, call, tensor]) => ({
    layer: String(layer),
    call: Number(call ?? 0),
    tensor: Number(tensor ?? 0),
  }));
}
