import { layerNormalized, normalizationRules as plain } from "../../layers/normalization.ts";
import { like, type LayerCall, type LayerRule } from "../../layers/layer-call.ts";
import { axisInMemory, sizeOf, type Value } from "../../value.ts";

/** Layers that bring values to a common scale, with weights that change. */
export const normalizationTrainingRules: Readonly<Record<string, LayerRule>> = {
  /** In training by the batch's own mean and variance, which the moving averages follow; else by these. */
  BatchNormalization(call) {
    const { input, variables } = call;
    const weights = ["gamma", "beta", "moving_mean", "moving_variance"];
    if (!weights.some((weight) => variables!.has(call.name, weight)))
      return plain["BatchNormalization"]!(call);
    const given = call.config["axis"] ?? -1;
    const axis = call.axis(input, Number(Array.isArray(given) ? given[0] : given));
    const extent = input.shape[axis - 1] ?? call.unsupported("works along an axis of any length.");
    const filled = (name: string, one: number) =>
      call.constant(name, [extent], () => new Float32Array(extent).fill(one));
    const gamma = call.config["scale"] === false ? filled("ones", 1) : call.parameter("gamma").name;
    const beta = call.config["center"] === false ? filled("zeros", 0) : call.parameter("beta").name;
    const epsilon = (call.config["epsilon"] as number | undefined) ?? 1e-3;
    const place = axisInMemory(input, axis);
    if (!variables!.training) return inInference(call, place, gamma, beta, epsilon);

    const name = (output: string) => call.graph.freshName(`${call.name}/${output}`);
    const [output, mean, variance] = [name("NormalizedBatch"), name("mean"), name("variance")];
    call.graph.nodes.push({
      op: "NormalizedBatch",
      name: output,
      inputs: [input.name, gamma, beta],
      output,
      furtherOutputs: [mean, variance],
      attributes: {
        axis: { int: place },
        rank: { int: input.shape.length + 1 },
        epsilon: { float: epsilon },
      },
    });
    const momentum = (call.config["momentum"] as number | undefined) ?? 0.99;
    move(call, "moving_mean", mean, momentum);
    move(call, "moving_variance", variance, momentum);
    return like(input, output);
  },

  GroupNormalization(call) {
    const { input, variables } = call;
    const { math } = variables!;
    const axis = call.axis(input, (call.config["axis"] as number | undefined) ?? -1);
    if (axis !== input.shape.length) call.unsupported("works along an axis that is not the last.");
    const channels = call.channels(input);
    const wanted = (call.config["groups"] as number | undefined) ?? 32;
    const groups = wanted === -1 ? channels : wanted;
    const first = call.layouts.channelsFirst(input);
    const size = sizeOf(first.shape) ?? call.unsupported("is applied to a tensor of any extent.");
    const grouped = call.add("Reshape", [first.name, call.whole("groups", [-1, groups, size / groups])]);
    const ones = call.constant("ones", [size / groups], () => new Float32Array(size / groups).fill(1));
    const epsilon = (call.config["epsilon"] as number | undefined) ?? 1e-3;
    const unit = layerNormalized(call, [grouped, ones], 2, epsilon);
    const inMemory = first.channelsFirst ? [channels, ...first.shape.slice(0, -1)] : first.shape;
    const result = call.add("Reshape", [unit, call.whole("back", [-1, ...(inMemory as number[])])]);
    const along = spreadOver(first, axisInMemory(first, axis), channels);
    const gamma = call.config["scale"] === false ? undefined : call.parameter("gamma", undefined, along).name;
    const beta = call.config["center"] === false ? undefined : call.parameter("beta", undefined, along).name;
    const scaled = gamma === undefined ? result : math.mul(result, gamma);
    return like(first, beta === undefined ? scaled : math.add(scaled, beta));
  },

  /** By the sum of squares, whose root has a gradient also where all are 0. */
  UnitNormalization(call) {
    const { input, variables } = call;
    const { math } = variables!;
    const given = call.config["axis"] ?? -1;
    const axes = [given].flat().map((axis) => axisInMemory(input, call.axis(input, axis as number)));
    const squares = math.sum(math.square(input.name), axes, true);
    return like(input, math.div(input.name, math.sqrt(math.max(squares, 1e-24))));
  },
};

/** By averages that stay, also where the factors are learnt. */
function inInference(call: LayerCall, place: number, gamma: string, beta: string, epsilon: number): Value {
  const { input } = call;
  const { math } = call.variables!;
  const mean = call.parameter("moving_mean");
  const variance = call.parameter("moving_variance");
  const extents = spreadOver(input, place, mean.shape[0]!);
  const spread = (vector: string) =>
    extents.length === 1 ? vector : call.add("Reshape", [vector, call.whole("along", extents)]);
  const scale = math.div(gamma, math.sqrt(math.add(variance.name, epsilon)));
  const shift = math.sub(beta, math.mul(mean.name, scale));
  return like(input, math.add(math.mul(input.name, spread(scale)), spread(shift)));
}

/** Extents with which one number for each place along an axis is broadcast to a value. */
function spreadOver(value: Value, place: number, extent: number): number[] {
  return [extent, ...Array<number>(value.shape.length - place).fill(1)];
}

function move(call: LayerCall, weight: string, now: string, momentum: number): void {
  const { math } = call.variables!;
  if (!call.variables!.has(call.name, weight)) return;
  const average = call.variables!.variable(call.name, weight, [0]);
  const after = math.add(math.mul(average.name, momentum), math.mul(now, 1 - momentum));
  call.variables!.move(average, after);
}
