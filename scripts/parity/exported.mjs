/**
 * `npm run parity -- exported`: fits models, exports them with `kspec export --to onnx`, and has Python's onnxruntime predict the raw
 * data that `kspec predict` predicts, in a venv of its own. onnx.checker looks at every file. A minute or two.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { ensureBuilt } from "../bootstrap/install.mjs";
import { pythonVenv } from "../python-venv.mjs";

const root = path.join(import.meta.dirname, "../..");
const folder = path.join(root, ".tmp/parity/exported");
const assets = path.resolve(root, process.env.KSPEC_TEST_ASSETS ?? "../shared/assets");

/**
 * Fits, exports and predicts each, and lets Python compare.
 *
 * @returns {Promise<boolean>} whether all are the same
 */
export async function compareExported() {
  const python = pythonVenv("parity-exported", ["onnxruntime", "onnx", "pillow"]);
  ensureBuilt();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), "{}");

  const cases = [await digits(), flowers(), await sizes(), onnxBase(), measures()];
  if (existsSync(assets)) cases.push(photos());
  else console.log(`A frozen MobileNet is left out: its real weights are not there (${assets}).`);
  writeFileSync(path.join(folder, "cases.json"), JSON.stringify(cases));
  const script = path.join(import.meta.dirname, "exported.py");
  return spawnSync(python, ["-B", script, folder], { stdio: "inherit" }).status === 0;
}

/** The embedded example; pictures of its test rows are what is predicted. */
async function digits() {
  cpSync(path.join(root, "examples/digits_transfer.kspec.ts"), path.join(folder, "digits.kspec.ts"));
  return made("digits", (run) => path.join(run, "images"));
}

function flowers() {
  const fixtures = path.join(root, "test/fixtures/specs");
  for (const file of ["flowers.kspec.ts", "activation.ts", "flowers.csv"])
    cpSync(path.join(fixtures, file), path.join(folder, file));
  return made("flowers", () => "flowers.csv");
}

/** Coloured noise in every size from 9 to 190 pixels: sharp edges everywhere, which resizing must treat alike. */
async function sizes() {
  cpSync(path.join(import.meta.dirname, "exported/sizes.kspec.ts"), path.join(folder, "sizes.kspec.ts"));
  const random = numbers(7);
  for (let i = 0; i < 40; i++) {
    const [height, width] = [9 + Math.floor(random() * 182), 9 + Math.floor(random() * 182)];
    const colour = [random() * 128, random() * 128, random() * 128];
    const pixels = Uint8Array.from(
      { length: height * width * 3 },
      (_, at) => colour[at % 3] + random() * 128,
    );
    const file = path.join(folder, "noise", colour[0] > colour[1] ? "red" : "green", `${i}.png`);
    mkdirSync(path.dirname(file), { recursive: true });
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(file);
  }
  return made("sizes", () => "noise");
}

/** The same images, in front of a network that came from another tool. */
function onnxBase() {
  const base = path.join(root, "test/fixtures/parity/onnx/nchw-opset21.onnx");
  cpSync(base, path.join(folder, "base.onnx"));
  cpSync(
    path.join(import.meta.dirname, "exported/onnx_base.kspec.ts"),
    path.join(folder, "onnx_base.kspec.ts"),
  );
  return made("onnx_base", () => "noise");
}

function measures() {
  cpSync(
    path.join(import.meta.dirname, "exported/measures.kspec.ts"),
    path.join(folder, "measures.kspec.ts"),
  );
  const random = numbers(11);
  const zones = ["harbour", "old town", 'the "new" one', "Ü-Bahn"];
  const rows = Array.from({ length: 80 }, () => {
    const [area, year, zone] = [random() * 200, 2005 + Math.floor(random() * 6), Math.floor(random() * 4)];
    const price = area * (1 + zone) + (year - 2005) * 10;
    const name = `"${zones[zone].replaceAll('"', '""')}"`;
    return [area.toFixed(3), year, name, price.toFixed(2), price > 250 ? "yes" : "no"].join();
  });
  writeFileSync(path.join(folder, "measures.csv"), ["area,year,zone,price,sold", ...rows, ""].join("\n"));
  return made("measures", () => "measures.csv");
}

/** A frozen base with real weights, inside the exported file. */
function photos() {
  cpSync(path.join(root, "examples/photos_transfer.kspec.ts"), path.join(folder, "photos.kspec.ts"));
  for (const label of ["cat", "ship", "truck"])
    for (const file of readdirSync(path.join(assets, "cifar10/train", label)).slice(0, 12))
      cpSync(path.join(assets, "cifar10/train", label, file), path.join(folder, "photos", label, file));
  return made("photos", () => "photos");
}

/** @param data What is predicted, given the run's folder. */
function made(name, data) {
  console.log(`… ${name}`);
  kspec("fit", `${name}.kspec.ts`, "--seed", "1", "--runs", path.join(folder, "runs"));
  const run = path.join(folder, "runs", readdirSync(path.join(folder, "runs")).sort().at(-1));
  const what = data(run);
  kspec("export", run, "--to", "onnx", "--out", `${name}.onnx`);
  kspec("predict", run, what, "--out", `${name}-predictions.csv`);
  return { name, onnx: `${name}.onnx`, predictions: `${name}-predictions.csv` };
}

function kspec(...args) {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "dist/cli.js"), ...args], {
    cwd: folder,
    env: { ...process.env, KSPEC_MIRROR: assets, KSPEC_CACHE: path.join(folder, "cache") },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`kspec ${args.join(" ")} ended with ${status}:\n${stderr}`);
}

/** The same numbers from 0 to 1 on every machine. */
function numbers(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
