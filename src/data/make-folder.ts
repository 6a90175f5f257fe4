import { mkdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Makes a folder and those above it, where they are missing. Node's own `mkdir` with `recursive` never comes back where a file
 * system says of a new folder that it cannot be found though the one above is there: `/proc`, some network mounts.
 *
 * @throws the system's error of the folder that cannot be made.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = path.dirname(folder);
    if (code === "ENOENT" && above !== folder) {
      await makeFolder(above);
      // Once: what is not found now will not be found later. Another process may have made it meanwhile.
      await mkdir(folder).catch((again: unknown) => unlessFolder(folder, again));
    } else await unlessFolder(folder, error);
  }
}

async function unlessFolder(place: string, error: unknown): Promise<void> {
  const found = await stat(place).catch(() => undefined);
  if (found?.isDirectory() !== true) throw error;
}
