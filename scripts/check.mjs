/** `npm run check`: types, lint and format, side by side. Says nothing of what is well. */
import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.join(import.meta.dirname, "..");
const modules = path.join(root, "node_modules");

/** Each a program of `node_modules`, started by this Node. */
const CHECKS = [
  { name: "types", program: "typescript/bin/tsc", args: ["-p", "."] },
  {
    name: "lint",
    program: "eslint/bin/eslint.js",
    args: [".", "--max-warnings=0", "--cache", "--cache-location", "node_modules/.cache/eslint/"],
  },
  {
    name: "format",
    program: "prettier/bin/prettier.cjs",
    args: [
      ".",
      "--check",
      "--log-level=warn",
      "--cache",
      "--cache-location",
      "node_modules/.cache/prettier/cache",
    ],
  },
];

/**
 * @param {(line: string) => void} say told each check's result, and its output when it failed
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function check(say) {
  let failed = 0;
  await Promise.all(
    CHECKS.map(async ({ name, program, args }) => {
      const start = performance.now();
      const { status, output } = await run(path.join(modules, program), args);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      if (status === 0) return say(`${name} ✓  ${seconds} s`);
      failed++;
      say(`${name} failed  ${seconds} s\n${output.trimEnd()}`);
    }),
  );
  return { passed: CHECKS.length - failed, failed };
}

function run(program, args) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", (part) => (output += part));
    child.stderr.on("data", (part) => (output += part));
    child.on("error", (error) => resolve({ status: 1, output: error.message }));
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { failed } = await check(console.log);
  process.exit(failed === 0 ? 0 : 1);
}
