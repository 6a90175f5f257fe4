import { loadSharp } from "./decode-image.ts";
import type { Picture } from "./table.ts";

/** One image as a PNG file's bytes, as it was read: for the examples that a run keeps. */
export async function encodePng(image: Picture): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { height, width, channels } = image;
  const pixels = await image.read();
  const png = sharp(pixels, { raw: { width, height, channels: channels === 1 ? 1 : 3 } });
  return (channels === 1 ? png.toColourspace("b-w") : png).png().toBuffer();
}
