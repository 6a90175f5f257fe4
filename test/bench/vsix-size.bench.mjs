// Size of the package for linux-x64, and what it is made of: goal 35 MB at most.
import { unzipSync } from "fflate";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import { packageExtension } from "../../scripts/package.mjs";

const GOAL = 35e6;
const PARTS = [
  ["ONNX Runtime", /\/node_modules\/onnxruntime/],
  ["sharp with libvips", /\/node_modules\/(?!kspec-tsplugin)/],
  ["TypeScript's parser", /\/(dist\/typescript\.js|node_modules\/kspec-tsplugin\/)/],
  ["TensorFlow.js with WebAssembly", /\/dist\/(tfjs\.js|wasm\/)/],
  ["digits, and the base that reads them", /\/(dist\/digits|media\/digits_base)/],
  ["KSpec", /./],
];

const folder = mkdtempSync(path.join(tmpdir(), "kspec-size-"));
try {
  const { file, bytes } = await packageExtension({ target: "linux-x64", folder });
  const sizes = new Map(PARTS.map(([name]) => [name, 0]));
  for (const [name, content] of Object.entries(unzipSync(readFileSync(file)))) {
    const part = PARTS.find(([, files]) => files.test(`/${name}`))[0];
    sizes.set(part, sizes.get(part) + deflateRawSync(content).length);
  }
  const line = (name, size) => `| ${name} | ${(size / 1e6).toFixed(2)} |`;
  console.log(
    [
      "| linux-x64, compressed | MB |",
      "|---|---|",
      ...[...sizes].map(([name, size]) => line(name, size)),
      line("**package**", bytes),
    ].join("\n"),
  );
  console.log(`\nGoal: at most ${GOAL / 1e6} MB. ${bytes <= GOAL ? "Reached." : "Missed."}`);
  process.exitCode = bytes <= GOAL ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
