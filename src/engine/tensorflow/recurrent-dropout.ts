import { drawn } from "./drawn-layers.ts";
import { tf, type Tensor } from "./index.ts";

type Kwargs = Record<string, unknown>;
interface Weight {
  readonly originalName: string;
  read(): Tensor;
}
interface Activation {
  apply(x: Tensor): Tensor;
}

/** What layers and cells of TensorFlow.js keep; all of it is public at run time. */
interface Recurrent {
  readonly cell?: Cell;
  call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor | Tensor[];
}
interface Cell {
  readonly cells?: readonly Cell[];
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly kernel: Weight;
  readonly recurrentKernel: Weight;
  readonly bias: Weight | null;
  readonly useBias: boolean;
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly resetAfter?: boolean;
  dropoutMask: Tensor | Tensor[] | null;
  recurrentDropoutMask: Tensor | Tensor[] | null;
  getClassName(): string;
  call(inputs: Tensor[], kwargs: Kwargs): Tensor[];
}

/**
 * Makes the dropout of a recurrent layer Keras's, with the run's own random numbers: masks are drawn once for a sequence, named
 * after the cell's kernel (`lstm/dropout`, `bidirectional/forward_gru/recurrent_dropout`). Where LSTM or GRU have a recurrent dropout,
 * each gate has masks of its own; TensorFlow.js has one for all.
 */
export function correctRecurrentDropout(layer: object): void {
  const recurrent = layer as Recurrent;
  if (recurrent.cell === undefined) return;
  const cells = (recurrent.cell.cells ?? [recurrent.cell]).filter(
    ({ dropout, recurrentDropout }) => between(dropout) || between(recurrentDropout),
  );
  if (cells.length === 0) return;
  const call = recurrent.call.bind(recurrent);
  recurrent.call = (inputs, kwargs) => {
    for (const cell of cells) forget(cell);
    const result = call(inputs, kwargs);
    for (const cell of cells) forget(cell);
    return result;
  };
  for (const cell of cells) correctCell(cell);
}

/** Not all layers of TensorFlow.js do so before a sequence. */
function forget(cell: Cell): void {
  tf.dispose([cell.dropoutMask ?? [], cell.recurrentDropoutMask ?? []]);
  cell.dropoutMask = null;
  cell.recurrentDropoutMask = null;
}

function correctCell(cell: Cell): void {
  const plain = cell.call.bind(cell);
  const kind = cell.getClassName();
  const convolves = kind === "ConvLSTM2DCell";
  const eachGate = convolves || (kind !== "SimpleRNNCell" && between(cell.recurrentDropout));
  const gates = kind === "GRUCell" ? 3 : 4;

  const masks = (part: "dropout" | "recurrent_dropout", rate: number, like: Tensor) => {
    const what = cell.kernel.originalName.replace(/kernel$/, part);
    const [rows, ...shape] = like.shape as [number, ...number[]];
    const draw = (extents: number[]) => drawn(tf, what, { kind: "keep", rate }, [rows, ...extents]);
    if (!eachGate) return tf.keep(draw(shape));
    return tf.tidy(() => tf.unstack(draw([gates, ...shape]), 1).map((mask) => tf.keep(mask)));
  };
  cell.call = (inputs, kwargs) => {
    if (kwargs["training"] !== true) return plain(inputs, kwargs);
    const [x, state] = inputs as [Tensor, Tensor];
    const several = (mask: Tensor | Tensor[]) =>
      kind === "SimpleRNNCell" || Array.isArray(mask) ? mask : [mask];
    if (between(cell.dropout)) cell.dropoutMask ??= several(masks("dropout", cell.dropout, x));
    if (between(cell.recurrentDropout))
      cell.recurrentDropoutMask ??= several(masks("recurrent_dropout", cell.recurrentDropout, state));
    if (!eachGate || convolves) return plain(inputs, kwargs);
    return tf.tidy(() => (kind === "GRUCell" ? gru(cell, inputs) : lstm(cell, inputs)));
  };
}

/** The product of each gate's part of a kernel with what its mask leaves, and its part of a bias. */
function products(x: Tensor, kernel: Weight, masks: Cell["dropoutMask"], bias: Tensor | null, gates: number) {
  const biases = bias === null ? undefined : tf.split(bias, gates);
  return tf.split(kernel.read(), gates, 1).map((part, i) => {
    const product = tf.matMul(masked(x, masks, i), part);
    return biases === undefined ? product : tf.add(product, biases[i]!);
  });
}

function masked(x: Tensor, masks: Cell["dropoutMask"], gate: number): Tensor {
  return Array.isArray(masks) ? tf.mul(x, masks[gate]!) : x;
}

function lstm(cell: Cell, [x, h, c]: Tensor[]): Tensor[] {
  const bias = cell.bias?.read() ?? null;
  const fromX = products(x!, cell.kernel, cell.dropoutMask, bias, 4);
  const fromH = products(h!, cell.recurrentKernel, cell.recurrentDropoutMask, null, 4);
  const [i, f, candidate, o] = fromX.map((one, gate) => tf.add(one, fromH[gate]!));
  const gate = (value: Tensor) => cell.recurrentActivation.apply(value);
  const carry = tf.add(tf.mul(gate(f!), c!), tf.mul(gate(i!), cell.activation.apply(candidate!)));
  const state = tf.mul(gate(o!), cell.activation.apply(carry));
  return [state, state, carry];
}

/** The state that is mixed with the candidate is the whole of it, as Keras has it. */
function gru(cell: Cell, [x, h]: Tensor[]): Tensor[] {
  const bias = cell.bias?.read();
  const after = cell.resetAfter === true;
  const [own = null, recurrent = null] = bias === undefined ? [] : after ? tf.unstack(bias) : [bias];
  const [xz, xr, xh] = products(x!, cell.kernel, cell.dropoutMask, own, 3) as [Tensor, Tensor, Tensor];
  const kernels = tf.split(cell.recurrentKernel.read(), 3, 1);
  const biases = recurrent === null ? undefined : tf.split(recurrent, 3);
  const product = (gate: number, state: Tensor) => {
    const result = tf.matMul(state, kernels[gate]!);
    return biases === undefined ? result : tf.add(result, biases[gate]!);
  };
  const state = (gate: number) => masked(h!, cell.recurrentDropoutMask, gate);
  const z = cell.recurrentActivation.apply(tf.add(xz, product(0, state(0))));
  const r = cell.recurrentActivation.apply(tf.add(xr, product(1, state(1))));
  const fromState = after ? tf.mul(r, product(2, state(2))) : product(2, tf.mul(r, state(2)));
  const candidate = cell.activation.apply(tf.add(xh, fromState));
  const next = tf.add(tf.mul(z, h!), tf.mul(tf.sub(1, z), candidate));
  return [next, next];
}

function between(rate: number): boolean {
  return rate > 0 && rate < 1;
}
