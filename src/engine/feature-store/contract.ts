/** Features of frozen bases on this computer's disk, shared by all that this user fits (`kspec cache`). */
export interface FeatureStore {
  readonly folder: string;
  /**
   * The features of one frozen prefix.
   *
   * @param key 32 hexadecimal digits of its architecture and weights.
   * @param length float32 values that it gives for one entry.
   * @param about what `kspec cache` calls it: "resnet50 for 32×32×3, 2048 values".
   */
  open(key: string, length: number, about: string): Promise<Shelf>;
}

/** The features of one frozen prefix, by what they are made from (`StreamedColumn.digests`). */
export interface Shelf {
  has(digest: string): boolean;
  /**
   * Copies features into `into`, those of `digests[i]` at `i * length`.
   *
   * @returns for each whether it is there. What is damaged, or was removed meanwhile, is not: it is forgotten, and computed again.
   */
  read(digests: readonly string[], into: Float32Array): Promise<boolean[]>;
  /**
   * Keeps features. When this returns, a process that is killed afterwards loses none of them.
   *
   * @throws UserError when the disk is full or the folder cannot be written: the fit goes on without.
   */
  write(digests: readonly string[], values: Float32Array): Promise<void>;
  /** Facts that were established once and hold for this prefix on this computer: that ONNX Runtime 1.30 computes what TensorFlow.js does. */
  knows(fact: string): boolean;
  learn(fact: string): Promise<void>;
  /** How many entries were found damaged so far. */
  readonly damaged: number;
  /** Lets go of its files, and removes what has not been used for longest where the store is above its limit. */
  close(): Promise<void>;
}
