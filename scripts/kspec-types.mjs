/**
 * Writes `dist/kspec.d.ts`, the types of the authoring API, and `dist/results.d.ts`, those of `kspec/results`: each one module that imports
 * nothing, so that it resolves in a folder where nothing is installed. Does nothing for one that is newer than its sources;
 * `--force` writes them all the same.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { generateDtsBundle } from "dts-bundle-generator";

const root = path.resolve(import.meta.dirname, "..");
const self = fileURLToPath(import.meta.url);

/** Module → its entry, and the rooms whose files it may come from. */
const MODULES = {
  kspec: { entry: "src/kspec/index.ts", rooms: ["kspec"] },
  results: {
    entry: "src/results/index.ts",
    rooms: ["results", "tuning", "metrics", "runs", "protocol", "kspec"],
  },
};

for (const [name, { entry, rooms }] of Object.entries(MODULES)) {
  const output = path.join(root, `dist/${name}.d.ts`);
  const sources = rooms.flatMap((room) => filesBelow(path.join(root, "src", room)));
  if (process.argv.includes("--force") || isOlder(output, [self, ...sources])) write(name, entry, output);
}

function write(name, entry, output) {
  // The project's own settings would compile every room; these compile only this one.
  const settings = path.join(root, `node_modules/.cache/${name}-types.tsconfig.json`);
  mkdirSync(path.dirname(settings), { recursive: true });
  writeFileSync(
    settings,
    JSON.stringify({
      extends: path.join(root, "tsconfig.json"),
      // What reads run folders is of Node; none of it is in the types.
      compilerOptions: { types: name === "kspec" ? [] : ["node"], incremental: false },
      include: [path.join(root, entry)],
    }),
  );
  const [bundle] = generateDtsBundle(
    [
      {
        filePath: path.join(root, entry),
        output: { noBanner: true, exportReferencedTypes: false },
      },
    ],
    { preferredConfigPath: settings },
  );
  if (/^\s*(import|\/\/\/)/m.test(bundle) || /\$\d/.test(bundle))
    throw new Error(
      `${name}.d.ts must import nothing, and no two types that are in it, nor one of them and one of the platform's, may have one name.`,
    );
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
