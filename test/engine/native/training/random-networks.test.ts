import fc from "fast-check";
import { it } from "vitest";
import { networkOf, trainBoth, type Described } from "./train-both.ts";

// Any network of layers that train natively learns on both engines alike.

/** A layer to put somewhere; `kind` picks among those that fit there. */
interface Piece {
  readonly kind: number;
  /** Which earlier tensors it reads: 0 is the latest. */
  readonly reads: readonly [number, number];
  readonly size: number;
  readonly option: number;
  readonly trainable: boolean;
}

const piece: fc.Arbitrary<Piece> = fc.record({
  kind: fc.nat(1000),
  reads: fc.tuple(fc.constantFrom(0, 0, 0, 1, 2), fc.nat(3)),
  size: fc.integer({ min: 1, max: 4 }),
  option: fc.nat(11),
  trainable: fc.constantFrom(true, true, true, false),
});

type Layer = readonly [class_name: string, config?: Record<string, unknown>];

const SMOOTH = ["tanh", "sigmoid", "softplus", "silu", "gelu", "elu", "selu", "mish", "softsign", "softmax"];
const smooth = ({ option }: Piece) => SMOOTH[option % SMOOTH.length]!;
const of = <One>(list: readonly One[], { option }: Piece) => list[option % list.length]!;

/** TensorFlow.js has another default than Keras, whose options KSpec always says. */
const gates = { recurrent_activation: "sigmoid" };

/** What fits anywhere. */
const anywhere: readonly ((piece: Piece) => Layer)[] = [
  (one) => ["Dense", { units: one.size, activation: smooth(one) }],
  (one) => ["Dense", { units: one.size + 1, use_bias: false }],
  (one) => ["Activation", { activation: smooth(one) }],
  () => ["PReLU"],
  () => ["LeakyReLU", { negative_slope: 0.3 }],
  ({ option }) => ["Dropout", { rate: 0.1 + option / 20 }],
  () => ["GaussianNoise", { stddev: 0.2 }],
  () => ["GaussianDropout", { rate: 0.3 }],
  ({ option }) => [
    "BatchNormalization",
    { momentum: option % 2 === 0 ? 0.99 : 0.6, scale: option % 3 !== 0 },
  ],
  ({ option }) => ["LayerNormalization", { center: option % 2 === 0 }],
  () => ["UnitNormalization"],
  () => ["Rescaling", { scale: 0.7, offset: 0.1 }],
];

const onVectors: readonly ((piece: Piece) => Layer)[] = [({ size }) => ["RepeatVector", { n: size }]];

const onSequences: readonly ((piece: Piece) => Layer)[] = [
  (one) => [
    "LSTM",
    { ...gates, units: one.size, return_sequences: one.option % 2 === 0, go_backwards: one.option % 3 === 0 },
  ],
  (one) => [
    "GRU",
    { ...gates, units: one.size, return_sequences: one.option % 2 === 0, reset_after: one.option % 3 === 0 },
  ],
  (one) => ["SimpleRNN", { units: one.size, return_sequences: one.option % 2 === 0 }],
  (one) => [
    "Conv1D",
    {
      filters: one.size,
      kernel_size: 1 + (one.option % 3),
      padding: of(["same", "causal"], one),
      activation: smooth(one),
    },
  ],
  () => ["AveragePooling1D", { pool_size: 2, strides: 1, padding: "same" }],
  () => ["MaxPooling1D", { pool_size: 2, padding: "same" }],
  () => ["GlobalAveragePooling1D"],
  () => ["GlobalMaxPooling1D"],
  () => ["SpatialDropout1D", { rate: 0.3 }],
  () => ["Permute", { dims: [2, 1] }],
  (one) => [
    "TimeDistributed",
    { layer: { class_name: "Dense", config: { units: one.size, activation: "tanh" } } },
  ],
  () => ["ZeroPadding1D", { padding: 1 }],
  () => ["UpSampling1D", { size: 2 }],
];

const onImages: readonly ((piece: Piece) => Layer)[] = [
  (one) => [
    "Conv2D",
    {
      filters: one.size,
      kernel_size: [1 + (one.option % 3), 1 + (one.option % 2)],
      strides: one.option % 4 === 0 ? 2 : 1,
      padding: "same",
      activation: smooth(one),
    },
  ],
  (one) => ["DepthwiseConv2D", { kernel_size: 2, padding: "same", depth_multiplier: 1 + (one.option % 2) }],
  (one) => [
    "SeparableConv2D",
    { filters: one.size, kernel_size: 2, padding: "same", activation: smooth(one) },
  ],
  (one) => [
    "Conv2DTranspose",
    { filters: one.size, kernel_size: 2, strides: 1 + (one.option % 2), padding: "same" },
  ],
  () => ["MaxPooling2D", { pool_size: 2, padding: "same" }],
  () => ["AveragePooling2D", { pool_size: 2, strides: 1, padding: "same" }],
  () => ["GlobalAveragePooling2D"],
  () => ["GlobalMaxPooling2D"],
  () => [
    "ZeroPadding2D",
    {
      padding: [
        [1, 0],
        [0, 2],
      ],
    },
  ],
  () => [
    "Cropping2D",
    {
      cropping: [
        [0, 0],
        [0, 0],
      ],
    },
  ],
  () => ["Permute", { dims: [2, 3, 1] }],
  () => ["SpatialDropout2D", { rate: 0.3 }],
];

const BY_RANK: Readonly<Record<number, readonly ((piece: Piece) => Layer)[]>> = {
  1: onVectors,
  2: onSequences,
  3: onImages,
};

/** Layers whose output has another number of axes: rank before → after. */
function rankBehind([class_name, config]: Layer, rank: number): number {
  if (class_name.startsWith("Global")) return 1;
  if (class_name === "RepeatVector") return 2;
  if (["LSTM", "GRU", "SimpleRNN"].includes(class_name)) return config!["return_sequences"] === true ? 2 : 1;
  return rank;
}

/** A network whose last layers are Flatten and Dense; layers that it does not need are left out. */
function networkFrom(shape: readonly number[], pieces: readonly Piece[]) {
  const tensors: { name: string; rank: number }[] = [{ name: "x", rank: shape.length }];
  const layers: Described[] = [];
  const add = (name: string, layer: Layer, reads: string[][], trainable: boolean) => {
    layers.push({ name, class_name: layer[0], config: layer[1] ?? {}, reads, trainable });
  };
  for (const [i, one] of pieces.entries()) {
    const [first, second] = one.reads.map((back) => tensors[Math.max(0, tensors.length - 1 - back)]!) as [
      (typeof tensors)[0],
      (typeof tensors)[0],
    ];
    const choices = [...anywhere, ...BY_RANK[first.rank]!, ...BY_RANK[first.rank]!];
    const place = one.kind % (choices.length + 3);
    const name = `l${i}`;
    if (place < choices.length) {
      const layer = choices[place]!(one);
      add(name, layer, [[first.name]], one.trainable);
      tensors.push({ name, rank: rankBehind(layer, first.rank) });
    } else if (place === choices.length) {
      // One layer that is applied twice, and the sum of both.
      add(name, ["Dense", { units: 3, activation: "tanh" }], [[first.name], [name]], true);
      add(`${name}_before`, ["Dense", { units: 3 }], [[first.name]], true);
      layers.splice(-2, 2, layers.at(-1)!, { ...layers.at(-2)!, reads: [[`${name}_before`], [name]] });
      add(`${name}_sum`, ["Add"], [[name, `${name}:1`]], true);
      tensors.push({ name: `${name}_sum`, rank: first.rank });
    } else {
      // Two branches of one tensor, or a tensor and what came before it, brought to one width.
      const other = second.rank === first.rank && sameSpace(layers, first.name, second.name) ? second : first;
      add(`${name}_left`, ["Dense", { units: 3, activation: "tanh" }], [[first.name]], one.trainable);
      add(`${name}_right`, ["Dense", { units: 3, activation: smooth(one) }], [[other.name]], true);
      const merge = of(["Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate"], one);
      add(name, [merge], [[`${name}_left`, `${name}_right`]], true);
      tensors.push({ name, rank: first.rank });
    }
  }
  add("flat", ["Flatten"], [[tensors.at(-1)!.name]], true);
  add("last", ["Dense", { units: 2 }], [["flat"]], true);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const needed = new Set<string>();
  const need = (name: string): void => {
    const layer = byName.get(name.split(":")[0]!);
    if (layer === undefined || needed.has(layer.name)) return;
    needed.add(layer.name);
    layer.reads.flat().forEach(need);
  };
  need("last");
  return networkOf(
    { x: shape },
    layers.filter(({ name }) => needed.has(name)),
  );
}

/** Whether the second tensor is an ancestor of the first by layers that leave all extents but the last as they are. */
function sameSpace(layers: readonly Described[], first: string, second: string): boolean {
  for (let name = first; name !== second;) {
    const layer = layers.find((one) => one.name === name);
    if (layer === undefined || !KEEPS_SPACE.has(layer.class_name) || layer.reads.length !== 1) return false;
    name = layer.reads[0]![0]!;
  }
  return true;
}

const KEEPS_SPACE: ReadonlySet<string> = new Set([
  ...["Dense", "Activation", "PReLU", "LeakyReLU", "Dropout", "GaussianNoise", "GaussianDropout"],
  ...["BatchNormalization", "LayerNormalization", "UnitNormalization", "Rescaling", "Add", "Concatenate"],
]);

it("whatever its layers and however they are put together", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom([5], [4, 3], [5, 4, 2]),
      fc.array(piece, { minLength: 2, maxLength: 7, size: "max" }),
      async (shape, pieces) => {
        // A weight that hardly matters follows the rounding of its gradient: Adam makes steps of one size of the smallest.
        await trainBoth(networkFrom(shape, pieces), { epochs: 5, weights: 0.02 });
      },
    ),
    { numRuns: 30, seed: 11 },
  );
}, 240_000);
