/**
 * Builds everything that ships: `node esbuild.mjs [--production] [--watch]`.
 * Big dependencies are bundled once and shared: TypeScript's parser (`dist/typescript.js`),
 * TensorFlow.js (`dist/tfjs.js`, loaded only where no native TensorFlow is found), the HDF5 library (`dist/hdf5.js`) and the engine
 * (`dist/engine.js`, which both doors, worker and command line, open).
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import esbuild from "esbuild";

const root = import.meta.dirname;
const require = createRequire(import.meta.url);
const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

/** Modules that a bundle does not hold but asks a sibling file for at run time. */
const SHARED = {
  typescript: { matches: /^typescript$/, file: "typescript.js" },
  tfjs: { matches: /\/tfjs\.ts$/, file: "tfjs.js" },
  hdf5: { matches: /\/hdf5\.ts$/, file: "hdf5.js" },
  engine: { matches: /\/jobs\/index\.ts$/, file: "engine.js" },
  languageClient: { matches: /\/language-connection\.ts$/, file: "language-client.js" },
};

const node = {
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode", "sharp", "onnxruntime-node"],
  // A real import() of a CommonJS bundle finds only those names that Node can guess from its text.
  supported: { "dynamic-import": false },
  define: { "import.meta.dirname": "__dirname", "import.meta.url": "__filename_url" },
  banner: { js: 'const __filename_url = require("node:url").pathToFileURL(__filename).href;' },
};

/** @type {Record<string, esbuild.BuildOptions & { shares?: (keyof typeof SHARED)[] }>} */
const bundles = {
  extension: {
    ...node,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    shares: ["languageClient"],
  },
  // Apart, because it is most of what the extension loads, and activation need not wait for it.
  "language-client": {
    ...node,
    entryPoints: ["src/host/language-connection.ts"],
    outfile: "dist/language-client.js",
  },
  language: {
    ...node,
    entryPoints: ["src/language/server.ts"],
    outfile: "dist/language.js",
    shares: ["typescript"],
  },
  engine: {
    ...node,
    entryPoints: ["src/jobs/index.ts"],
    outfile: "dist/engine.js",
    shares: ["typescript", "tfjs", "hdf5"],
  },
  worker: { ...node, entryPoints: ["src/worker/main.ts"], outfile: "dist/worker.js", shares: ["engine"] },
  "trial-worker": {
    ...node,
    entryPoints: ["src/worker/trials.ts"],
    outfile: "dist/trial-worker.js",
    shares: ["engine"],
  },
  cli: {
    ...node,
    entryPoints: ["src/cli/main.ts"],
    outfile: "dist/cli.js",
    shares: ["engine"],
    banner: { js: `#!/usr/bin/env node\n${node.banner.js}` },
  },
  // For scripts: `kspec/results`.
  results: { ...node, entryPoints: ["src/results/index.ts"], outfile: "dist/results.js" },
  tfjs: { ...node, entryPoints: ["src/engine/tensorflow/tfjs.ts"], outfile: "dist/tfjs.js" },
  hdf5: { ...node, entryPoints: ["src/model/weights/hdf5.ts"], outfile: "dist/hdf5.js" },
  typescript: { ...node, entryPoints: [require.resolve("typescript")], outfile: "dist/typescript.js" },
  tsplugin: {
    ...node,
    entryPoints: ["src/tsplugin/index.ts"],
    outfile: "node_modules/kspec-tsplugin/index.js",
    // The TypeScript server takes a module that is the factory itself.
    footer: { js: "module.exports = module.exports.default;" },
  },
  webview: {
    platform: "browser",
    target: "chrome128",
    format: "iife",
    entryPoints: ["webview/main.tsx"],
    outfile: "dist/webview.js",
    jsx: "automatic",
    jsxImportSource: "preact",
  },
};

const share = (names) => ({
  name: "share",
  setup(build) {
    for (const name of names) {
      const { matches, file } = SHARED[name];
      build.onResolve({ filter: matches }, ({ kind }) =>
        kind === "entry-point" ? undefined : { path: `./${file}`, external: true },
      );
    }
  },
});

/** Packages that are read when they are first used (`on-demand.ts`): esbuild's `require` of a file that is in the bundle. */
const onDemand = {
  name: "on-demand",
  setup(build) {
    build.onLoad({ filter: /[\\/]on-demand\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, "utf8").replaceAll("createRequire(import.meta.url)", "require"),
      loader: "ts",
    }));
  },
};

function optionsOf(name) {
  const { shares = [], ...options } = bundles[name];
  return {
    ...options,
    absWorkingDir: root,
    bundle: true,
    metafile: true,
    logLevel: "warning",
    sourcemap: !production,
    minifySyntax: true,
    minifyWhitespace: production || name === "typescript" || name === "tfjs",
    legalComments: "none",
    plugins: [share(shares), onDemand, metafile(name)],
  };
}

/** What went into a bundle, for the third-party notices. */
const metafile = (name) => ({
  name: "metafile",
  setup(build) {
    build.onEnd(({ metafile }) => {
      if (metafile) writeFileSync(path.join(root, "dist/meta", `${name}.json`), JSON.stringify(metafile));
    });
  },
});

mkdirSync(path.join(root, "dist/meta"), { recursive: true });
rmSync(path.join(root, "node_modules/kspec-tsplugin"), { recursive: true, force: true });
mkdirSync(path.join(root, "node_modules/kspec-tsplugin"), { recursive: true });
writeFileSync(
  path.join(root, "node_modules/kspec-tsplugin/package.json"),
  JSON.stringify({ name: "kspec-tsplugin", version: "0.0.0", private: true, main: "index.js" }),
);

const wasm = path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
mkdirSync(path.join(root, "dist/wasm"), { recursive: true });
for (const variant of ["", "-simd"])
  cpSync(
    path.join(wasm, `dist/tfjs-backend-wasm${variant}.wasm`),
    path.join(root, `dist/wasm/tfjs-backend-wasm${variant}.wasm`),
  );

const run = (script) =>
  execFileSync(process.execPath, [path.join(root, "scripts", script)], { stdio: "inherit" });
run("kspec-types.mjs");
run("pack-digits.mjs");

if (watch) {
  for (const name of Object.keys(bundles)) await (await esbuild.context(optionsOf(name))).watch();
  console.log("Watching for changes. Ctrl-C ends it.");
} else {
  await Promise.all(Object.keys(bundles).map((name) => esbuild.build(optionsOf(name))));
  writeFileSync(path.join(root, "dist/.built"), "");
  const sizes = Object.entries(bundles).map(([name, { outfile }]) => [
    name,
    statSync(path.join(root, outfile)).size,
  ]);
  console.log(
    `Built ${sizes.map(([name, size]) => `${name} ${Math.round(size / 1000).toLocaleString("en-US")} kB`).join(", ")}.`,
  );
}
