import { adam } from "./adam.ts";
import type { MakeRule } from "./rule.ts";

/** Loshchilov and Hutter's Adam with decoupled weight decay (`keras.optimizers.AdamW`): 0.004 when nothing is said. */
export const adamw: MakeRule = (options) => ({ ...adam(options), weightDecay: 0.004 });
