import { createHash } from "node:crypto";

/** A hash of everything given, in order; objects by their JSON. Parts are kept apart, so ("ab", "c") is not ("a", "bc"). */
export function fingerprint(...parts: readonly (string | Uint8Array | object)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes =
      part instanceof Uint8Array
        ? part
        : Buffer.from(typeof part === "string" ? part : JSON.stringify(part), "utf8");
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex").slice(0, 32);
}

/** The digest of an image that is in no file of its own: of its pixels, row by row, channels last, and of its sizes. */
export function pixelDigest(pixels: Uint8Array, shape: readonly [number, number, number]): string {
  return fingerprint("pixels", shape, pixels);
}
