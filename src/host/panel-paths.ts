import { realpathSync } from "node:fs";
import path from "node:path";

/**
 * What the panel may ask to open. A page that draws what a run's files say is not trusted with the disk:
 * it gets files of its run, and texts of the workspace.
 */

/**
 * The real path of `relative` in the run's folder, or undefined where it would lead out of it (`..`, an
 * absolute path, a link) or does not exist.
 */
export function fileInRun(runFolder: string, relative: string): string | undefined {
  if (relative === "" || path.isAbsolute(relative)) return undefined;
  const folder = realPath(runFolder);
  const file = realPath(path.join(runFolder, relative));
  return folder !== undefined && file !== undefined && isInside(folder, file) ? file : undefined;
}

/** Whether `file` may be opened as the place of a problem: it exists, and is the spec or lies in the workspace. */
export function mayOpenPlace(
  file: string,
  spec: string | undefined,
  workspaceFolders: readonly string[],
): boolean {
  const real = path.isAbsolute(file) ? realPath(file) : undefined;
  if (real === undefined) return false;
  if (spec !== undefined && real === realPath(spec)) return true;
  return workspaceFolders.some((folder) => {
    const root = realPath(folder);
    return root !== undefined && isInside(root, real);
  });
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative !== "" &&
    !relative.startsWith(`..${path.sep}`) &&
    relative !== ".." &&
    !path.isAbsolute(relative)
  );
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync.native(file);
  } catch {
    return undefined;
  }
}
