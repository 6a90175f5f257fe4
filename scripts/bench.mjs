/**
 * `npm run bench [-- NAME…]`: runs the benchmarks of test/bench one after the other and prints their
 * tables. A name picks those whose file name starts with it.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";

const folder = path.join(import.meta.dirname, "../test/bench");
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((file) => file.endsWith(".bench.mjs"))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
  .sort();
if (files.length === 0) {
  console.error(`No benchmark is named ${wanted.join(", ")}.`);
  process.exit(2);
}

let failed = 0;
for (const file of files) {
  console.log(`\n## ${file.replace(".bench.mjs", "")}\n`);
  const { status } = spawnSync(process.execPath, [path.join(folder, file)], { stdio: "inherit" });
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
