import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import esbuild from "esbuild";

const root = path.join(import.meta.dirname, "..");

/**
 * Parts of the TypeScript sources for a script: bundles `source` (import paths start at the root) and loads it.
 * TensorFlow.js and sharp stay outside the bundle.
 */
export async function bundleEngine(source) {
  const folder = mkdtempSync(path.join(root, "node_modules", ".kspec-script-"));
  const outfile = path.join(folder, "bundle.cjs");
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await esbuild.build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
    external: ["@tensorflow/*", "onnxruntime-node", "sharp", "typescript"],
    define: { "import.meta.dirname": "__dirname" },
  });
  return createRequire(import.meta.url)(outfile);
}
