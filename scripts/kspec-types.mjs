/**
 * Writes `dist/kspec.d.ts`: the types of the authoring API in one module that imports nothing, so that
 * `kspec` resolves in a folder where nothing is installed. Does nothing when it is newer than its sources;
 * `--force` writes it all the same.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { generateDtsBundle } from "dts-bundle-generator";

const root = path.resolve(import.meta.dirname, "..");
const sources = path.join(root, "src/kspec");
const output = path.join(root, "dist/kspec.d.ts");
const self = fileURLToPath(import.meta.url);

if (process.argv.includes("--force") || isOlder(output, [self, ...filesBelow(sources)])) {
  // The project's own settings would compile every room; these compile only this one.
  const settings = path.join(root, "node_modules/.cache/kspec-types.tsconfig.json");
  mkdirSync(path.dirname(settings), { recursive: true });
  writeFileSync(
    settings,
    JSON.stringify({
      extends: path.join(root, "tsconfig.json"),
      compilerOptions: { types: [], incremental: false },
      include: [path.join(sources, "index.ts")],
    }),
  );
  const [bundle] = generateDtsBundle(
    [
      {
        filePath: path.join(sources, "index.ts"),
        output: { noBanner: true, exportReferencedTypes: false },
      },
    ],
    { preferredConfigPath: settings },
  );
  if (/^\s*(import|\/\/\/)/m.test(bundle) || /\$\d/.test(bundle))
    throw new Error("kspec.d.ts must import nothing, and no two types in src/kspec may have one name.");
  mkdirSync(path.dirname(output), { recursive: true });
  writeFileSync(output, bundle);
}

function isOlder(file, others) {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return others.some((other) => statSync(other).mtimeMs > written);
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
