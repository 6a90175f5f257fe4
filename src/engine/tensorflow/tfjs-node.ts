import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import { readInstalled } from "./installed.ts";

/** Where `@tensorflow/tfjs-node` may be. It never ships with KSpec: its library has 300 MB. */
export interface TfjsNodeHint {
  /** Its `node_modules`, or those above it, may have the package. */
  readonly specFolder: string;
  /** A folder with `node_modules/@tensorflow/tfjs-node`; default: the environment's KSPEC_TFJS_NODE. */
  readonly installFolder?: string;
}

export interface FoundTfjsNode {
  readonly folder: string;
  /** Ends the sentence "TensorFlow's native library was found …". */
  readonly where: string;
}

/**
 * The setting first, because somebody chose it; then the spec's own project; then what **Install native TensorFlow** installed.
 * Nothing is loaded.
 */
export function findTfjsNode(hint: TfjsNodeHint): FoundTfjsNode | undefined {
  const chosen = hint.installFolder ?? process.env["KSPEC_TFJS_NODE"];
  if (chosen) {
    const folder = resolveIn(chosen) ?? (isPackage(chosen) ? chosen : undefined);
    if (folder !== undefined) return { folder, where: `in the chosen folder ${chosen}` };
  }
  const own = resolveIn(hint.specFolder);
  if (own !== undefined) return { folder: own, where: `in the spec's project (${own})` };
  const installed = readInstalled();
  const folder = installed && path.join(installed.folder, "node_modules", "@tensorflow", "tfjs-node");
  return folder !== undefined && isPackage(folder)
    ? { folder, where: `where KSpec installed it (${installed!.folder})` }
    : undefined;
}

function resolveIn(folder: string): string | undefined {
  const require = createRequire(path.join(path.resolve(folder), "package.json"));
  for (const candidate of require.resolve.paths("@tensorflow/tfjs-node") ?? []) {
    const found = path.join(candidate, "@tensorflow", "tfjs-node");
    if (isPackage(found)) return found;
  }
  return undefined;
}

/** Installed with its compiled part: `npm install --ignore-scripts` alone leaves sources that cannot compute. */
function isPackage(folder: string): boolean {
  return existsSync(path.join(folder, "package.json")) && existsSync(path.join(folder, "lib"));
}

/** Loads the package and gives its TensorFlow.js. */
export function requireTfjsNode(folder: string): unknown {
  // TensorFlow writes its build flags to stderr at levels 0 and 1.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  restoreOldUtil(util as unknown as Record<string, unknown>);
  return createRequire(path.join(folder, "package.json"))(folder);
}

/** tfjs-node 4.22 calls these three, which Node 23 removed. It uses nothing from outside itself: another process runs its text. */
export function restoreOldUtil(old: Record<string, unknown>): void {
  old["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  old["isArray"] ??= Array.isArray;
  old["isString"] ??= (value: unknown) => typeof value === "string";
}
