/**
 * `npm run bench:peers [-- NAME…]`: KSpec beside Keras with TensorFlow, PyTorch and ONNX Runtime, which it installs from PyPI in a venv of
 * its own (PyTorch brings the libraries of graphics cards: some GB, once). The parts are the files of test/bench/peers that are imported
 * below. Says at the end which goals were missed, and then ends with 1.
 *
 *   --quick      a few turns on little data: whether everything works, not how long it takes
 *   --no-build   measures dist/ as it is
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { machine } from "../test/bench/machine.mjs";
import * as accuracy from "../test/bench/peers/accuracy.mjs";
import * as folder from "../test/bench/peers/folder.mjs";
import * as forward from "../test/bench/peers/forward.mjs";
import * as mobilenet from "../test/bench/peers/mobilenet.mjs";
import * as seedJob from "../test/bench/peers/seed-job.mjs";
import * as training from "../test/bench/peers/training.mjs";
import * as tuning from "../test/bench/peers/tuning.mjs";
import { pythonVenv, TENSORFLOW } from "./python-venv.mjs";

const PARTS = { forward, "seed-job": seedJob, folder, mobilenet, accuracy, training, tuning };

const root = path.join(import.meta.dirname, "..");
const scratch = path.join(root, ".tmp/peers");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, "no-build": { type: "boolean", default: false } },
});
const strangers = positionals.filter((name) => !(name in PARTS));
if (strangers.length > 0) {
  console.error(`There is no ${strangers.join(", ")}. Parts: ${Object.keys(PARTS).join(", ")}.`);
  process.exit(2);
}

const python = pythonVenv("peers", ["keras==3.15.1", TENSORFLOW, "torch", "onnxruntime", "pillow"]);
if (!values["no-build"]) node("esbuild.mjs", "--production");
// Keras's files with made contents: the network has the published shapes, and no network is needed.
const mirror = path.join(scratch, "mirror");
if (!existsSync(path.join(mirror, "SHA256SUMS"))) node("scripts/make-mirror.mjs", mirror);

const missed = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n## ${name}: ${part.about}`);
  missed.push(
    ...(await part.run({ root, python, mirror, folder: path.join(scratch, name), quick: values.quick })),
  );
  console.log(`\n${machine()}`);
}
for (const goal of missed) console.log(`\nMissed: ${goal}.`);
process.exit(missed.length > 0 ? 1 : 0);

function node(script, ...args) {
  execFileSync(process.execPath, [path.join(root, script), ...args], { cwd: root, stdio: ["ignore", 2, 2] });
}
