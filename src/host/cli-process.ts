import { execFile } from "node:child_process";
import { workerEnvironment } from "./worker-process.ts";

/** How a `kspec COMMAND … --json` ended. */
export type CliEnd =
  /** The objects that it printed. */
  | { readonly how: "done"; readonly said: readonly unknown[] }
  /** `message` is one sentence for a person. */
  | { readonly how: "failed"; readonly message: string }
  | { readonly how: "cancelled" };

/**
 * Runs the command line's bundle as a process of its own, for work that needs the engine and is no fit.
 *
 * @param script Path of the bundle.
 * @param args The command and its arguments; `--json` is added.
 * @param settings Variables that stand for the user's settings.
 */
export function runCli(
  script: string,
  args: readonly string[],
  signal: AbortSignal,
  settings: Readonly<Record<string, string>> = {},
): Promise<CliEnd> {
  return new Promise((resolve) => {
    const options = {
      env: { ...workerEnvironment(process.env), ...settings },
      maxBuffer: 64 * 1024 * 1024,
      windowsHide: true,
      signal,
    };
    execFile(process.execPath, [script, ...args, "--json"], options, (error, stdout, stderr) => {
      if (signal.aborted) resolve({ how: "cancelled" });
      else if (error) resolve({ how: "failed", message: reasonIn(stderr, error.code) });
      else resolve({ how: "done", said: stdout.split("\n").filter(Boolean).map(parsed) });
    });
  });
}

/** The command line's own sentence, or that there is none: it could not be started, or was killed. */
export function reasonIn(stderr: string, code: unknown): string {
  const own = stderr.split("\n").findLast((line) => line.startsWith(SPEAKER));
  if (own !== undefined) return own.slice(SPEAKER.length);
  return `KSpec's command line ended without a word (${typeof code === "number" ? `exit code ${code}` : "it was killed or could not be started"}). KSpec: Show log may tell more.`;
}

const SPEAKER = "kspec: ";

function parsed(line: string): unknown {
  return JSON.parse(line) as unknown;
}
