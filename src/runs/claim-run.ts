import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { UserError } from "../protocol/index.ts";
import { Heartbeat } from "./heartbeat.ts";
import { isAlive, processExists, STALE_MS } from "./is-alive.ts";
import { readRecord } from "./run-record.ts";
import { cannotWrite } from "./write-file.ts";

/** The right to go on with a run, which one process has at a time. */
export interface Claim {
  /** Gives it back; once more does nothing. */
  release(): void;
}

/**
 * Makes this process the one that goes on with a run.
 *
 * Claims are files with numbers. A process takes the number behind the highest one, which can be made once; the file below it,
 * whose process is gone, is left alone until then. So of two processes that find the same dead claim one gets the next.
 *
 * @throws UserError while another process works on the run, or when its folder cannot be written to.
 */
export function claimRun(folder: string): Claim {
  for (;;) {
    if (isAlive(folder)) throw taken(folder, readRecord(folder)?.pid);
    const claims = claimsIn(folder);
    const highest = claims.at(-1);
    if (highest !== undefined) {
      const holder = holderOf(path.join(folder, highest.name));
      if (holder !== null) throw taken(folder, holder.pid);
    }
    const file = path.join(folder, `${PREFIX}${(highest?.number ?? 0) + 1}`);
    try {
      fs.writeFileSync(file, JSON.stringify({ pid: process.pid, host: os.hostname() }), { flag: "wx" });
    } catch (error) {
      // Another process was quicker.
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw cannotWrite(folder, error);
    }
    for (const { name } of claims) fs.rmSync(path.join(folder, name), { force: true });
    const heartbeat = new Heartbeat(file);
    let released = false;
    return {
      release: () => {
        // Another process may have the same name by now.
        if (released) return;
        released = true;
        heartbeat.stop();
        fs.rmSync(file, { force: true });
      },
    };
  }
}

const PREFIX = "resume-";

function claimsIn(folder: string): { name: string; number: number }[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => ({ name, number: Number(name.slice(PREFIX.length)) }))
    .filter(({ number }) => Number.isInteger(number))
    .sort((a, b) => a.number - b.number);
}

/** Who has a claim; null when that process is gone. */
function holderOf(file: string): { readonly pid?: number } | null {
  let age: number;
  try {
    age = Date.now() - fs.statSync(file).mtimeMs;
  } catch {
    return null;
  }
  if (age > STALE_MS) return null;
  try {
    const { pid, host } = JSON.parse(fs.readFileSync(file, "utf8")) as { pid: number; host: string };
    return host === os.hostname() && !processExists(pid) ? null : { pid };
  } catch {
    // Made a moment ago, and not written yet.
    return {};
  }
}

function taken(folder: string, pid: number | undefined): UserError {
  const by = pid === undefined ? "" : ` by process ${pid}`;
  return new UserError(
    "run-is-going",
    `The run ${path.basename(folder)} is being fitted${by}. Wait for its end, or cancel it first.`,
  );
}
