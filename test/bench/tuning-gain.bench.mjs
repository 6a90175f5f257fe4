/**
 * What tuning is worth: test accuracy of the two examples that tune a head (30 candidates on 5 folds), beside the same head with
 * kerasnip's defaults, means of three seeds. The photos are CIFAR-10's, with the published weights; left out where they are not.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { printTable } from "./interleaved.mjs";
import { fit, scratchFolder, tune } from "./kspec-process.mjs";
import { machine } from "./machine.mjs";
import { assetsFolder } from "./mobilenet-spec.mjs";

const SEEDS = [1, 2, 3];
const folder = scratchFolder();
const example = (name) => readFileSync(path.join(import.meta.dirname, "../../examples", name), "utf8");
const assets = assetsFolder();
const specs = {
  "digits_tune.kspec.ts": example("digits_tune.kspec.ts"),
  ...(assets === undefined
    ? {}
    : {
        "photos_tune.kspec.ts": example("photos_tune.kspec.ts").replace(
          'datasets.image_folder("photos", { test: 0.25, seed: 1 })',
          `datasets.image_folder(${JSON.stringify(path.join(assets, "cifar10"))})`,
        ),
      }),
};
const env = {
  KSPEC_CACHE: path.join(folder, "cache"),
  ...(assets === undefined ? {} : { KSPEC_MIRROR: assets }),
};

const rows = [];
for (const [name, text] of Object.entries(specs)) {
  // The same head, whose blocks have defaults for all that is marked.
  const untuned = `${text.slice(0, text.indexOf("const parameters ="))}export default wf;\n`.replaceAll(
    /\w+: tune\(\), /g,
    "",
  );
  const [defaults, tuned] = [[], []];
  for (const seed of SEEDS) {
    defaults.push(fit({ text: untuned, folder, seed, env }).accuracy);
    tuned.push(accuracyOf((await tune({ text, folder, seed, workers: 2, env })).events));
  }
  rows.push([
    name,
    ...[defaults, tuned].flatMap((all) => [
      mean(all).toFixed(3),
      all.map((one) => one.toFixed(3)).join(", "),
    ]),
  ]);
}
printTable(["example", "defaults", "each seed", "tuned", "each seed"], rows);
console.log(`\n${machine()}`);

/** Of the test rows, by the last fit. */
function accuracyOf(events) {
  const { metrics } = events.findLast(({ type, set }) => type === "metrics" && set === "test");
  return metrics.find((row) => row[".metric"] === "accuracy")[".estimate"];
}

function mean(all) {
  return all.reduce((sum, one) => sum + one, 0) / all.length;
}
