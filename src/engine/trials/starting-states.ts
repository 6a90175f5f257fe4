import { startingState } from "../native/training/native-trainer.ts";
import type { TrainingGraph } from "../native/training/training-graph.ts";
import { NativeThread, type KeptTensor } from "../native/thread.ts";
import type { Optimizer } from "../optimizer.ts";
import { sizeOf } from "../rows.ts";
import type { Held, MemoryBudget } from "./memory-budget.ts";
import type { TrialForm, TrialHead } from "./trial-forms.ts";

/** Where trainings start from, by form and seed: candidates on the same fold begin with the same weights. */
export class StartingStates {
  readonly #known = new Map<string, State>();
  readonly #budget: MemoryBudget;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** Held for the caller, who lets go of each. */
  async of(
    { key }: TrialForm,
    graph: TrainingGraph,
    head: TrialHead,
    optimizer: Optimizer,
  ): Promise<ReadonlyMap<string, KeptTensor>> {
    const own = `${head.seed} ${key}`;
    const thread = NativeThread.get();
    let state = this.#known.get(own);
    if (state?.thread !== thread) {
      const tensors = await startingState(graph, head.realised().model, optimizer);
      state = new State(thread, tensors, bytesOf(graph), () => this.#known.delete(own));
      this.#known.set(own, state);
    }
    this.#budget.use(state);
    return state.hold();
  }
}

class State implements Held {
  readonly thread: NativeThread;
  readonly bytes: number;
  readonly #tensors: ReadonlyMap<string, KeptTensor>;
  readonly #forget: () => void;

  constructor(
    thread: NativeThread,
    tensors: ReadonlyMap<string, KeptTensor>,
    bytes: number,
    forget: () => void,
  ) {
    this.thread = thread;
    this.bytes = bytes;
    this.#tensors = tensors;
    this.#forget = forget;
  }

  hold(): ReadonlyMap<string, KeptTensor> {
    return new Map([...this.#tensors].map(([port, tensor]) => [port, tensor.hold()]));
  }

  release(): void {
    for (const tensor of this.#tensors.values()) tensor.letGo();
    this.#forget();
  }
}

function bytesOf({ variables, slots }: TrainingGraph): number {
  return [...variables, ...slots.map(({ of }) => of)].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
}
