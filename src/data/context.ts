/** What reading data needs to know of the world, and whom it tells. */
export interface DataContext {
  /** Relative paths in a spec start here. */
  readonly specFolder: string;
  readonly signal?: AbortSignal;
  /** `total` is null where nobody knows it. */
  readonly onProgress?: (
    done: number,
    total: number | null,
    unit: "images" | "rows" | "bytes" | "files",
  ) => void;
  /** Something the user should know that is no failure: files passed over, an odd header. */
  readonly onNote?: (severity: "warning" | "information", code: string, message: string) => void;
  /** Keras's folder of downloads; default `$KERAS_HOME`, else `~/.keras`. */
  readonly keras_home?: string;
  /** Folders or URLs asked before the official addresses, besides those in `KSPEC_MIRROR`. */
  readonly mirrors?: readonly string[];
  /** Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}
