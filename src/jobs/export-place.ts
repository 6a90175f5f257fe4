import { existsSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { isUserError, UserError } from "../protocol/index.ts";
import type { ExportFormat } from "./export.ts";

/**
 * Nothing is overwritten by surprise, and what is no exported model never.
 *
 * @param force Whether an exported model that is there may be replaced.
 * @throws UserError when the place cannot be taken.
 */
export async function checkPlace(place: string, to: ExportFormat, force: boolean): Promise<void> {
  const there = await stat(place).catch(() => undefined);
  if (there === undefined) {
    if (!existsSync(path.dirname(place)))
      throw new UserError(
        "cannot-write",
        `The folder ${path.dirname(place)} does not exist. Make it, or choose another place.`,
      );
    return;
  }
  if (to === "onnx" && !there.isFile())
    throw new UserError(
      "file-exists",
      `${place} is a folder, and an ONNX model is one file. Choose another name.`,
    );
  if (to === "tfjs" && !existsSync(path.join(place, "model.json")))
    throw new UserError(
      "file-exists",
      `${place} is there already, and is no exported model. Choose another name.`,
    );
  if (!force)
    throw new UserError(
      "file-exists",
      `${place} is there already. Choose another name with --out, or replace it with --force.`,
    );
}

/** Gives a finished draft, a file or a folder, its name. What had the name goes, and comes back where that fails. */
export async function takePlace(draft: string, place: string): Promise<void> {
  const there = await stat(place).catch(() => undefined);
  if (!there?.isDirectory()) return rename(draft, place);
  // A folder cannot be renamed over another.
  const old = `${draft}.old`;
  await rename(place, old);
  try {
    await rename(draft, place);
  } catch (error) {
    await rename(old, place);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** Says in one sentence why a place cannot be written to; other errors stay as they are. */
export function cannotWrite(place: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (isUserError(error) || typeof code !== "string" || syscall === undefined) return error;
  const why = REASONS[code] ?? `error ${code}`;
  return new UserError("cannot-write", `${place} cannot be written: ${why}. Choose another place.`, {
    cause: error,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EBUSY: "another program has it open",
  ENOTDIR: "a part of its path is a file",
};
