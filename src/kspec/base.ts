import type { ApplicationSource, BaseDescription, FileSource } from "./description.ts";
import { applied, lock, type Tensor } from "./layer.ts";

/**
 * A whole network from elsewhere, used as a layer: what `applications.*` and `load_model` give.
 *
 * ```ts
 * const base = load_model("kspec:digits_base");
 * base.trainable = false;
 * return base.apply(tensor);
 * ```
 */
export interface PretrainedBase extends BaseDescription {
  /** What messages call it: `resnet50`, or the file's name. */
  readonly name: string;
  /** False freezes every layer in it, batch normalisation included. Default true, as in Keras. */
  trainable: boolean;
  /** Puts the network behind one tensor, or behind several when it has several inputs. */
  apply(inputs: Tensor | readonly Tensor[]): Tensor;
}

/** The one class behind `applications.*` and `load_model`: frozen, but for `trainable`. */
export class LoadedBase implements PretrainedBase {
  readonly kind = "base";
  readonly source: ApplicationSource | FileSource;
  trainable = true;
  constructor(source: ApplicationSource | FileSource) {
    this.source = Object.freeze(source);
    lock(this, ["kind", "source"]);
  }
  get name(): string {
    if (this.source.from === "application") {
      const { name } = this.source.options;
      return typeof name === "string" ? name : this.source.name;
    }
    const { path } = this.source;
    return path.startsWith("kspec:") ? path.slice("kspec:".length) : (path.split(/[\\/]/).at(-1) ?? path);
  }
  apply(inputs: Tensor | readonly Tensor[]): Tensor {
    return applied(this, inputs);
  }
}
