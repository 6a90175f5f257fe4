import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * The folder KSpec is installed in: it holds `dist/` and `media/`, both in the source tree and in
 * the packaged extension. Found by walking up, so that bundles and tests need no constants.
 */
export function homeFolder(): string {
  // esbuild puts `__dirname` here for the CommonJS bundles.
  let folder = import.meta.dirname;
  for (;;) {
    const manifest = path.join(folder, "package.json");
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, "utf8")) as { name?: string }).name === "kspec"
    )
      return folder;
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error("KSpec's own folder was not found above " + import.meta.dirname);
    folder = parent;
  }
}
