import type { Value } from "../value.ts";
import type { LayerCall, LayerRule } from "./layer-call.ts";

/** Layers in which each step of one sequence, the query, reads the steps of another, the values, as much as it fits their keys. */
export const attentionRules: Readonly<Record<string, LayerRule>> = {
  /** With several projections of all of them at once (Vaswani et al., 2017, Attention is all you need). */
  MultiHeadAttention(call) {
    const { query, value, key } = readsOf(call);
    const { config } = call;
    const heads = config["num_heads"] as number;
    const keyDim = config["key_dim"] as number;
    const valueDim = (config["value_dim"] as number | null | undefined) ?? keyDim;
    refuseOptions(call);

    const queries = projected(call, "query", query, heads, keyDim, [0, 2, 1, 3]);
    const keys = projected(call, "key", key, heads, keyDim, [0, 2, 3, 1]);
    const values = projected(call, "value", value, heads, valueDim, [0, 2, 1, 3]);
    const scaled = call.add("Mul", [queries, call.scalar(1 / Math.sqrt(keyDim))]);
    const scores = call.add("MatMul", [scaled, keys]);
    const weights = attentionWeights(call, scores, { query, value, key }, heads);
    const read = call.add("MatMul", [weights, values]);

    const steps = call.add("Transpose", [read], { perm: { ints: [0, 2, 1, 3] } });
    const side = call.add("Reshape", [steps, call.whole("side by side", [0, 0, heads * valueDim])]);
    const width = call.parameter("attention_output/kernel").shape.at(-1)!;
    const kernel = call.parameter("attention_output/kernel", undefined, [heads * valueDim, width]).name;
    const product = call.add("MatMul", [side, kernel]);
    const output =
      config["use_bias"] === false
        ? product
        : call.add("Add", [product, call.parameter("attention_output/bias").name]);
    return resultOf(query, output, width);
  },

  /** By the products of queries and keys (Luong), or by a tanh of their sums. */
  Attention(call) {
    const reads = readsOf(call);
    const scale = call.config["use_scale"] === true ? call.parameter("scale").name : undefined;
    const times = (value: string) => (scale === undefined ? value : call.add("Mul", [value, scale]));
    if (call.config["score_mode"] === "concat") {
      const sums = summed(call, times(sumsOf(call, reads.query, reads.key)));
      return attended(call, reads, call.add("Mul", [sums, call.parameter("concat_score_weight").name]));
    }
    const keys = call.add("Transpose", [reads.key.name], { perm: { ints: [0, 2, 1] } });
    return attended(call, reads, times(call.add("MatMul", [reads.query.name, keys])));
  },

  /** By a tanh of the sums of queries and keys, each place with a weight of its own (Bahdanau). */
  AdditiveAttention(call) {
    const reads = readsOf(call);
    const scale = call.config["use_scale"] === false ? undefined : call.parameter("scale").name;
    return attended(call, reads, summed(call, sumsOf(call, reads.query, reads.key), scale));
  },
};

interface Reads {
  readonly query: Value;
  readonly value: Value;
  readonly key: Value;
}

/** What it is applied to: query, value and, where it is not the value, key. */
function readsOf(call: LayerCall): Reads {
  const { length } = call.inputs;
  if (length < 2 || length > 3)
    call.unsupported(`is applied to ${length} tensors, and reads query and value.`);
  const given = call.inputs.map((one) => ({ ...one, ...call.layouts.asInKeras(one) }));
  if (given.some(({ shape }) => shape.length !== 2))
    call.unsupported("is applied to tensors that are no sequences of vectors.");
  const [query, value, key = value] = given as [Value, Value, Value?];
  return { query, value, key };
}

function refuseOptions(call: LayerCall): void {
  const { config } = call;
  const axes = config["attention_axes"] as readonly number[] | null | undefined;
  if (axes != null && [axes].flat().join() !== "1")
    call.unsupported("attends along other axes than the steps.");
  if (config["use_gate"] === true) call.unsupported("has a gate.");
  if (config["sliding_window"] != null) call.unsupported("looks through a sliding window.");
}

/** `[rows, steps, width]` times a kernel `[width, heads, size]`, its heads apart and the axes in this order. */
function projected(
  call: LayerCall,
  which: string,
  from: Value,
  heads: number,
  size: number,
  order: readonly number[],
): string {
  const width = call.channels(from);
  const kernel = call.parameter(`${which}/kernel`, undefined, [width, heads * size]).name;
  const product = call.add("MatMul", [from.name, kernel]);
  const biased =
    call.config["use_bias"] === false
      ? product
      : call.add("Add", [product, call.parameter(`${which}/bias`, undefined, [heads * size]).name]);
  const apart = call.add("Reshape", [biased, call.whole("heads", [0, 0, heads, size])]);
  return call.add("Transpose", [apart], { perm: { ints: order } });
}

/** tanh(query + key) of each step of one and each of the other: `[rows, query steps, key steps, width]` before the tanh. */
function sumsOf(call: LayerCall, query: Value, key: Value): string {
  const queries = call.add("Unsqueeze", [query.name, call.whole("axes", [2])]);
  const keys = call.add("Unsqueeze", [key.name, call.whole("axes", [1])]);
  return call.add("Add", [queries, keys]);
}

function summed(call: LayerCall, sums: string, scale?: string): string {
  const bent = call.add("Tanh", [sums]);
  const weighted = scale === undefined ? bent : call.add("Mul", [bent, scale]);
  return call.add("ReduceSum", [weighted, call.whole("axes", [3])], { keepdims: { int: 0 } });
}

/** The values, each step's as much as its score says; nothing for queries that are passed over. */
function attended(call: LayerCall, reads: Reads, scores: string): Value {
  const { query, value } = reads;
  const weights = attentionWeights(
    call,
    scores,
    { ...reads, query: { ...query, mask: undefined } },
    undefined,
  );
  let output = call.add("MatMul", [weights, value.name]);
  if (query.mask !== undefined)
    output = call.add("Mul", [output, call.add("Unsqueeze", [query.mask, call.whole("axes", [2])])]);
  return resultOf(query, output, call.channels(value));
}

/** Scores `[rows, (heads,) query steps, value steps]` as shares of 1, without steps that are passed over, some dropped in training. */
function attentionWeights(
  call: LayerCall,
  scores: string,
  {
    query,
    value,
    key,
  }: { query: Omit<Value, "mask"> & { mask?: string | undefined }; value: Value; key: Value },
  heads: number | undefined,
): string {
  const { config, variables } = call;
  const lead = heads === undefined ? [] : [1];
  const spread = (mask: string | undefined, axes: readonly number[]) =>
    mask === undefined ? [] : [call.add("Unsqueeze", [mask, call.whole("axes", axes)])];
  const steps = query.shape[0] ?? null;
  const read = value.shape[0] ?? null;
  const known = () => {
    if (steps === null || read === null) call.unsupported("is applied to sequences of any length.");
    return [steps, read] as const;
  };
  const masks = [
    ...spread(query.mask, [...lead, 2 + lead.length]),
    ...spread(value.mask, [...lead, 1 + lead.length]),
    ...(key.name === value.name || heads === undefined ? [] : spread(key.mask, [...lead, 1 + lead.length])),
    ...(config["use_causal_mask"] === true ? [causalMask(call, ...known())] : []),
  ];
  const mask = masks.reduce<string | undefined>(
    (all, one) => (all === undefined ? one : call.add("Mul", [all, one])),
    undefined,
  );
  const rate = Number(config["dropout"] ?? 0);
  let weights: string;
  if (mask === undefined) weights = call.add("Softmax", [scores], { axis: { int: -1 } });
  else {
    const far = call.add("Mul", [call.add("Sub", [mask, call.scalar(1)]), call.scalar(1e9)]);
    const kept = call.add("Add", [call.add("Mul", [scores, mask]), far]);
    weights = call.add("Softmax", [kept], { axis: { int: -1 } });
    // A query that is passed over reads the mean of all, in Keras 3.15, or nothing where there is a dropout.
    if (rate > 0 && heads !== undefined) weights = call.add("Mul", [weights, mask]);
  }
  if (variables?.training !== true || rate === 0) return weights;
  const shape = [...(heads === undefined ? [] : [heads]), ...known()];
  return variables.math.mul(weights, variables.draw(call.name, { kind: "keep", rate }, shape));
}

/** 1 where a step is not behind the one that looks. */
function causalMask(call: LayerCall, steps: number, read: number): string {
  return call.constant(`causal ${steps}×${read}`, [steps, read], () =>
    Float32Array.from({ length: steps * read }, (_, i) => (i % read <= Math.floor(i / read) ? 1 : 0)),
  );
}

/** Steps of the query that are passed over are so behind it. */
function resultOf(query: Value, name: string, width: number): Value {
  const { mask } = query;
  const result = { name, shape: [query.shape[0]!, width], channelsFirst: false };
  return mask === undefined ? result : { ...result, mask };
}
