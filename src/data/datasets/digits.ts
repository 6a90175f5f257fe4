import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import type { DigitsOptions } from "../../kspec/description.ts";
import { decodeImage } from "../decode-image.ts";
import { fingerprint, pixelDigest } from "../fingerprint.ts";
import { homeFolder } from "../home.ts";
import type { Dataset, Image, Table } from "../table.ts";

/** What `scripts/pack-digits.mjs` writes beside the sprite. */
interface SpriteIndex {
  readonly size: number;
  readonly columns: number;
  readonly classes: readonly { readonly label: string; readonly first: number; readonly count: number }[];
}

/**
 * `datasets.digits()`: 10,000 handwritten digits (MNIST's, grey, 28 × 28) that come with KSpec. Columns `image`, `label`.
 *
 * The classes take turns (5, 6, 7, 8, 9, 5, …), so that a part has as many of each as there are. Training rows are each class's first
 * and test rows each class's last, so that the test rows are the same whatever `train` is, and none is in both. Without `test` a fifth of
 * the rows is for test; without `train` all the rest are for training.
 */
export async function readDigits(options: DigitsOptions, home = homeFolder()): Promise<Dataset> {
  const sprite = await readSprite(home);
  const labels = chosenClasses(options.classes, sprite.index);
  const classes = sprite.index.classes.filter(({ label }) => labels.includes(label));
  const available = classes.reduce((sum, { count }) => sum + count, 0);
  const { train, test } = counts(options, available, labels);
  const testCells = inTurns(classes.map(lastFirst)).slice(0, test);
  const trainCells = inTurns(classes.map((one) => firstOfRest(one, testCells))).slice(0, train);
  const table = (rows: readonly Cell[]): Table => ({
    rows: rows.length,
    columns: new Map([
      ["image", { kind: "image", images: rows.map((cell) => imageOf(cell, sprite)) }],
      [
        "label",
        {
          kind: "nominal",
          levels: labels,
          codes: Int32Array.from(rows, (cell) => labels.indexOf(cell.label)),
        },
      ],
    ]),
  });
  return {
    name: `digits ${labels.length === 10 ? "0–9" : labels.join(", ")}`,
    train: table(trainCells),
    ...(test > 0 ? { test: table(testCells) } : {}),
    fingerprint: fingerprint("digits", sprite.png, { labels, train, test }),
    notes: [],
  };
}

interface Cell {
  readonly label: string;
  /** Within its class. */
  readonly number: number;
  /** In the sprite. */
  readonly position: number;
}

interface Sprite {
  readonly index: SpriteIndex;
  readonly png: Buffer;
  readonly pixels: Uint8Array;
}

async function readSprite(home: string): Promise<Sprite> {
  const file = path.join(home, "dist", "digits.png");
  let png: Buffer, json: string;
  try {
    [png, json] = await Promise.all([
      readFile(file),
      readFile(path.join(home, "dist", "digits.json"), "utf8"),
    ]);
  } catch (error) {
    throw new UserError(
      "digits-missing",
      `The digits that come with KSpec are not at ${file}. In a source tree run "npm run build"; otherwise install the extension again.`,
      { cause: error },
    );
  }
  return { index: JSON.parse(json) as SpriteIndex, png, pixels: await decodeImage(file, 1) };
}

function chosenClasses(classes: readonly number[] | undefined, index: SpriteIndex): string[] {
  const there = index.classes.map(({ label }) => label);
  if (classes === undefined) return there;
  const wanted = classes.map(String);
  const unknown = wanted.find((label) => !there.includes(label));
  if (unknown !== undefined)
    throw new UserError(
      "digits-classes",
      `datasets.digits has no class ${unknown}: the classes are the digits 0 to 9.`,
    );
  const chosen = there.filter((label) => wanted.includes(label));
  if (chosen.length < 2)
    throw new UserError(
      "one-class",
      `datasets.digits is asked for ${chosen.length === 0 ? "no class" : `one class only (${chosen[0]})`}. Name two or more in classes.`,
    );
  return chosen;
}

type DigitClass = SpriteIndex["classes"][number];

const cellsOf = ({ label, first, count }: DigitClass): Cell[] =>
  Array.from({ length: count }, (_, number) => ({ label, number, position: first + number }));

const lastFirst = (one: DigitClass): Cell[] => cellsOf(one).toReversed();

function firstOfRest(one: DigitClass, taken: readonly Cell[]): Cell[] {
  const count = one.count - taken.filter(({ label }) => label === one.label).length;
  return cellsOf({ ...one, count });
}

/** One of each class, again and again; a class that has no more is passed over. */
function inTurns(classes: readonly (readonly Cell[])[]): Cell[] {
  const longest = Math.max(...classes.map((cells) => cells.length));
  return Array.from({ length: longest }, (_, turn) => classes.flatMap((cells) => cells[turn] ?? [])).flat();
}

function counts(options: DigitsOptions, available: number, labels: readonly string[]) {
  for (const option of ["train", "test"] as const) {
    const asked = options[option];
    if (asked !== undefined && (!Number.isInteger(asked) || asked < (option === "train" ? 1 : 0)))
      throw new UserError(
        "digits-count",
        `datasets.digits: ${option} is ${String(asked)}. Give a whole number of images.`,
      );
  }
  const test =
    options.test ?? Math.min(Math.floor(available / 5), Math.max(0, available - (options.train ?? 0)));
  const train = options.train ?? available - test;
  if (train + test > available || train < 1)
    throw new UserError(
      "digits-count",
      `datasets.digits has ${available} images of ${labels.join(", ")}; ${train < 1 ? "none are" : `${train} are`} asked for training and ${test} for test. Ask for at most ${available} together.`,
    );
  return { train, test };
}

function imageOf({ label, number, position }: Cell, { index, pixels }: Sprite): Image {
  const { size, columns } = index;
  const width = columns * size;
  const corner = Math.floor(position / columns) * size * width + (position % columns) * size;
  const cut = () => {
    const image = new Uint8Array(size * size);
    for (let row = 0; row < size; row++)
      image.set(pixels.subarray(corner + row * width, corner + row * width + size), row * size);
    return image;
  };
  return {
    id: `digits/${label}/${String(number).padStart(4, "0")}`,
    height: size,
    width: size,
    channels: 1,
    read: () => Promise.resolve(cut()),
    digest: () => Promise.resolve(pixelDigest(cut(), [size, size, 1])),
  };
}
