import { createRequire } from "node:module";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { homeFolder } from "../../data/home.ts";

/**
 * ONNX Runtime's `run` holds up the thread that calls it, so it has one of its own: images are decoded, and a cancel is heard,
 * while it computes. One thread serves all sessions of a process, and does not keep the process alive.
 */
export class NativeThread {
  static #only: NativeThread | undefined;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  static get(): NativeThread {
    return (NativeThread.#only ??= new NativeThread());
  }

  private constructor() {
    // The package lies beside the bundle, which the code of a thread that comes as a text cannot know.
    const require = createRequire(path.join(homeFolder(), "package.json"));
    this.#worker = new Worker(THREAD, {
      eval: true,
      workerData: { package: require.resolve("onnxruntime-node") },
      // What the process was started with, as a loader for TypeScript, is not for this thread.
      execArgv: [],
    });
    this.#worker.unref();
    this.#worker.on("message", ({ id, result, error }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#settle(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("ONNX Runtime's thread has ended.")));
  }

  /** Makes a session; `bytes` belong to the thread from then on. */
  create(bytes: Uint8Array, options: object): Promise<number> {
    return this.#ask({ ask: "create", bytes, options }, transferable(bytes)) as Promise<number>;
  }

  /** @param feeds name, values, extents of each input; the values belong to the thread from then on. */
  run(session: number, feeds: readonly Feed[]): Promise<readonly Feed[]> {
    const buffers = feeds.flatMap(([, values]) => transferable(values));
    return this.#ask({ ask: "run", session, feeds }, buffers) as Promise<readonly Feed[]>;
  }

  async release(session: number): Promise<void> {
    await this.#ask({ ask: "release", session }, []);
  }

  #ask(question: object, buffers: readonly ArrayBuffer[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      // While somebody waits for it, the process stays.
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...question }, buffers);
    });
  }

  #settle(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
  }

  #fail(error: Error): void {
    if (NativeThread.#only === this) NativeThread.#only = undefined;
    for (const [id, { reject }] of this.#waiting) {
      this.#settle(id);
      reject(error);
    }
  }
}

/** Name, values and extents of a tensor. */
export type Feed = readonly [name: string, values: Float32Array, dims: readonly number[]];

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}
interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** The whole of an array's memory, where it is the array's own. */
function transferable({ buffer, byteLength }: Uint8Array | Float32Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const ort = require(workerData.package);
ort.env.logLevel = "fatal";
const sessions = new Map();
let last = 0;
const answers = {
  async create({ bytes, options }) {
    sessions.set(++last, await ort.InferenceSession.create(bytes, options));
    return last;
  },
  async run({ session, feeds }) {
    const tensors = feeds.map(([name, values, dims]) => [name, new ort.Tensor("float32", values, dims)]);
    const results = await sessions.get(session).run(Object.fromEntries(tensors));
    return Object.entries(results).map(([name, { data, dims }]) => [name, data, dims]);
  },
  async release({ session }) {
    await sessions.get(session).release();
    sessions.delete(session);
  },
};
// One after the other: what came first is computed first.
let before = Promise.resolve();
parentPort.on("message", (question) => {
  before = before.then(async () => {
    const { id } = question;
    let answer;
    try {
      answer = { id, result: await answers[question.ask](question) };
    } catch (error) {
      answer = { id, error: String((error && error.message) || error) };
    }
    const buffers = question.ask === "run" && answer.result ? answer.result.map(([, data]) => data.buffer) : [];
    try {
      parentPort.postMessage(answer, buffers);
    } catch {
      // Memory that ONNX Runtime keeps cannot be given away, and is copied.
      parentPort.postMessage(answer);
    }
  });
});
`;
