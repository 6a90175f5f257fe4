import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageExtension } from "../../scripts/package.mjs";
import { DEFAULT_VERSION, installVSCode } from "./vscode/install.mjs";
import { installExtension } from "./vscode/server.mjs";

/**
 * Packages KSpec and installs the `.vsix` into a fresh folder outside the checkout: from there nothing of the
 * source tree can be found by accident, neither `dist` nor `node_modules`.
 */
export default async function setUp() {
  const version = process.env["KSPEC_VSCODE"] ?? DEFAULT_VERSION;
  await installVSCode(version, console.log);
  const vsix = process.env["KSPEC_VSIX"] ?? (await packageExtension({ say: console.log })).file;

  const folder = await mkdtemp(path.join(tmpdir(), "kspec-e2e-"));
  const extensions = path.join(folder, "extensions");
  console.log(`Installing ${path.basename(vsix)} into VS Code ${version}`);
  await installExtension({ vsix, extensions, folder, version });
  process.env["KSPEC_VSCODE"] = version;
  process.env["KSPEC_EXTENSIONS"] = extensions;
  return () => rm(folder, { recursive: true, force: true });
}
