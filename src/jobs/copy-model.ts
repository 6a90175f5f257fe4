import { existsSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { readModelFiles, type ModelFiles } from "../model/tfjs-files.ts";
import { UserError } from "../protocol/index.ts";
import { IN_RUN, isAlive } from "../runs/index.ts";

/**
 * Copies the model of a run, whole, and reads the copy. While the run goes on, an epoch may end in the middle and take files of the
 * one before away: then it is copied once more.
 *
 * @param to A folder that is not there yet.
 * @throws UserError when there is no model, or it is damaged.
 */
export async function copyModel(run: string, to: string): Promise<ModelFiles> {
  const from = path.join(run, IN_RUN.model);
  checkModel(run);
  for (let tries = 1; ; tries++)
    try {
      await cp(from, to, { recursive: true, filter: (source) => !source.endsWith(".part") });
      return await readModelFiles(path.join(to, "model.json"));
    } catch (error) {
      await rm(to, { recursive: true, force: true });
      if (tries === 20 || !isAlive(run)) throw error;
    }
}

/** @throws UserError when no epoch has ended: a run has its recipe before it has a model. */
export function checkModel(run: string): void {
  if (existsSync(path.join(run, IN_RUN.model, "model.json"))) return;
  throw new UserError(
    "no-model",
    `The run ${path.basename(run)} has no model yet: its first epoch has not ended. Wait for it, or choose another run with "kspec runs".`,
  );
}
