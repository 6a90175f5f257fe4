import type { EngineName, ModelDescription, SpecDescription } from "./description.ts";
import { advice, readOptions } from "./known-options.ts";
import { lock, named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

/** Names that `set_engine` takes. "keras" is kerasnip's, and means "auto". */
export type SettableEngine = EngineName | "keras";

export interface EngineOptions {
  /** The same as the argument `fit_verbose`. */
  verbose?: 0 | 1 | 2;
}

/** A spec with its arguments: what goes into a workflow. */
export interface Model<Arguments = object> extends ModelDescription {
  readonly kind: "model";
  /**
   * Says what computes the model. "auto", the default, takes the fastest there is; "tensorflow" and "wasm" are
   * TensorFlow.js with native TensorFlow and without, "native" is ONNX Runtime.
   */
  set_engine(engine: SettableEngine, options?: EngineOptions): Model<Arguments>;
  /** The same model with some arguments changed. */
  update(args: Partial<Arguments>): Model<Arguments>;
  /** Another name of `update`. */
  set_args(args: Partial<Arguments>): Model<Arguments>;
}

const engines: readonly SettableEngine[] = ["auto", "keras", "native", "tensorflow", "wasm"];

/** The one class behind all models; it is frozen, and its methods give new ones. */
export class SpecModel implements Model<Record<string, unknown>> {
  readonly kind = "model";
  readonly spec: SpecDescription;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly engine: EngineName;
  constructor(spec: SpecDescription, args: unknown, engine: EngineName = "auto") {
    this.spec = spec;
    this.arguments = readArguments(`${spec.model_name}()`, args);
    this.engine = engine;
    lock(this, ["kind", "spec", "arguments", "engine"]);
  }
  set_engine(engine: SettableEngine, options?: EngineOptions): SpecModel {
    if (!engines.includes(engine))
      throw new SpecError(
        "unknown-engine",
        `No engine is named ${typeof engine === "string" ? `"${engine}"` : named(engine)}. ${advice(String(engine), engines)}`,
      );
    const { verbose } = readOptions("set_engine", { verbose: "optional" }, options);
    const changed = verbose === undefined ? this.arguments : { ...this.arguments, fit_verbose: verbose };
    return new SpecModel(this.spec, changed, engine === "keras" ? "auto" : engine);
  }
  update(args: Record<string, unknown>): SpecModel {
    return new SpecModel(this.spec, { ...this.arguments, ...readArguments("update()", args) }, this.engine);
  }
  set_args(args: Record<string, unknown>): SpecModel {
    return new SpecModel(this.spec, { ...this.arguments, ...readArguments("set_args()", args) }, this.engine);
  }
}

/** Whether an argument exists and fits is a rule about the spec, and told where all rules are. */
function readArguments(where: string, args: unknown): Readonly<Record<string, unknown>> {
  if (args === undefined) return Object.freeze({});
  if (typeof args !== "object" || args === null || Array.isArray(args))
    throw new SpecError(
      "arguments-not-an-object",
      `${where} takes one object of arguments ({ fit_epochs: 5 }), and got ${named(args)}.`,
    );
  return Object.freeze(Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)));
}
