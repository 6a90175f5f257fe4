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
  #forgotten: number[] = [];

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
  async run(session: number, feeds: readonly Feed[]): Promise<readonly Result[]> {
    return (await this.runKeeping(session, feeds, [])).results;
  }

  /**
   * The same, with tensors that stay with the thread.
   *
   * @param keep Names of outputs that are not given but kept.
   */
  async runKeeping(
    session: number,
    feeds: readonly (Feed | KeptFeed)[],
    keep: readonly string[],
  ): Promise<{ readonly results: readonly Result[]; readonly kept: ReadonlyMap<string, KeptTensor> }> {
    const plain = feeds.map((feed) => (isKept(feed) ? [feed[0], feed[1].id] : feed));
    const buffers = feeds.flatMap((feed) => (isKept(feed) ? [] : transferable(feed[1])));
    const answer = (await this.#ask({ ask: "run", session, feeds: plain, keep }, buffers)) as {
      results: readonly Result[];
      kept: readonly [string, number][];
    };
    const kept = answer.kept.map(([name, id]) => [name, new KeptTensor(this, id)] as const);
    return { results: answer.results, kept: new Map(kept) };
  }

  /** Gives a tensor to the thread, which keeps it. */
  async keep(values: TensorValues, dims: readonly number[]): Promise<KeptTensor> {
    const id = await this.#ask({ ask: "keep", values, dims }, transferable(values));
    return new KeptTensor(this, id as number);
  }

  /** The values of tensors that the thread keeps. */
  read(tensors: readonly KeptTensor[]): Promise<readonly TensorValues[]> {
    return this.#ask({ ask: "read", ids: tensors.map(({ id }) => id) }, []) as Promise<
      readonly TensorValues[]
    >;
  }

  /** Nobody asks for this one any more. */
  forget(id: number): void {
    // A step lets go of many at once, which are one message.
    if (this.#forgotten.length === 0)
      queueMicrotask(() => {
        const ids = this.#forgotten;
        this.#forgotten = [];
        // Nothing waits for it, and a thread that has ended holds nothing.
        this.#ask({ ask: "forget", ids }, []).catch(() => undefined);
      });
    this.#forgotten.push(id);
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

export type TensorValues = Float32Array | BigInt64Array;

/** Name, values and extents of a tensor. */
export type Feed = readonly [name: string, values: TensorValues, dims: readonly number[]];
export type KeptFeed = readonly [name: string, tensor: KeptTensor];
type Result = readonly [name: string, values: Float32Array, dims: readonly number[]];

/** A tensor that lies with the thread, until the last who holds it lets it go. */
export class KeptTensor {
  readonly id: number;
  readonly #thread: NativeThread;
  #holders = 1;

  constructor(thread: NativeThread, id: number) {
    this.#thread = thread;
    this.id = id;
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  letGo(): void {
    if (--this.#holders === 0) this.#thread.forget(this.id);
  }
}

function isKept(feed: Feed | KeptFeed): feed is KeptFeed {
  return feed[1] instanceof KeptTensor;
}

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
function transferable({ buffer, byteLength }: Uint8Array | TensorValues): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const ort = require(workerData.package);
ort.env.logLevel = "fatal";
const sessions = new Map();
const kept = new Map();
let last = 0;
const hold = (tensor) => {
  kept.set(++last, tensor);
  return last;
};
const tensorOf = (values, dims) =>
  new ort.Tensor(values instanceof BigInt64Array ? "int64" : "float32", values, dims);
const answers = {
  async create({ bytes, options }) {
    sessions.set(++last, await ort.InferenceSession.create(bytes, options));
    return last;
  },
  async run({ session, feeds, keep }) {
    const tensors = feeds.map(([name, values, dims]) => [
      name,
      typeof values === "number" ? kept.get(values) : tensorOf(values, dims),
    ]);
    const outputs = Object.entries(await sessions.get(session).run(Object.fromEntries(tensors)));
    const held = outputs.filter(([name]) => keep.includes(name));
    return {
      results: outputs.filter(([name]) => !keep.includes(name)).map(([name, { data, dims }]) => [name, data, dims]),
      kept: held.map(([name, tensor]) => [name, hold(tensor)]),
    };
  },
  async keep({ values, dims }) {
    return hold(tensorOf(values, dims));
  },
  async read({ ids }) {
    return ids.map((id) => kept.get(id).data);
  },
  async forget({ ids }) {
    for (const id of ids) kept.delete(id);
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
    const buffers = question.ask === "run" && answer.result ? answer.result.results.map(([, data]) => data.buffer) : [];
    try {
      parentPort.postMessage(answer, buffers);
    } catch {
      // Memory that ONNX Runtime keeps cannot be given away, and is copied.
      parentPort.postMessage(answer);
    }
  });
});
`;
