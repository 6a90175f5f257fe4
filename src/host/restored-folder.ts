import path from "node:path";
import { fileURLToPath } from "node:url";
import { readRecord } from "../runs/index.ts";

/**
 * The run's folder that a restored panel's state speaks of: a path, or the address under which the page
 * reads the folder (whose path is the folder's). Whatever is not the folder of a run is undefined, for the
 * state was written by a page.
 */
export function restoredFolder(state: unknown): string | undefined {
  const folder = (state as { folder?: unknown } | null | undefined)?.folder;
  if (typeof folder !== "string" || folder === "") return undefined;
  const candidate = path.isAbsolute(folder) ? folder : pathOfAddress(folder);
  return candidate !== undefined && readRecord(candidate) !== null ? candidate : undefined;
}

function pathOfAddress(address: string): string | undefined {
  try {
    const { pathname } = new URL(address);
    return path.normalize(fileURLToPath(`file://${pathname.replace(/\/+$/, "")}`));
  } catch {
    return undefined;
  }
}
