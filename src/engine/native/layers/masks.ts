import type { Value } from "../value.ts";
import { like, type LayerCall, type LayerRule } from "./layer-call.ts";

/**
 * Writes a layer behind a mask. A mask goes from layer to layer beside the values, and a layer that reads the values of other steps, or
 * puts them elsewhere, has to mind it: recurrent layers do.
 */
export function throughMask(call: LayerCall, rule: LayerRule): Value {
  if (call.inputs.every(({ mask }) => mask === undefined) || MINDS_MASKS.has(call.class_name))
    return rule(call);
  if (!STEP_BY_STEP.has(call.class_name))
    call.unsupported(
      "reads a sequence of which steps are passed over (behind Masking, or an Embedding with mask_zero).",
    );
  const { mask } = call.input;
  const output = rule(call);
  return mask === undefined ? output : { ...output, mask };
}

/** Layers that leave each step where it is and look at no other. */
const STEP_BY_STEP: ReadonlySet<string> = new Set([
  ...["Dense", "Activation", "ReLU", "PReLU"],
  ...["BatchNormalization", "LayerNormalization"],
  ...["Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "AlphaDropout"],
  "TimeDistributed",
]);

const MINDS_MASKS: ReadonlySet<string> = new Set([
  ...["LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"],
  ...["MultiHeadAttention", "Attention", "AdditiveAttention"],
  "Masking",
]);

/** Steps whose values all are `mask_value` become 0 and are passed over. */
const masking: LayerRule = (call) => {
  const input = call.layouts.asInKeras(call.input);
  const last = call.whole("last", [-1]);
  const value = call.scalar((call.config["mask_value"] as number | undefined) ?? 0);
  const differs = call.add("Not", [call.add("Equal", [input.name, value])]);
  const numbers = call.add("Cast", [differs], { to: { int: 1 } });
  const any = call.add("ReduceMax", [numbers, last]);
  const name = call.add("Mul", [input.name, any]);
  const shape = [...input.shape];
  return { ...like(input, name, shape), mask: call.add("Squeeze", [any, last]) };
};

export const maskRules: Readonly<Record<string, LayerRule>> = { Masking: masking };
