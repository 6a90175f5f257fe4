/**
 * The background process that the editor starts for one fit or tuning. It says everything twice: to the host as messages, and
 * to the run's folder. When the host goes away (its window reloads), the fit goes on and ends in the folder,
 * where the host finds it again.
 */
import type { FitOutcome, TuneOutcome } from "../jobs/index.ts";
import { Channel, type FromWorker, type Port, type RunEvent, type ToWorker } from "../protocol/index.ts";
import { keepCompiledCode } from "../startup/compiled-code.ts";

keepCompiledCode(import.meta.dirname, "fit");
void work();

async function work(): Promise<void> {
  const jobs = await import("../jobs/index.ts");
  const channel = new Channel<ToWorker, FromWorker>(host());
  const cancel = new AbortController();
  process.on("SIGTERM", () => cancel.abort());
  setInterval(() => channel.send({ type: "alive" }), 2000).unref();

  const event = (event: RunEvent) => channel.send({ type: "event", event });
  const log = (line: string) => {
    // The host keeps our stdout in a file, also while no window listens.
    if (process.connected) channel.send({ type: "log", line });
    else process.stdout.write(line + "\n");
  };

  let asked = false;
  channel.on("cancel", () => cancel.abort());
  const start = async (job: () => Promise<FitOutcome | TuneOutcome>) => {
    if (asked) return;
    asked = true;
    const outcome = await job();
    // After a tuning that is done its fit may be refused: both are told.
    const last = outcome.how === "tuned" ? outcome.final : outcome;
    if (last?.how === "refused") {
      const { message, problems } = last;
      channel.send({ type: "refused", message, problems });
    }
    end();
  };
  channel.on("fit", (request) => start(() => jobs.fit(request, { event, log }, cancel.signal)));
  channel.on("tune", (request) => start(() => jobs.tune(request, { event, log }, cancel.signal)));
  channel.on("fit_best", (request) => start(() => jobs.fitBest(request, { event, log }, cancel.signal)));
  channel.on("resume", (request) => start(() => jobs.resume(request, { event, log }, cancel.signal)));
  // A host that leaves before it has asked for anything will never ask.
  process.once("disconnect", () => {
    if (!asked) process.exit(0);
  });
  channel.send({ type: "ready", pid: process.pid, version: jobs.kspecVersion() });
}

function host(): Port {
  return {
    post: (message) => {
      // A host that is just going away is no error of ours.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    listen: (receive) => {
      process.on("message", receive);
      return () => process.off("message", receive);
    },
  };
}

/** The last message is on its way before the process ends; threads of the engine would keep it alive for ever. */
function end(): void {
  const exit = () => process.exit(0);
  if (process.connected && process.send)
    process.send({ type: "finished" } satisfies FromWorker, undefined, undefined, exit);
  else exit();
}
