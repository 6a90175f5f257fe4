import fc from "fast-check";
import { readEachOnce } from "../../src/model/assemble.ts";
import type { Network, NetworkLayer, TensorReference } from "../../src/model/network.ts";

/** Units of every layer of a random network: so each can read any. */
export const WIDTH = 3;

/** Something that a random network is made of. */
interface Piece {
  readonly kind: "dense" | "norm" | "dropout" | "relu" | "add" | "again" | "base";
  readonly trainable: boolean;
  /** Which earlier tensors it reads: 0 is the latest. */
  readonly reads: readonly [number, number];
}

const piece: fc.Arbitrary<Piece> = fc.record({
  kind: fc.constantFrom("dense", "dense", "norm", "dropout", "relu", "add", "again", "base"),
  trainable: fc.boolean(),
  reads: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })),
});

/**
 * Networks of dense layers, batch normalisation, dropout, sums, layers that are applied twice, and bases of several layers, frozen or not, on one
 * or two inputs; every layer gives three values. The last is a trained dense layer.
 */
export const randomNetwork: fc.Arbitrary<Network> = fc
  .tuple(fc.integer({ min: 1, max: 2 }), fc.array(piece, { minLength: 3, maxLength: 10, size: "max" }))
  .map(([inputs, pieces]) => build(inputs, pieces));

function build(inputs: number, pieces: readonly Piece[]): Network {
  const layers = new Map<string, NetworkLayer>();
  const tensors: TensorReference[] = [];
  for (let i = 0; i < inputs; i++) {
    layers.set(`in${i}`, layer(`in${i}`, "InputLayer", { batch_input_shape: [null, WIDTH] }, true, [[]]));
    tensors.push({ layer: `in${i}`, call: 0 });
  }
  for (const [i, { kind, trainable, reads }] of pieces.entries()) {
    const [first, second] = reads.map((back) => tensors[Math.max(0, tensors.length - 1 - back)]!) as [
      TensorReference,
      TensorReference,
    ];
    const name = `${kind}${i}`;
    const shareable = [...layers.values()].filter(
      ({ class_name }) => class_name === "Dense" || class_name === "Functional",
    );
    if (kind === "again" && shareable.length > 0) {
      const shared = shareable[reads[1] % shareable.length]!;
      layers.set(shared.name, { ...shared, calls: [...shared.calls, [first]] });
      tensors.push({ layer: shared.name, call: shared.calls.length });
      continue;
    }
    const made = {
      dense: () => layer(name, "Dense", dense(), trainable, [[first]]),
      norm: () => layer(name, "BatchNormalization", { axis: -1 }, trainable, [[first]]),
      dropout: () => layer(name, "Dropout", { rate: 0.5 }, true, [[first]]),
      relu: () => layer(name, "Activation", { activation: "relu" }, true, [[first]]),
      add: () => layer(name, "Add", {}, true, [[first, second]]),
      base: () => layer(name, "Functional", baseOf(name, reads[1]), trainable, [[first]]),
      again: () => layer(name, "Dense", dense(), trainable, [[first]]),
    }[kind]();
    layers.set(name, made);
    tensors.push({ layer: name, call: 0 });
  }
  layers.set("last", layer("last", "Dense", dense(), true, [[tensors.at(-1)!]]));
  return readEachOnce(
    needed({
      name: "random",
      layers: [...layers.values()],
      inputs: Array.from({ length: inputs }, (_, i) => ({ column: `in${i}`, layer: `in${i}` })),
      outputs: [{ name: "output", from: { layer: "last", call: 0 } }],
    }),
  );
}

function dense() {
  return { units: WIDTH, activation: "tanh", use_bias: true };
}

/** A base with batch normalisation and a dropout inside, and a sequential model in it; its first layers are frozen by themselves. */
function baseOf(name: string, frozen: number) {
  let layers = 0;
  const inner = (own: string, class_name: string, config: object, from: string) => ({
    name: `${name}_${own}`,
    class_name,
    config: { ...config, name: `${name}_${own}`, trainable: layers++ >= frozen },
    inbound_nodes: [[[from, 0, 0, {}]]],
  });
  return {
    layers: [
      {
        name: `${name}_input`,
        class_name: "InputLayer",
        config: { batch_input_shape: [null, WIDTH], name: `${name}_input` },
        inbound_nodes: [],
      },
      inner("fc", "Dense", dense(), `${name}_input`),
      inner("bn", "BatchNormalization", { axis: -1 }, `${name}_fc`),
      inner("drop", "Dropout", { rate: 0.5 }, `${name}_bn`),
      {
        name: `${name}_chain`,
        class_name: "Sequential",
        config: {
          name: `${name}_chain`,
          layers: [
            {
              class_name: "Dense",
              config: { ...dense(), name: `${name}_chained`, batch_input_shape: [null, WIDTH] },
            },
          ],
        },
        inbound_nodes: [[[`${name}_drop`, 0, 0, {}]]],
      },
    ],
    input_layers: [[`${name}_input`, 0, 0]],
    output_layers: [[`${name}_chain`, 1, 0]],
  };
}

function layer(
  name: string,
  class_name: string,
  config: NetworkLayer["config"],
  trainable: boolean,
  calls: NetworkLayer["calls"],
): NetworkLayer {
  return { name, block: name, class_name, config, trainable, calls };
}

/** Without the layers, and their applications, that no output depends on, as networks of specs are. */
function needed(network: Network): Network {
  const byName = new Map(network.layers.map((one) => [one.name, one]));
  const key = ({ layer, call }: TensorReference) => `${call}:${layer}`;
  const kept = new Set<string>();
  const stack = network.outputs.map(({ from }) => from);
  while (stack.length > 0) {
    const top = stack.pop()!;
    if (kept.has(key(top))) continue;
    kept.add(key(top));
    stack.push(...byName.get(top.layer)!.calls[top.call]!);
  }
  const remaining = ({ name, calls }: NetworkLayer) =>
    calls.map((_, call) => call).filter((call) => kept.has(key({ layer: name, call })));
  const moved = ({ layer, call }: TensorReference) => ({
    layer,
    call: remaining(byName.get(layer)!).indexOf(call),
  });
  const layers = network.layers.flatMap((one) => {
    const calls = remaining(one).map((call) => one.calls[call]!.map(moved));
    return calls.length === 0 ? [] : [{ ...one, calls }];
  });
  return {
    ...network,
    layers,
    inputs: network.inputs.filter(({ layer }) => layers.some(({ name }) => name === layer)),
  };
}
