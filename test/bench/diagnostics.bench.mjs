/**
 * How long it takes from a text to its diagnostics, beside TypeScript's bare parse of the same text, for specs of 10,
 * 200 and 2,000 blocks. Both are measured in one process, in turns, so that a busy machine slows both. `npm run bench`.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { build } from "esbuild";

const GOAL = 2;
const root = path.resolve(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);

const cache = path.join(root, "node_modules/.cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(path.join(cache, "kspec-bench-"));
const file = path.join(folder, "language.cjs");
await build({
  entryPoints: [path.join(root, "src/language/index.ts")],
  outfile: file,
  bundle: true,
  platform: "node",
  format: "cjs",
  external: ["typescript"],
});
const { diagnose } = require(file);
const ts = require("typescript");
rmSync(folder, { recursive: true });

const rows = [10, 200, 2000].flatMap((blocks) =>
  [
    ["right", spec(blocks)],
    ["mistakes", spec(blocks, Math.max(1, Math.floor(blocks / 40)))],
  ].map(([name, text]) => measure(blocks, name, text)),
);
console.log(`Text to diagnostics, median of each; goal: at most ${GOAL} × TypeScript's bare parse.\n`);
console.log("blocks  text         kB   bare parse  diagnostics  ratio  problems");
for (const { blocks, name, size, parse, full, problems } of rows)
  console.log(
    [
      String(blocks).padStart(6),
      name.padEnd(11),
      (size / 1000).toFixed(0).padStart(4),
      `${parse.toFixed(2)} ms`.padStart(11),
      `${full.toFixed(2)} ms`.padStart(12),
      `${(full / parse).toFixed(2)}`.padStart(6),
      String(problems).padStart(9),
    ]
      .join("  ")
      .replaceAll("   ", "  "),
  );

function measure(blocks, name, text) {
  const times = { parse: [], full: [] };
  const rounds = blocks > 1000 ? 40 : 200;
  let problems = 0;
  for (let round = 0; round < rounds * 1.5; round++) {
    // A text is remembered as long as it stays the same; here it changes as it does while somebody types.
    const changed = `${text}// ${round}`;
    const parse = () => ts.createSourceFile("a.kspec.ts", changed, ts.ScriptTarget.ESNext);
    const full = () => (problems = diagnose(changed, "a.kspec.ts").length);
    // Whichever goes second also clears away what the first one left, so they take turns in that.
    const first = round % 2 === 0;
    const [a, b] = [time(first ? parse : full), time(first ? full : parse)];
    // The first third only warms up.
    if (round < rounds / 2) continue;
    times.parse.push(first ? a : b);
    times.full.push(first ? b : a);
  }
  return { blocks, name, size: text.length, parse: median(times.parse), full: median(times.full), problems };
}

function time(work) {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** A spec whose every block has a function of its own; each `every`-th one is wired to a misspelt name. */
function spec(blocks, every = Number.POSITIVE_INFINITY) {
  const names = Array.from({ length: blocks }, (_, index) => `block_${index}`);
  const functions = names.map(
    (name) => `
const ${name}_layers = ({ tensor, units = 32, activation = "relu" }: Block<{ units?: number; activation?: string }>) => {
  const dense = layers.dense({ units, activation });
  return layers.dropout({ rate: 0.2 }).apply(dense.apply(tensor));
};`,
  );
  const entries = names.map((name, index) => {
    const upstream = index === 0 ? "input" : `block_${index - 1}`;
    return `    ${name}: inp_spec(${name}_layers, "${index % every === every - 1 ? `${upstream}x` : upstream}"),`;
  });
  return `import { create_keras_functional_spec, inp_spec, layers, workflow, type Block, type InputBlock } from "kspec";
${functions.join("\n")}
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
${entries.join("\n")}
    output: inp_spec(
      ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
        layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
      "${names.at(-1)}",
    ),
  },
});
export default workflow({ model: network({ block_0_units: 64, fit_epochs: 5 }) });
`;
}
