import { rename, rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { dataFolder } from "../data/data-folder.ts";
import { makeFolder } from "../data/make-folder.ts";
import { writeWhole } from "../data/write-whole.ts";
import { installedNote, readInstalled, type InstalledTensorFlow } from "../engine/tensorflow/installed.ts";
import { tryTfjsNode } from "../engine/tensorflow/try-tfjs-node.ts";
import { UserError } from "../protocol/index.ts";
import { findNpm, npmInstall, type InstallStage } from "./install-tensorflow/npm.ts";
import { explainFailure } from "./install-tensorflow/npm-failure.ts";
import { unsupported } from "./install-tensorflow/platforms.ts";
import {
  beginInstall,
  beingInstalled,
  hasPackage,
  isOurInstall,
  packageIn,
  removeLeftovers,
  sizeOfFolder,
} from "./install-tensorflow/places.ts";

/** The package that brings TensorFlow's own library, in the version that KSpec is tested with. */
export const TFJS_NODE = { name: "@tensorflow/tfjs-node", version: "4.22.0" } as const;

/** What it takes on the disk, about: half is the package's JavaScript with what it needs, half TensorFlow's library. */
export const NEEDED_BYTES = 650e6;

export interface InstallHooks {
  /** What npm is at now; "trial" at last, when it is loaded and computes. */
  stage(stage: InstallStage | "trial"): void;
  /** How much lies on the disk, about every second. */
  progress(bytes: number): void;
  /** A line of what npm says. */
  log(line: string): void;
}

export interface Installed extends InstalledTensorFlow {
  /** It was there before, and computes. */
  readonly already: boolean;
}

/** Where installs go if nobody says otherwise: the editor has a storage of its own. */
export function defaultInstallFolder(): string {
  return path.join(dataFolder(), "tensorflow");
}

/**
 * Installs native TensorFlow by the user's own npm, sees it compute in a process of its own, and only then notes that it is installed, which is
 * when fits find it. What was not finished is removed, whoever left it.
 *
 * @param folder Each install gets a folder of its own in it.
 * @param signal Ends npm and all that it started, and removes what there is so far.
 * @throws UserError that says what failed and the remedy.
 */
export async function installTensorFlow(
  hooks: InstallHooks,
  { folder = defaultInstallFolder(), signal }: { folder?: string; signal?: AbortSignal } = {},
): Promise<Installed> {
  const there = readInstalled();
  if (there !== undefined && hasPackage(there.folder)) {
    hooks.stage("trial");
    if ((await tryTfjsNode(packageIn(there.folder), signal)).computes) return { ...there, already: true };
  }
  const obstacle = unsupported();
  if (obstacle !== undefined) throw new UserError("tensorflow-unsupported", obstacle);
  const npm = findNpm();
  if (npm === undefined) throw new UserError("no-npm", NO_NPM);
  await prepare(folder);

  const place = await beginInstall(folder, TFJS_NODE.version);
  try {
    const ended = await npmInstall(
      npm,
      `${TFJS_NODE.name}@${TFJS_NODE.version}`,
      place.folder,
      hooks,
      signal,
    );
    signal?.throwIfAborted();
    if (!ended.succeeded || !hasPackage(place.folder))
      throw new UserError("tensorflow-not-installed", explainFailure(ended));
    hooks.stage("trial");
    const tried = await tryTfjsNode(packageIn(place.folder), signal);
    signal?.throwIfAborted();
    if (!tried.computes)
      throw new UserError(
        "tensorflow-not-installed",
        `Native TensorFlow was downloaded, and does not compute on this computer: ${tried.reason}. It was removed again; fits go on without it.`,
      );
    const installed: InstalledTensorFlow = {
      folder: place.folder,
      version: tried.version,
      ...(tried.library === undefined ? {} : { library: tried.library }),
      bytes: await sizeOfFolder(place.folder),
      installed: new Date().toISOString(),
    };
    await makeFolder(path.dirname(installedNote()));
    await writeWhole(installedNote(), `${JSON.stringify(installed, null, 2)}\n`);
    await place.finish();
    await removeLeftovers(folder, installed.folder);
    return { ...installed, already: false };
  } catch (error) {
    await place.discard();
    throw error;
  }
}

const NO_NPM =
  "npm was not found on the PATH. It comes with Node: install Node 20 or newer (nodejs.org), open a new terminal or restart the editor, and try again.";

/** What earlier installs left goes first; then there must be room. */
async function prepare(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await writeFile(path.join(folder, ".gitignore"), "*\n");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      "cannot-write",
      `${folder} cannot be written (${code ?? "unknown error"}). Native TensorFlow is installed there; see to it that it can, or set KSPEC_DATA to a folder that can be written.`,
      { cause: error },
    );
  }
  if (await beingInstalled(folder))
    throw new UserError(
      "tensorflow-being-installed",
      "Native TensorFlow is being installed by another process. Wait for that one; if it was killed, try again in a minute.",
    );
  await removeLeftovers(folder, readInstalled()?.folder);
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  if (free < NEEDED_BYTES)
    throw new UserError(
      "disk-full",
      `Native TensorFlow takes about ${Math.round(NEEDED_BYTES / 1e6)} MB, and the disk of ${folder} has ${Math.round(free / 1e6)} MB left. Make room there, and try again.`,
    );
}

export interface Removed {
  readonly freed: number;
  /** Where it was; null when there was none. */
  readonly folder: string | null;
}

/**
 * Removes what was installed and what unfinished installs left.
 *
 * @throws UserError when a fit is using it, on systems that do not remove files in use. Nothing is removed then.
 */
export async function removeTensorFlow(folder = defaultInstallFolder()): Promise<Removed> {
  const there = readInstalled();
  let freed = 0;
  if (there !== undefined && isOurInstall(there.folder)) {
    freed = await sizeOfFolder(there.folder);
    // A folder that something in it is used of cannot be renamed on Windows, so nothing is half removed.
    const gone = `${there.folder}-removed`;
    await rename(there.folder, gone).catch((error: unknown) => {
      throw new UserError(
        "tensorflow-in-use",
        `${there.folder} cannot be removed (${(error as NodeJS.ErrnoException).code ?? "unknown error"}). End the fits that are running, and try again.`,
        { cause: error },
      );
    });
    await rm(installedNote(), { force: true });
    await rm(gone, { recursive: true, force: true, maxRetries: 3 });
  } else await rm(installedNote(), { force: true });
  freed += await removeLeftovers(folder, undefined);
  return { freed, folder: freed > 0 && there !== undefined ? there.folder : null };
}

/** What is known before anybody decides to install or to remove. */
export interface InstallStatus {
  readonly installed: InstalledTensorFlow | null;
  /** Where an install would go. */
  readonly folder: string;
  /** About. */
  readonly needed: number;
  /** Why it cannot be installed here: one or two sentences; null where it can. */
  readonly obstacle: string | null;
}

export function tensorFlowStatus(folder = defaultInstallFolder()): InstallStatus {
  const there = readInstalled();
  return {
    installed: there !== undefined && hasPackage(there.folder) ? there : null,
    folder,
    needed: NEEDED_BYTES,
    obstacle: unsupported() ?? (findNpm() === undefined ? NO_NPM : null),
  };
}
