import { UserError } from "../../../protocol/index.ts";
import { draw } from "../../draws.ts";
import type { Optimizer } from "../../optimizer.ts";
import { heardLater } from "../../heard-later.ts";
import { sizeOf, type Rows } from "../../rows.ts";
import { tf, type LayersModel, type Variable as TensorFlowVariable } from "../../tensorflow/index.ts";
import { EpochLog } from "../../training/epoch-log.ts";
import { isStreamed, orderOfEpoch, type Examples } from "../../training/examples.ts";
import type { TrainingJob } from "../../training/tensorflow-trainer.ts";
import { NotFinite, type Kept, type Log, type OptimizerState, type Trainer } from "../../training/trainer.ts";
import { permuted } from "../layers/layer-call.ts";
import { NativeThread, type Feed, type KeptFeed, type KeptTensor } from "../thread.ts";
import { sessionFor, type SharedSession } from "./shared-sessions.ts";
import { after, type TrainingGraph } from "./training-graph.ts";

/** What a native trainer works with. */
export interface NativeTraining extends Omit<TrainingJob, "head"> {
  /** Where it starts from and what settles; null: a keeper says where it starts, and nobody asks for its weights in TensorFlow.js. */
  readonly head: LayersModel | null;
  readonly graph: TrainingGraph;
  /** Losses and metrics without training; null without validation rows. */
  readonly validationGraph: TrainingGraph | null;
  /** Absent: everything is handed over for this training alone. */
  readonly keeper?: TensorKeeper;
}

/** Who has tensors that several trainings need. A training holds what it gets, and lets go of it. */
export interface TensorKeeper {
  /** All that the graph takes of rows. */
  rows(examples: Examples, graph: TrainingGraph): Promise<readonly KeptFeed[]>;
  /** Weights and what the optimizer carries before the first step, by port. */
  start(): Promise<ReadonlyMap<string, KeptTensor>>;
}

interface Validation {
  readonly session: SharedSession;
  readonly data: readonly KeptFeed[];
}

/** Trains on ONNX Runtime: one run of the graph is an epoch, or a part of one. */
export class NativeTrainer implements Trainer {
  readonly #job: NativeTraining;
  readonly #thread: NativeThread;
  readonly #session: SharedSession;
  readonly #validation: Validation | null;
  readonly #data: readonly KeptFeed[];
  /** Weights and what the optimizer carries, by port. */
  #state: ReadonlyMap<string, KeptTensor>;
  #steps = 0;

  private constructor(
    job: NativeTraining,
    thread: NativeThread,
    session: SharedSession,
    validation: Validation | null,
    data: readonly KeptFeed[],
    state: ReadonlyMap<string, KeptTensor>,
  ) {
    this.#job = job;
    this.#thread = thread;
    this.#session = session;
    this.#validation = validation;
    this.#data = data;
    this.#state = state;
  }

  /** @throws Error when ONNX Runtime refuses the graph. */
  static async open(job: NativeTraining): Promise<NativeTrainer> {
    const thread = NativeThread.get();
    const { keeper } = job;
    const rowsOf = (examples: Examples, graph: TrainingGraph) =>
      keeper === undefined ? handOver(thread, graph, examples) : keeper.rows(examples, graph);
    const session = await sessionFor(job.graph);
    const validation =
      job.validation === null || job.validationGraph === null
        ? null
        : {
            session: await sessionFor(job.validationGraph),
            data: await rowsOf(job.validation, job.validationGraph),
          };
    for (const { layer, weight, order } of job.validationGraph?.variables ?? []) {
      const own = job.graph.variables.find((one) => one.layer === layer && one.weight === weight);
      // What is trained is validated as it lies in memory.
      if (own?.order.join() !== order.join())
        throw new Error(`${layer}/${weight} lies otherwise in memory where it is validated`);
    }
    const data = await rowsOf(job.train, job.graph);
    const state = await (keeper?.start() ?? startingState(job.graph, job.head!, job.optimizer));
    return new NativeTrainer(job, thread, session, validation, data, state);
  }

  async trainEpoch(
    epoch: number,
    factor: number,
    onBatch: (done: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<Log | null> {
    const { train, batchSize, outputs } = this.#job;
    const { rows } = train;
    const { order, drawn } = orderOfEpoch(this.#job, epoch);
    const steps = Math.ceil(rows / batchSize);
    const log = new EpochLog(outputs);
    const prepare = (step: number) =>
      step < steps ? heardLater(this.#prepare(epoch, step, steps, order, drawn, signal)) : undefined;
    // What the next run takes is read and drawn while ONNX Runtime is at the one before.
    let preparing = prepare(0);
    while (preparing !== undefined) {
      const { step, count, rows: some, feeds } = await preparing;
      if (signal?.aborted) return null;
      preparing = prepare(step + count);
      const began = performance.now();
      const logs = await this.#run([...this.#data, ...feeds, ...this.#numbers(count, factor)]);
      this.#session.paces.set(this.#job.batchSize, (performance.now() - began) / count);
      this.#see(logs, log, some);
      this.#steps += count;
      onBatch(step + count);
    }
    return log.log();
  }

  /** The next run of an epoch: as many steps as it is to have, and what they take. */
  async #prepare(
    epoch: number,
    step: number,
    steps: number,
    order: Int32Array,
    drawn: Int32Array | null,
    signal: AbortSignal | undefined,
  ): Promise<{ step: number; count: number; rows: number; feeds: Feed[] }> {
    const { batchSize, train } = this.#job;
    const count = Math.min(steps - step, this.#stepsAtOnce());
    const first = step * batchSize;
    const part = order.subarray(first, Math.min(train.rows, first + count * batchSize));
    const feeds = [
      ...(await rowsOfRun(this.#job.graph, train, part, drawn, batchSize, signal)),
      ...this.#draws(epoch, step, part.length, count),
    ];
    return { step, count, rows: part.length, feeds };
  }

  /** A fifth of a second's work, so that a cancel is heard and progress seen; few at first, when nobody knows how long they take. */
  #stepsAtOnce(): number {
    const { graph, train, batchSize } = this.#job;
    const pace = this.#session.paces.get(batchSize);
    if (pace === undefined) return 4;
    const streamed = train.inputs.filter(isStreamed);
    const size = [...graph.draws, ...streamed].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
    const inMemory = size === 0 ? Infinity : 64e6 / (size * batchSize);
    return Math.max(1, Math.floor(Math.min(200 / pace, inMemory)));
  }

  async #run(feeds: readonly (Feed | KeptFeed)[]): Promise<Float32Array> {
    const { graph } = this.#job;
    const ports = [...this.#state.keys()];
    const state = [...this.#state].map(([port, tensor]): KeptFeed => [port, tensor]);
    const { results, kept } = await computed(
      this.#thread.runKeeping(this.#session.id, [...feeds, ...state], ports.map(after)),
    );
    const before = this.#state;
    this.#state = new Map(ports.map((port) => [port, kept.get(after(port))!]));
    for (const tensor of before.values()) tensor.letGo();
    return results.find(([name]) => name === graph.outputs.at(-1)!.name)![1];
  }

  /** @throws NotFinite */
  #see(logs: Float32Array, log: EpochLog, rows: number): void {
    const { batchSize, graph } = this.#job;
    const width = graph.outputs.at(-1)!.shape[0]!;
    for (let i = 0, left = rows; left > 0; i++, left -= batchSize) {
      const values = logs.subarray(i * width, (i + 1) * width);
      // The loop ends where a loss is no number: there are no values behind it.
      if (!Number.isFinite(values[0])) throw new NotFinite(values[0] ?? NaN);
      log.add(values, Math.min(batchSize, left));
    }
  }

  #numbers(steps: number, factor: number): Feed[] {
    const { optimizer } = this.#job;
    const all = Array.from({ length: steps }, (_, i) => optimizer.numbers(this.#steps + i + 1, factor));
    const constants = Object.entries(optimizer.constants);
    return wanted(this.#job.graph, [
      ...Object.keys(all[0]!).map((name): Feed => {
        return [`number ${name}`, Float32Array.from(all, (one) => one[name]!), [steps]];
      }),
      ...constants.map(([name, value]): Feed => [`number ${name}`, Float32Array.of(value), []]),
    ]);
  }

  #draws(epoch: number, first: number, rows: number, steps: number): Feed[] {
    const { graph, seed, batchSize } = this.#job;
    return graph.draws.map(({ what, call, draw: kind, shape, port }): Feed => {
      const size = sizeOf(shape);
      const values = new Float32Array(rows * size);
      for (let i = 0; i < steps; i++) {
        const batch = Math.min(batchSize, rows - i * batchSize);
        values.set(
          draw({ seed, epoch, step: first + i }, what, call, kind, batch * size),
          i * batchSize * size,
        );
      }
      return [port, values, [rows, ...shape]];
    });
  }

  async validate(signal: AbortSignal | undefined): Promise<Log | null> {
    const { validation, validationGraph, outputs } = this.#job;
    const { session, data } = this.#validation!;
    const batchSize = Math.max(this.#job.batchSize, 128);
    const { rows } = validation!;
    const log = new EpochLog(outputs);
    const weights = this.weights(validationGraph!.variables);
    const width = validationGraph!.outputs.at(-1)!.shape[0]!;
    for (let from = 0; from < rows;) {
      if (signal?.aborted) return null;
      const pace = session.paces.get(batchSize);
      const batches = pace === undefined ? 4 : Math.max(1, Math.floor(200 / pace));
      const to = Math.min(rows, from + batches * batchSize);
      const count = Math.ceil((to - from) / batchSize);
      const part = Int32Array.from({ length: to - from }, (_, i) => from + i);
      const feeds = await rowsOfRun(validationGraph!, validation!, part, null, batchSize, signal);
      const began = performance.now();
      const { results } = await computed(
        this.#thread.runKeeping(session.id, [...data, ...weights, ...feeds], []),
      );
      session.paces.set(batchSize, (performance.now() - began) / count);
      const values = results[0]![1];
      for (let i = 0; i < count; i++)
        log.add(values.subarray(i * width, (i + 1) * width), Math.min(batchSize, to - from - i * batchSize));
      from = to;
    }
    return log.log();
  }

  /** The weights as they are now, for the ports of another graph that has them in the same order of axes. */
  weights(ports: readonly { layer: string; weight: string; port: string }[]): KeptFeed[] {
    const own = new Map(this.#job.graph.variables.map((one) => [`${one.layer}/${one.weight}`, one.port]));
    return ports.map(({ layer, weight, port }) => [port, this.#state.get(own.get(`${layer}/${weight}`)!)!]);
  }

  keep(): Promise<Kept> {
    return Promise.resolve(new KeptState(this.#state, this.#steps));
  }

  restore(kept: Kept): Promise<void> {
    const { state, steps } = kept as KeptState;
    for (const tensor of state.values()) tensor.hold();
    for (const tensor of this.#state.values()) tensor.letGo();
    this.#state = state;
    this.#steps = steps;
    return Promise.resolve();
  }

  async settle(): Promise<void> {
    if (this.#job.head === null) return;
    const weights = weightsOf(this.#job.head);
    const { variables } = this.#job.graph;
    const read = await this.#thread.read(variables.map(({ port }) => this.#state.get(port)!));
    for (const [i, { layer, weight, shape, order }] of variables.entries()) {
      const values = inKeras(read[i] as Float32Array, shape, order);
      const variable = weights.get(`${layer}/${weight}`)!.read() as TensorFlowVariable;
      tf.tidy(() => variable.assign(tf.tensor(values, [...shape])));
    }
  }

  async optimizerState(): Promise<OptimizerState> {
    const { slots } = this.#job.graph;
    const read = await this.#thread.read(slots.map(({ port }) => this.#state.get(port)!));
    return {
      steps: this.#steps,
      slots: new Map(
        slots.map(({ of: { layer, weight, shape, order }, slot }, i): [string, Rows] => [
          `${layer}/${weight}/${slot}`,
          { shape, values: inKeras(read[i] as Float32Array, shape, order) },
        ]),
      ),
    };
  }

  async resume({ steps, slots }: OptimizerState): Promise<void> {
    this.#steps = steps;
    const state = new Map(this.#state);
    for (const { of, slot, port } of this.#job.graph.slots) {
      const found = slots.get(`${of.layer}/${of.weight}/${slot}`);
      if (found === undefined) continue;
      const shape = of.order.map((axis) => of.shape[axis]!);
      state.get(port)!.letGo();
      state.set(port, await this.#thread.keep(permuted(found, of.order).slice(), shape));
    }
    this.#state = state;
  }

  async dispose(): Promise<void> {
    for (const tensor of this.#state.values()) tensor.letGo();
    for (const [, tensor] of [...this.#data, ...(this.#validation?.data ?? [])]) tensor.letGo();
    await this.#session.release();
    await this.#validation?.session.release();
  }
}

/** @throws UserError when ONNX Runtime gives up within a training. */
async function computed<Result>(run: Promise<Result>): Promise<Result> {
  try {
    return await run;
  } catch (error) {
    const first = String((error as Error).message ?? error).split("\n")[0]!;
    throw new UserError(
      "native-training",
      `ONNX Runtime stopped in the middle of the training (${first}). Where memory is short, set a smaller fit_batch_size; else set_engine("wasm") trains on TensorFlow.js. kspec fit --resume goes on from the last checkpoint.`,
      { cause: error },
    );
  }
}

/** Which rows a run takes, and those rows that do not lie with the thread. */
async function rowsOfRun(
  graph: TrainingGraph,
  { inputs, views = [] }: Examples,
  rows: Int32Array,
  drawn: Int32Array | null,
  batchSize: number,
  signal: AbortSignal | undefined,
): Promise<Feed[]> {
  const whole = (values: Int32Array) => BigInt64Array.from(values, BigInt);
  const feeds: Feed[] = [
    ["order", whole(rows), [rows.length]],
    ["batch size", BigInt64Array.of(BigInt(batchSize)), []],
    ["batches", BigInt64Array.of(BigInt(Math.ceil(rows.length / batchSize))), []],
  ];
  for (const [i, input] of inputs.entries()) {
    const variants = views[i] ?? 1;
    const entries = variants === 1 ? rows : rows.map((row) => row * variants + drawn![row]!);
    if (!isStreamed(input)) {
      feeds.push([`entries ${i}`, whole(entries), [rows.length]]);
      continue;
    }
    const read = await input.read(entries, signal);
    feeds.push([`input ${i}`, read, [rows.length, ...input.shape]]);
    feeds.push([`entries ${i}`, whole(entries.map((_, place) => place)), [rows.length]]);
  }
  return wanted(graph, feeds);
}

/** Those that the graph has a port for. */
function wanted({ inputs }: TrainingGraph, feeds: readonly Feed[]): Feed[] {
  const ports = new Set(inputs.map(({ name }) => name));
  return feeds.filter(([name]) => ports.has(name));
}

class KeptState implements Kept {
  readonly state: ReadonlyMap<string, KeptTensor>;
  readonly steps: number;

  constructor(state: ReadonlyMap<string, KeptTensor>, steps: number) {
    this.state = new Map([...state].map(([port, tensor]) => [port, tensor.hold()]));
    this.steps = steps;
  }

  dispose(): void {
    for (const tensor of this.state.values()) tensor.letGo();
  }
}

/** What a training starts from: weights as the layers have them, and the optimizer's slots. */
export async function startingState(
  { variables, slots }: TrainingGraph,
  head: LayersModel,
  optimizer: Optimizer,
): Promise<Map<string, KeptTensor>> {
  const thread = NativeThread.get();
  const state = new Map<string, KeptTensor>();
  const weights = weightsOf(head);
  for (const { layer, weight, order, port } of variables) {
    const tensor = weights.get(`${layer}/${weight}`)!.read();
    const shape = order.map((axis) => tensor.shape[axis]!);
    const values = permuted({ shape: tensor.shape, values: tensor.dataSync<"float32">() }, order);
    // The backend may have lent its own memory.
    state.set(port, await thread.keep(values.slice(), shape));
  }
  for (const { of, slot, port } of slots) {
    const shape = of.order.map((axis) => of.shape[axis]!);
    const values = new Float32Array(sizeOf(shape)).fill(optimizer.slots[slot]!);
    state.set(port, await thread.keep(values, shape));
  }
  return state;
}

/** Inputs, truths and weights of rows, which stay with the thread for the whole training. */
async function handOver(
  thread: NativeThread,
  graph: TrainingGraph,
  { inputs, truths, weights, rows }: Examples,
): Promise<KeptFeed[]> {
  const all: [string, Rows, number][] = [
    ...inputs.flatMap((one, i): [string, Rows, number][] =>
      isStreamed(one) ? [] : [[`input ${i}`, one, one.values.length / sizeOf(one.shape)]],
    ),
    ...truths.map((one, i): [string, Rows, number] => [`truth ${i}`, one, rows]),
    ...(weights === null
      ? []
      : [["row weights", { shape: [], values: weights }, rows] as [string, Rows, number]]),
  ];
  const ports = new Set(graph.inputs.map(({ name }) => name));
  return Promise.all(
    all
      .filter(([name]) => ports.has(name))
      .map(async ([name, { shape, values }, count]): Promise<KeptFeed> => {
        // A copy, which is given away: what it is of stays here.
        return [name, await thread.keep(values.slice(), [count, ...shape])];
      }),
  );
}

function weightsOf(head: LayersModel): Map<string, LayersModel["weights"][number]> {
  return new Map(head.weights.map((weight) => [weight.originalName, weight]));
}

/** Back from the order in memory. */
function inKeras(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const inMemory = order.map((axis) => shape[axis]!);
  return permuted(
    { shape: inMemory, values },
    order.map((_, axis) => order.indexOf(axis)),
  );
}
