import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { reasonIn, type CliEnd } from "./cli-process.ts";
import { workerEnvironment } from "./worker-process.ts";

/**
 * Runs `kspec COMMAND … --json` as a process of its own, and hands over each object when it is printed. It is asked to stop by closing the
 * channel to it, which reaches it on every system, also when this process ends; it then cleans up by itself.
 *
 * @param script Path of the bundle.
 * @param endAfter Milliseconds that it may take to stop. Default 20,000.
 */
export function followCli(
  script: string,
  args: readonly string[],
  signal: AbortSignal,
  onSaid: (said: unknown) => void,
  {
    settings = {},
    endAfter = 20_000,
  }: { settings?: Readonly<Record<string, string>>; endAfter?: number } = {},
): Promise<CliEnd> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args, "--json"], {
      env: workerEnvironment(process.env, settings),
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const said: unknown[] = [];
    let stderr = "";
    const lines = createInterface({ input: child.stdout! }).on("line", (line) => {
      const object = JSON.parse(line) as unknown;
      said.push(object);
      onSaid(object);
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    let hard: NodeJS.Timeout | undefined;
    const stop = () => {
      if (child.connected) child.disconnect();
      hard = setTimeout(() => child.kill("SIGKILL"), endAfter);
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const finish = (end: CliEnd) => {
      signal.removeEventListener("abort", stop);
      clearTimeout(hard);
      resolve(end);
    };
    // Node tells no "close" of a process whose channel was closed from here.
    const ended = [once(child, "exit"), once(lines, "close"), once(child.stderr!, "close")] as const;
    Promise.all(ended).then(
      ([[code]]) => {
        if (code === 0) finish({ how: "done", said });
        else if (signal.aborted) finish({ how: "cancelled" });
        else finish({ how: "failed", message: reasonIn(stderr, code) });
      },
      // It could not even be started.
      (error: unknown) => finish({ how: "failed", message: reasonIn(stderr, (error as Error).message) }),
    );
  });
}
