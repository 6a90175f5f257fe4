import { chooseBackend, openTrialBench } from "../../engine/index.ts";
import { Channel, isUserError, UserError, type Port } from "../../protocol/index.ts";
import { detailsOf, messageOf } from "../error-message.ts";
import { loadSpec } from "../load-spec.ts";
import { chooseTunable } from "./choose-tunable.ts";
import { settleTuning } from "./settle-tuning.ts";
import { TrialEvaluator } from "./trial-evaluator.ts";
import type { FromTrialWorker, ToTrialWorker, TrialSetup } from "./trial-messages.ts";

/** Tries trials in a process of its own, as it is told by messages, until nobody talks to it any more. */
export function serveTrials(port: Port): void {
  const channel = new Channel<ToTrialWorker, FromTrialWorker>(port);
  const never = new AbortController().signal;
  let evaluator: Promise<TrialEvaluator> | undefined;
  /** Once it is ready; where it never is, `unfit` has said why. */
  const whenReady = (use: (ready: TrialEvaluator) => unknown) => void evaluator?.then(use, () => undefined);
  channel.on("setup", ({ setup }) => {
    const log = (line: string) => channel.send({ type: "log", line });
    evaluator = open(setup, log).then(({ evaluator, backend }) => {
      channel.send({ type: "ready", backend });
      return evaluator;
    });
    evaluator.catch((error: unknown) => {
      if (!isUserError(error)) log(detailsOf(error));
      channel.send({ type: "unfit", ...told(error) });
    });
  });
  channel.on("keep", ({ folder }) => {
    whenReady((ready) => ready.keepIn(folder));
  });
  channel.on("prepare", ({ values }) => {
    whenReady(async (ready) => {
      try {
        await ready.prepare(values, never, (progress) => channel.send({ type: "progress", progress }));
        channel.send({ type: "prepared" });
      } catch (error) {
        channel.send({ type: "prepared", failure: told(error) });
      }
    });
  });
  channel.on("run", ({ trials }) => {
    whenReady(async (ready) => {
      try {
        channel.send({ type: "results", results: await ready.run(trials, never) });
      } catch (error) {
        channel.send({ type: "unfit", ...told(error) });
      }
    });
  });
}

async function open(setup: TrialSetup, log: (line: string) => void) {
  // What a spec prints when it is loaded has been told: the tuning's own process loads it too.
  let trying = false;
  const loaded = await loadSpec(setup.file, (line) => trying && log(line), setup.snapshot);
  trying = true;
  if ("problems" in loaded)
    throw new UserError("spec", loaded.problems[0]?.message ?? "The spec cannot be loaded.");
  const { spec } = loaded;
  const { tuning } = chooseTunable(spec, setup.exported).tunings[setup.index]!;
  const settled = await settleTuning(tuning, spec.folder, setup.seed, undefined);
  const backend = await chooseBackend(settled.workflow.model.engine, { specFolder: spec.folder });
  const bench = openTrialBench({
    specFolder: spec.folder,
    workers: setup.workers,
    note: (_, message) => log(message),
  });
  const evaluator = new TrialEvaluator(settled, bench, {
    seed: setup.seed,
    specFolder: spec.folder,
    ...(setup.folder === undefined ? {} : { folder: setup.folder }),
    log: (error) => log(detailsOf(error)),
  });
  return { evaluator, backend };
}

function told(error: unknown): { readonly code: string; readonly message: string } {
  return { code: isUserError(error) ? error.code : "internal-error", message: messageOf(error) };
}
