import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { UserError } from "../../../protocol/index.ts";

/** A file as it was when it was opened. */
export interface FileStamp {
  readonly label: string;
  readonly path: string;
  readonly size: number;
  readonly changed: number;
}

export function stamp(file: string): Pick<FileStamp, "size" | "changed"> {
  const descriptor = openSync(file, "r");
  try {
    const { size, mtimeMs } = fstatSync(descriptor);
    return { size, changed: mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Some bytes of a file that was looked at before.
 *
 * @throws UserError when it is another file by now.
 */
export function readRange(file: FileStamp, offset: number, length: number): Uint8Array {
  const changed = (cause?: unknown) =>
    new UserError(
      "model-changed",
      `${file.label} was changed while it was in use. Leave it as it is until the run ends, and start the run again.`,
      { cause },
    );
  let descriptor: number;
  try {
    descriptor = openSync(file.path, "r");
  } catch (error) {
    throw changed(error);
  }
  try {
    const { size, mtimeMs } = fstatSync(descriptor);
    if (size !== file.size || mtimeMs !== file.changed) throw changed();
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const read = readSync(descriptor, bytes, at, Math.min(length - at, 2 ** 26), offset + at);
      if (read === 0) throw changed();
      at += read;
    }
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}
