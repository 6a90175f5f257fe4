import type { Image, Picture, Table } from "../data/table.ts";

/** At most so many examples of a run, and so many pixels along the longer side of each. */
const MOST = 120;
const SIDE = 128;

/**
 * Which rows to show: every kind of mistake comes before a second one of the same kind, wrong rows
 * fill at most half of the places, and the rows keep their order.
 *
 * @param truth codes of classes, -1 where it is missing. @param estimate codes of classes.
 */
export function chooseExamples(truth: ArrayLike<number>, estimate: ArrayLike<number>, most = MOST): number[] {
  const wrong = new Map<string, number[]>();
  const right = new Map<string, number[]>();
  for (let row = 0; row < truth.length; row++) {
    const cells = truth[row] === estimate[row] ? right : wrong;
    const cell = `${truth[row]} ${estimate[row]}`;
    const rows = cells.get(cell);
    if (rows === undefined) cells.set(cell, [row]);
    else rows.push(row);
  }
  const chosen = inTurn([...wrong.values()], most / 2);
  return [...chosen, ...inTurn([...right.values()], most - chosen.length)].sort((a, b) => a - b);
}

/** One of each, then a second of each, … */
function inTurn(lists: readonly (readonly number[])[], most: number): number[] {
  const taken: number[] = [];
  for (let turn = 0; taken.length < most; turn++) {
    const round = lists.filter((list) => turn < list.length).map((list) => list[turn]!);
    if (round.length === 0) break;
    taken.push(...round.slice(0, most - taken.length));
  }
  return taken;
}

/** The pictures of a table; undefined where it has none, or several. */
export function imagesOf(table: Table): readonly Image[] | undefined {
  const columns = [...table.columns.values()].filter((column) => column.kind === "image");
  return columns.length === 1 ? columns[0]!.images : undefined;
}

/** A picture as PNG, made smaller where it is large. */
export async function thumbnail(image: Picture, side = SIDE): Promise<Uint8Array> {
  const pixels = await image.read();
  const { height, width, channels } = image;
  const scale = Math.min(1, side / Math.max(height, width));
  const size = {
    height: Math.max(1, Math.round(height * scale)),
    width: Math.max(1, Math.round(width * scale)),
  };
  const data = scale === 1 ? pixels : shrink(pixels, { height, width, channels }, size);
  const { encodePng } = await import("../data/index.ts");
  return encodePng({ ...size, channels, read: () => Promise.resolve(data) });
}

/** Each new pixel is the mean of the old ones it covers: good enough to look at, never to compute with. */
function shrink(
  pixels: Uint8Array,
  from: { height: number; width: number; channels: number },
  to: { height: number; width: number },
): Uint8Array {
  const { channels } = from;
  const small = new Uint8Array(to.height * to.width * channels);
  const edge = (index: number, old: number, now: number) => Math.floor((index * old) / now);
  for (let y = 0; y < to.height; y++) {
    const [top, bottom] = [edge(y, from.height, to.height), edge(y + 1, from.height, to.height)];
    for (let x = 0; x < to.width; x++) {
      const [left, right] = [edge(x, from.width, to.width), edge(x + 1, from.width, to.width)];
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let row = top; row < bottom; row++)
          for (let column = left; column < right; column++)
            sum += pixels[(row * from.width + column) * channels + channel]!;
        small[(y * to.width + x) * channels + channel] = Math.round(sum / ((bottom - top) * (right - left)));
      }
    }
  }
  return small;
}
