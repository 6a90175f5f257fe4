import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { adamw } from "./adamw.ts";
import { ftrl } from "./ftrl.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import { rmsprop } from "./rmsprop.ts";
import type { MakeRule } from "./rule.ts";
import { sgd } from "./sgd.ts";

/** Keras's optimizers by class name, with Keras's defaults. */
export const OPTIMIZERS: ReadonlyMap<string, MakeRule> = new Map(
  Object.entries({
    Adam: adam,
    AdamW: adamw,
    Adamax: adamax,
    Nadam: nadam,
    SGD: sgd,
    RMSprop: rmsprop,
    Adagrad: adagrad,
    Adadelta: adadelta,
    Lion: lion,
    Ftrl: ftrl,
  }),
);
