import type { Image } from "../table.ts";

/** The same image in grey (1) or colour (3). Grey is the weighted sum that Pillow and Keras use for mode "L". */
export function withChannels(image: Image, channels: number): Image {
  if (image.channels === channels) return image;
  const change = channels === 1 ? toGrey : toColour;
  return {
    id: image.id,
    height: image.height,
    width: image.width,
    channels,
    read: async () => change(await image.read()),
    digest: () => image.digest(),
  };
}

function toColour(grey: Uint8Array): Uint8Array {
  const colour = new Uint8Array(grey.length * 3);
  for (let pixel = 0; pixel < grey.length; pixel++) colour.fill(grey[pixel]!, pixel * 3, pixel * 3 + 3);
  return colour;
}

function toGrey(colour: Uint8Array): Uint8Array {
  const grey = new Uint8Array(colour.length / 3);
  for (let pixel = 0; pixel < grey.length; pixel++) {
    const [red, green, blue] = colour.subarray(pixel * 3, pixel * 3 + 3);
    grey[pixel] = Math.floor((red! * 19595 + green! * 38470 + blue! * 7471 + 0x8000) / 65536);
  }
  return grey;
}
