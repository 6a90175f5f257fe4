import fs from "node:fs";
import path from "node:path";
import { isUserError, UserError } from "../protocol/index.ts";

/**
 * Writes a file that nothing depends on: it may be half there after a crash.
 *
 * @throws UserError when the disk is full, read-only or not ours.
 */
export function writeFileAside(file: string, content: string | Uint8Array): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  } catch (error) {
    throw cannotWrite(path.dirname(file), error);
  }
}

/**
 * Writes a file so that whoever looks sees the old one or the new one, whole, also after a power
 * cut: a neighbour is written and flushed, then takes the name.
 *
 * @throws UserError when the disk is full, read-only or not ours.
 */
export function writeFileWhole(file: string, content: string | Uint8Array): void {
  const draft = `${file}.${process.pid}.part`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const handle = fs.openSync(draft, "w");
    try {
      fs.writeFileSync(handle, content);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw cannotWrite(path.dirname(file), error);
  }
}

/** Says in one sentence why a folder cannot be written to and what to do; other errors stay as they are. */
export function cannotWrite(folder: string, error: unknown): unknown {
  if (isUserError(error)) return error;
  const remedy = REMEDIES[(error as NodeJS.ErrnoException | null)?.code ?? ""];
  return remedy === undefined ? error : new UserError(remedy.code, remedy.say(folder), { cause: error });
}

const ELSEWHERE = "name another folder with --runs DIR or the setting kspec.runs.folder";
const full = {
  code: "disk-full",
  say: (folder: string) =>
    `The disk is full: nothing more can be written to ${folder}. Free some space, or ${ELSEWHERE}.`,
};
const denied = {
  code: "no-permission",
  say: (folder: string) =>
    `${folder} cannot be written to: permission denied. Change its permissions, or ${ELSEWHERE}.`,
};
const REMEDIES: Partial<Record<string, { code: string; say: (folder: string) => string }>> = {
  ENOSPC: full,
  EDQUOT: full,
  EROFS: {
    code: "read-only",
    say: (folder) => `${folder} is on a read-only file system, so a run cannot be kept there: ${ELSEWHERE}.`,
  },
  EACCES: denied,
  EPERM: denied,
  ENOTDIR: {
    code: "not-a-folder",
    say: (folder) => `${folder} cannot be a folder, because a part of its path is a file: ${ELSEWHERE}.`,
  },
  EEXIST: {
    code: "not-a-folder",
    say: (folder) => `${folder} cannot be a folder, because a file has its name: ${ELSEWHERE}.`,
  },
};
