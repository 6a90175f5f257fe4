import path from "node:path";
import * as vscode from "vscode";
import type { FitRequest } from "../protocol/index.ts";
import { runsFolderFor } from "../runs/index.ts";

/** What the settings say about fitting one spec. */
export interface FitSettings {
  /** The open folder that the spec is in. */
  readonly workspace: string | undefined;
  /** Where runs of it go, when the setting names a folder. */
  readonly runs: string | undefined;
  /** Where runs of it go in any case. */
  readonly runsFolder: string;
  readonly seed: number | undefined;
  /** Set for the worker. */
  readonly env: Readonly<Record<string, string>>;
}

export function settingsFor(spec: vscode.Uri): FitSettings {
  const settings = vscode.workspace.getConfiguration("kspec", spec);
  const workspace = vscode.workspace.getWorkspaceFolder(spec)?.uri.fsPath;
  const from = workspace ?? path.dirname(spec.fsPath);
  const folder = settings.get<string>("runs.folder", "").trim();
  const runs = folder === "" ? undefined : path.resolve(from, folder);
  const seed = settings.get<number | null>("seed", null);
  const device = settings.get<string>("device", "auto");
  const tfjsNode = settings.get<string>("tfjsNode", "").trim();
  return {
    workspace,
    runs,
    runsFolder: runsFolderFor(spec.fsPath, { workspace, override: runs }),
    seed: typeof seed === "number" && Number.isInteger(seed) && seed >= 0 ? seed : undefined,
    env: {
      ...mirrors(settings.get<readonly string[]>("mirrors", []), from),
      ...(tfjsNode === "" ? {} : { KSPEC_TFJS_NODE: path.resolve(from, tfjsNode) }),
      ...cacheVariables(settings, from),
      ...(device === "auto" ? {} : { KSPEC_DEVICE: device }),
    },
  };
}

/** What every request about a spec says: where it is, where its runs go, its seed. */
export function requestOf(spec: vscode.Uri): Omit<FitRequest, "type" | "workflow"> {
  const { seed, runs, workspace } = settingsFor(spec);
  return {
    file: spec.fsPath,
    ...(seed === undefined ? {} : { seed }),
    ...(runs === undefined ? {} : { runs }),
    ...(workspace === undefined ? {} : { workspace }),
  };
}

/** How many processes try trials of a tuning; undefined: as many as there are cores, and memory allows. */
export function workersFor(spec: vscode.Uri): number | undefined {
  const workers = vscode.workspace.getConfiguration("kspec", spec).get<number | null>("workers", null);
  return typeof workers === "number" && Number.isInteger(workers) && workers >= 1 ? workers : undefined;
}

/** What the settings say about the feature cache where no spec is meant. */
export function cacheEnvironment(): Readonly<Record<string, string>> {
  const from = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  return cacheVariables(vscode.workspace.getConfiguration("kspec"), from);
}

function cacheVariables(settings: vscode.WorkspaceConfiguration, from: string): Record<string, string> {
  const folder = settings.get<string>("cache.folder", "").trim();
  const limit = String(settings.get("cache.limit", "")).trim();
  return {
    ...(folder === "" ? {} : { KSPEC_CACHE: inHome(folder) ? folder : path.resolve(from, folder) }),
    ...(limit === "" ? {} : { KSPEC_CACHE_LIMIT: limit }),
  };
}

function mirrors(given: readonly string[], from: string): Record<string, string> {
  const places = given
    .map((place) => String(place).trim())
    .filter((place) => place !== "")
    .map((place) => (/^https?:\/\//i.test(place) || inHome(place) ? place : path.resolve(from, place)));
  return places.length === 0 ? {} : { KSPEC_MIRROR: places.join(MIRROR_SEPARATOR) };
}

/** Such a folder stays as it is written: the worker knows where home is. */
function inHome(folder: string): boolean {
  return folder.startsWith("~");
}

/** A line break: the one sign that is in no address and in hardly any folder's name. */
const MIRROR_SEPARATOR = "\n";
