import { NativeThread, type KeptTensor, type TensorValues } from "../native/thread.ts";

/** Tensors that lie with ONNX Runtime's thread for several trials, by name. */
export class KeptTensors {
  readonly #tensors = new Map<string, Promise<KeptTensor>>();
  #thread: NativeThread | undefined;
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * One of them, which the caller lets go of when it has done.
   *
   * @param make Its values, which belong to the thread from then on.
   */
  async hold(name: string, dims: readonly number[], make: () => TensorValues): Promise<KeptTensor> {
    const thread = NativeThread.get();
    // Those of a thread that has ended are gone.
    if (this.#thread !== thread) {
      this.#tensors.clear();
      this.#bytes = 0;
      this.#thread = thread;
    }
    let tensor = this.#tensors.get(name);
    if (tensor === undefined) {
      const values = make();
      this.#bytes += values.byteLength;
      tensor = thread.keep(values, dims);
      this.#tensors.set(name, tensor);
    }
    return (await tensor).hold();
  }

  release(): void {
    // A thread that has ended holds nothing.
    for (const tensor of this.#tensors.values())
      tensor.then(
        (kept) => kept.letGo(),
        () => undefined,
      );
    this.#tensors.clear();
    this.#bytes = 0;
  }
}
