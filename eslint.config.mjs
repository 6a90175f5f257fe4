import { importX } from "eslint-plugin-import-x";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/**
 * The rooms of `src/` and the rooms each may enter (ARCHITECTURE.md). `packages` lists what only
 * that room may import from npm. Anything not named here is a lint error.
 */
const rooms = {
  spec: { enters: [] },
  metrics: { enters: [] },
  protocol: { enters: [] },
  kspec: { enters: [] },
  language: { enters: ["spec"] },
  tsplugin: { enters: ["language"] },
  data: { enters: ["kspec", "protocol", "spec"] },
  model: { enters: ["kspec", "protocol", "spec"] },
  engine: { enters: ["data", "model", "spec", "kspec", "language", "metrics", "protocol"] },
  runs: { enters: ["protocol"] },
  tuning: { enters: ["engine", "metrics", "runs", "protocol", "data", "kspec"] },
  results: { enters: ["tuning", "metrics", "runs", "protocol", "kspec"] },
  jobs: {
    enters: ["tuning", "engine", "metrics", "runs", "protocol", "language", "spec", "kspec", "data", "model"],
  },
  startup: { enters: ["data"] },
  worker: { enters: ["jobs", "protocol", "startup"] },
  cli: { enters: ["jobs", "runs", "protocol", "startup"] },
  host: { enters: ["protocol", "runs"] },
};

/** Packages that one place imports and nobody else. */
const owners = [
  { packages: ["@tensorflow/*"], places: ["src/engine"] },
  { packages: ["vscode"], places: ["src/host", "src"] },
  { packages: ["@vscode/webview-ui-toolkit", "@vscode/webview-ui-toolkit/*"], places: ["webview/ui.ts"] },
  { packages: ["typescript"], places: ["src/language"] },
  { packages: ["sharp"], places: ["src/data"] },
  {
    packages: ["onnxruntime-node", "onnxruntime-common", "protobufjs", "protobufjs/*"],
    places: ["src/engine"],
  },
];

const root = import.meta.dirname;
const names = Object.keys(rooms);
const zones = [
  ...names.map((name) => ({
    target: `./src/${name}`,
    from: names
      .filter((other) => other !== name && !rooms[name].enters.includes(other))
      .map((other) => `./src/${other}`)
      .concat("./webview"),
    message: `src/${name} may enter only: ${rooms[name].enters.join(", ") || "nothing"} (ARCHITECTURE.md).`,
  })),
  {
    target: "./webview",
    from: names.filter((name) => name !== "protocol").map((name) => `./src/${name}`),
    message: "The panel imports only src/protocol (ARCHITECTURE.md).",
  },
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "test/fixtures", "media", ".tmp", "test/e2e/screenshots"] },
  ...tseslint.configs.recommended,
  prettier,
  {
    files: ["**/*.{ts,tsx,mjs}"],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { tsconfigRootDir: root } },
    settings: { "import-x/resolver": { node: { extensions: [".ts", ".tsx", ".mjs", ".js"] } } },
    rules: {
      "import-x/no-restricted-paths": ["error", { basePath: root, zones }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  // ESLint takes one `no-restricted-imports` a file, so each room's list holds what that room does not own.
  ...[...names.map((name) => `src/${name}`), "webview", "src"].map((place) => ({
    files: place === "src" ? ["src/*.ts"] : [`${place}/**/*.{ts,tsx}`],
    ignores: place === "webview" ? ["webview/ui.ts"] : [],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: owners
            .filter(({ places }) => !places.includes(place))
            .map(({ packages, places }) => ({
              group: packages,
              message: `Only ${places.join(", ")} imports ${packages.join(", ")} (ARCHITECTURE.md).`,
            })),
        },
      ],
    },
  })),
);
