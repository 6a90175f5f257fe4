import { axisInMemory } from "../value.ts";
import { affine } from "./affine.ts";
import { like, type LayerCall, type LayerRule } from "./layer-call.ts";

/** Layers that bring values to a common scale. */
export const normalizationRules: Readonly<Record<string, LayerRule>> = {
  /** With its moving averages, whatever they were learnt from: (x − mean) / √(variance + ε) · γ + β. */
  BatchNormalization(call) {
    const { input } = call;
    const given = call.config["axis"] ?? -1;
    const axis = call.axis(input, Number(Array.isArray(given) ? given[0] : given));
    const weights = {
      variance: call.weight("moving_variance"),
      mean: call.weight("moving_mean"),
      gamma: call.config["scale"] === false ? undefined : call.weight("gamma"),
      beta: call.config["center"] === false ? undefined : call.weight("beta"),
    };
    return affine(call, input, axis, () => {
      const variance = weights.variance.values;
      const mean = weights.mean.values;
      const gamma = weights.gamma?.values;
      const beta = weights.beta?.values;
      const epsilon = (call.config["epsilon"] as number | undefined) ?? 1e-3;
      const factors = Float64Array.from(variance, (one, i) => (gamma?.[i] ?? 1) / Math.sqrt(one + epsilon));
      return {
        scale: Float32Array.from(factors),
        shift: Float32Array.from(factors, (factor, i) => (beta?.[i] ?? 0) - mean[i]! * factor),
      };
    });
  },

  /** (x − mean) / √(variance + ε) · γ + β, over some axes of each row. */
  LayerNormalization(call) {
    const input = call.layouts.asInKeras(call.input);
    const rank = input.shape.length + 1;
    const given = call.config["axis"] ?? -1;
    const axes = (Array.isArray(given) ? (given as number[]) : [given as number])
      .map((axis) => call.axis(input, axis))
      .sort((a, b) => a - b);
    const shape = axes.map(
      (axis) => input.shape[axis - 1] ?? call.unsupported("works along an axis of any length."),
    );
    const size = shape.reduce((a, b) => a * b, 1);
    const last = !axes.some((axis, i) => axis !== rank - axes.length + i);
    const extents = last ? shape : input.shape.map((extent, i) => (axes.includes(i + 1) ? extent! : 1));
    const own = (weight: string) => call.parameter(weight, undefined, extents).name;
    const gamma = call.config["scale"] === false ? undefined : own("gamma");
    const beta = call.config["center"] === false ? undefined : own("beta");
    const epsilon = (call.config["epsilon"] as number | undefined) ?? 1e-3;
    if (!last) {
      // ONNX's own takes the last axes alone.
      const along = call.whole("axes", axes);
      const centred = call.add("Sub", [input.name, call.add("ReduceMean", [input.name, along])]);
      const variance = call.add("ReduceMean", [call.add("Mul", [centred, centred]), along]);
      const deviation = call.add("Sqrt", [call.add("Add", [variance, call.scalar(epsilon)])]);
      let result = call.add("Div", [centred, deviation]);
      if (gamma !== undefined) result = call.add("Mul", [result, gamma]);
      if (beta !== undefined) result = call.add("Add", [result, beta]);
      return like(input, result);
    }
    const scale = gamma ?? call.constant("ones", shape, () => new Float32Array(size).fill(1));
    const reads = [input.name, scale, ...(beta === undefined ? [] : [beta])];
    return like(input, layerNormalized(call, reads, axes[0]!, epsilon));
  },

  /** (x − mean) / √(variance + ε) · γ + β, over all places and some channels of each row. */
  GroupNormalization(call) {
    const { input } = call;
    const axis = call.axis(input, (call.config["axis"] as number | undefined) ?? -1);
    if (axis !== input.shape.length) call.unsupported("works along an axis that is not the last.");
    const channels = call.channels(input);
    const given = (call.config["groups"] as number | undefined) ?? 32;
    const groups = given === -1 ? channels : given;
    const first = call.layouts.channelsFirst(input);
    const whole = call.add("Reshape", [first.name, call.whole("groups", [0, groups, -1])]);
    const normalized = call.add(
      "InstanceNormalization",
      [
        whole,
        call.constant("ones", [groups], () => new Float32Array(groups).fill(1)),
        call.constant("zeros", [groups], () => new Float32Array(groups)),
      ],
      { epsilon: { float: (call.config["epsilon"] as number | undefined) ?? 1e-3 } },
    );
    const name = call.add("Reshape", [normalized, call.add("Shape", [first.name])]);
    const gamma = call.config["scale"] === false ? undefined : call.weight("gamma");
    const beta = call.config["center"] === false ? undefined : call.weight("beta");
    return affine(call, like(first, name), axis, () => ({
      scale: gamma?.values ?? new Float32Array(channels).fill(1),
      shift: beta?.values ?? new Float32Array(channels),
    }));
  },

  /** Each vector along an axis, or several, divided by its length. */
  UnitNormalization(call) {
    const { input } = call;
    const given = call.config["axis"] ?? -1;
    const axes = (Array.isArray(given) ? (given as number[]) : [given as number]).map((axis) =>
      axisInMemory(input, call.axis(input, axis)),
    );
    const length = call.add("ReduceL2", [input.name, call.whole("axes", axes)]);
    return like(input, call.add("Div", [input.name, call.add("Max", [length, call.scalar(1e-12)])]));
  },

  /** Keras's preprocessing layer: (x − mean) / max(√variance, 1e-7), from its data or its options. */
  Normalization(call) {
    const { input } = call;
    const given = call.config["axis"] ?? -1;
    const axes = Array.isArray(given) ? (given as number[]) : [given as number];
    if (axes.length !== 1) call.unsupported("works along several axes.");
    const axis = call.axis(input, axes[0]!);
    const extent =
      input.shape[axis - 1] ?? call.unsupported("is applied to a tensor of any extent along its axis.");
    const mean = statistic(call, "mean", extent);
    const variance = statistic(call, "variance", extent);
    const inverted = call.config["invert"] === true;
    return affine(call, input, axis, () => {
      const deviations = Float64Array.from(variance, (one) => Math.max(Math.sqrt(one), 1e-7));
      const scale = deviations.map((deviation) => (inverted ? deviation : 1 / deviation));
      return {
        scale: Float32Array.from(scale),
        shift: Float32Array.from(scale, (factor, i) => (inverted ? mean[i]! : -mean[i]! * factor)),
      };
    });
  },
};

/** ONNX's own, from an axis to the last. In training it gives means and deviations too, from which its gradient is made. */
export function layerNormalized(
  call: LayerCall,
  inputs: readonly string[],
  axis: number,
  epsilon: number,
): string {
  const attributes = { axis: { int: axis }, epsilon: { float: epsilon } };
  if (call.variables === undefined) return call.add("LayerNormalization", inputs, attributes);
  const name = (output: string) => call.graph.freshName(`${call.name}/${output}`);
  const output = name("LayerNormalization");
  const furtherOutputs = [name("mean"), name("inverse")];
  const op = "LayerNormalization";
  call.graph.nodes.push({ op, name: output, inputs: [...inputs], output, furtherOutputs, attributes });
  return output;
}

/** One number stands for all along the axis. */
function statistic(call: LayerCall, name: string, extent: number): ArrayLike<number> {
  const given = call.config[name];
  if (typeof given === "number") return Array<number>(extent).fill(given);
  if (Array.isArray(given)) return (given as unknown[]).flat(Infinity) as number[];
  return call.weight(name).values;
}
