import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";

/**
 * Files of a `.tar.gz`, by the last part of their names, in memory. Nothing is written to disk, so names in the archive cannot
 * lead anywhere.
 *
 * @throws Error where the archive is damaged or a file is not in it.
 */
export async function readArchive(
  file: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const wanted = new Set(names);
  const found = new Map<string, Uint8Array>();
  const unpack = extract();
  unpack.on("entry", (header, stream, next) => {
    const name = header.name.split("/").at(-1)!;
    const chunks: Buffer[] = [];
    const keep = header.type === "file" && wanted.has(name);
    stream.on("data", (chunk) => {
      if (keep) chunks.push(chunk as Buffer);
    });
    stream.on("end", () => {
      if (keep) found.set(name, Buffer.concat(chunks));
      next();
    });
    stream.resume();
  });
  await pipeline(createReadStream(file), createGunzip(), unpack, ...(signal ? [{ signal }] : []));
  const absent = names.find((name) => !found.has(name));
  if (absent !== undefined) throw new Error(`it has no file ${absent}`);
  return found;
}
