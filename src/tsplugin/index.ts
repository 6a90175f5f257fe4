/**
 * A plugin of the TypeScript server. With it the modules `kspec` and `kspec/results` have types where nothing is installed, and a mistake
 * that a rule of KSpec's speaks of is not underlined a second time by TypeScript. The server hands in its own
 * TypeScript, of whatever version, and that is the one that is used here.
 */
import path from "node:path";
import { useTypeScript, type TypeScript, type typescript } from "../language/typescript.ts";
import { resolveKspec } from "./resolve-kspec.ts";
import { withoutRepeats } from "./without-repeats.ts";

/** From the plugin's own folder, `node_modules/kspec-tsplugin` of the extension. */
const DIST = path.join(__dirname, "../../dist");
const TYPES = { kspec: path.join(DIST, "kspec.d.ts"), "kspec/results": path.join(DIST, "results.d.ts") };

export default function init({ typescript }: { typescript: TypeScript }): typescript.server.PluginModule {
  useTypeScript(typescript);
  return {
    create(info) {
      resolveKspec(info.languageServiceHost, TYPES);
      return withoutRepeats(info.languageService);
    },
  };
}
