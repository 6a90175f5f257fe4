import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";

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

/** The setting first, because somebody chose it; then the spec's own project. Nothing is loaded. */
export function findTfjsNode(hint: TfjsNodeHint): FoundTfjsNode | undefined {
  const chosen = hint.installFolder ?? process.env["KSPEC_TFJS_NODE"];
  if (chosen) {
    const folder = resolveIn(chosen) ?? (isPackage(chosen) ? chosen : undefined);
    if (folder !== undefined) return { folder, where: `in the chosen folder ${chosen}` };
  }
  const folder = resolveIn(hint.specFolder);
  return folder === undefined ? undefined : { folder, where: `in the spec's project (${folder})` };
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
  restoreOldUtil();
  return createRequire(path.join(folder, "package.json"))(folder);
}

/** tfjs-node 4.22 calls these three, which Node 23 removed. */
function restoreOldUtil(): void {
  const old = util as unknown as Record<string, unknown>;
  old["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  old["isArray"] ??= Array.isArray;
  old["isString"] ??= (value: unknown) => typeof value === "string";
}
