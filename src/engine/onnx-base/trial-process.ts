import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";

/** Rows that go in and come out. */
export interface Trial {
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** A model in the process of trials. */
export interface TrialSession {
  run(inputs: Readonly<Record<string, Trial>>): Promise<Readonly<Record<string, Trial>>>;
  release(): void;
}

/** The process ended or fell silent while it had something to do: `message` says which, as the end of a sentence. */
export class TrialEnded extends Error {}

/** No model of images computes one or two rows for so long. */
const MOST_SECONDS = 120;
/** It has nothing to do for so long before it is ended. */
const IDLE_SECONDS = 2;

/**
 * Opens a model in a process of its own: a file from elsewhere may make ONNX Runtime's native code crash, and only the process that
 * it runs in. The process stays a while for others.
 *
 * @param file of the model
 * @throws Error with ONNX Runtime's words when it refuses the model; TrialEnded.
 */
export async function openTrial(file: string): Promise<TrialSession> {
  const started = running ?? start();
  const session = (await started.ask({ open: file })) as number;
  return {
    run: async (inputs) => (await started.ask({ session, run: inputs })) as Record<string, Trial>,
    release() {
      // Where the process has ended there is nothing to let go of.
      started.ask({ session, release: true }).catch(() => undefined);
    },
  };
}

interface TrialProcess {
  ask(question: Readonly<Record<string, unknown>>): Promise<unknown>;
}
interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** The one that runs, if one does. */
let running: TrialProcess | undefined;

function start(): TrialProcess {
  const runtime = createRequire(import.meta.url).resolve("onnxruntime-node");
  const child = spawn(process.execPath, ["-e", SCRIPT, runtime], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    serialization: "advanced",
    // Within VS Code the executable is Electron's.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  const waiting = new Map<number, { answered(answer: Answer): void; ended(why: string): void }>();
  let idle: NodeJS.Timeout | undefined;
  let next = 0;

  const end = (why: string): void => {
    if (running === self) running = undefined;
    clearTimeout(idle);
    child.kill("SIGKILL");
    for (const { ended } of waiting.values()) ended(why);
    waiting.clear();
  };
  const self: TrialProcess = {
    ask(question) {
      const id = next++;
      clearTimeout(idle);
      awake(child, true);
      return new Promise((resolve, reject) => {
        const timeout = setTimeout(
          () => end(`it took more than ${MOST_SECONDS} seconds`),
          MOST_SECONDS * 1000,
        );
        const done = () => {
          clearTimeout(timeout);
          waiting.delete(id);
          if (waiting.size > 0) return;
          awake(child, false);
          idle = setTimeout(() => end("it had nothing to do"), IDLE_SECONDS * 1000).unref();
        };
        waiting.set(id, {
          answered({ result, error }) {
            done();
            if (error === undefined) resolve(result);
            else reject(new Error(error));
          },
          ended(why) {
            done();
            clearTimeout(idle);
            reject(new TrialEnded(why));
          },
        });
        child.send({ id, ...question }, (error) => error && end(error.message));
      });
    },
  };
  child.on("message", (answer: Answer) => waiting.get(answer.id)?.answered(answer));
  child.on("error", ({ message }) => end(message));
  child.on("exit", (code, signal) => end(`its process ended with ${signal ?? code}`));
  running = self;
  return self;
}

/** A process that waits for nothing keeps this one from ending no longer. */
function awake(child: ChildProcess, keeps: boolean): void {
  if (keeps) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}

/** What it runs: a text, because it is the same from the sources and from every bundle. */
const SCRIPT = `
const ort = require(process.argv[1]);
ort.env.logLevel = "fatal";
const sessions = new Map();
let last = 0;
const tensors = (inputs) =>
  Object.fromEntries(Object.entries(inputs).map(([name, { shape, values }]) => [name, new ort.Tensor("float32", values, shape)]));
const arrays = (outputs) =>
  Object.fromEntries(Object.entries(outputs).map(([name, { dims, data }]) => [name, { shape: dims, values: data }]));
const answer = async ({ open, session, run, release }) => {
  if (open !== undefined) {
    sessions.set(++last, await ort.InferenceSession.create(open, { logSeverityLevel: 4 }));
    return last;
  }
  if (run !== undefined) return arrays(await sessions.get(session).run(tensors(run)));
  if (release) {
    await sessions.get(session)?.release();
    sessions.delete(session);
  }
};
process.on("disconnect", () => process.exit());
process.on("message", async ({ id, ...question }) => {
  try {
    process.send({ id, result: await answer(question) });
  } catch (error) {
    process.send({ id, error: String(error?.message ?? error) });
  }
});
`;
