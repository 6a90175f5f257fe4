import os from "node:os";
import { kspecVersion } from "./kspec-version.ts";
import { advise, type Advice } from "./doctor/advice.ts";
import { findCaches, type Caches } from "./doctor/caches.ts";
import { examineEngines, type Engines } from "./doctor/engines.ts";
import { findWeights, type FoundWeights } from "./doctor/weights.ts";
import { variablesInForce, type Variable } from "./doctor/variables.ts";

/** What KSpec finds on this computer, as `kspec doctor --json` prints it. Sizes are bytes. */
export interface Diagnosis {
  readonly kspec: string;
  readonly computer: Computer;
  readonly engines: Engines;
  readonly caches: Caches;
  readonly weights: readonly FoundWeights[];
  readonly variables: readonly Variable[];
  readonly advice: readonly Advice[];
}

export interface Computer {
  readonly node: string;
  /** "linux-x64", as Node has it. */
  readonly platform: string;
  /** "Linux 6.1.0" */
  readonly system: string;
  readonly processor: string;
  /** Those that this process may use. */
  readonly cores: number;
  /** All of it, or what a container may have. */
  readonly memory: number;
  readonly free_memory: number;
}

/**
 * Looks at everything that decides what computes here and how fast. No spec is read and nothing of the user's is run, but native TensorFlow is
 * loaded where it is found.
 *
 * @param specFolder Its `node_modules`, or those above it, may have native TensorFlow.
 */
export async function doctor(specFolder: string): Promise<Diagnosis> {
  const engines = examineEngines(specFolder);
  const [caches, weights] = await Promise.all([findCaches(), findWeights()]);
  const computer = thisComputer();
  const variables = variablesInForce();
  const found = { computer, engines: await engines, caches, weights, variables };
  return { kspec: kspecVersion(), ...found, advice: advise(found) };
}

/** Whether a fit that leaves the choice to KSpec has something to train with. */
export function canTrain({ engines }: Pick<Diagnosis, "engines">): boolean {
  return engines.auto.trains !== null;
}

function thisComputer(): Computer {
  const memory = Math.min(os.totalmem(), process.constrainedMemory() || Infinity);
  return {
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    system: `${os.type()} ${os.release()}`,
    processor: os.cpus()[0]?.model.trim() || "unknown",
    cores: os.availableParallelism(),
    memory,
    free_memory: Math.min(os.freemem(), memory),
  };
}
