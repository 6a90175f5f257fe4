import type { Constraint, ConstraintName } from "../constraints.ts";
import type { LayerDescription } from "../description.ts";
import type { Initializer, InitializerName } from "../initializers.ts";
import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { KnownOptions } from "../known-options.ts";
import { KerasLayer, type Layer } from "../layer.ts";
import type { Regularizer } from "../regularizers.ts";
import {
  kernelOptions,
  layerOptions,
  type Activation,
  type DataFormat,
  type KernelOptions,
  type LayerOptions,
  type Padding,
} from "./layer-options.ts";

/** One step of a recurrent layer, for `layers.rnn({ cell })`. It is not applied by itself. */
export interface RecurrentCell extends LayerDescription {
  readonly class_name: "SimpleRNNCell" | "GRUCell" | "LSTMCell" | "StackedRNNCells";
}

/** One step of `convLstm2d`. TensorFlow.js has no layer that takes it by itself. */
export interface RecurrentImageCell extends LayerDescription {
  readonly class_name: "ConvLSTM2DCell";
}

/** A layer that runs along a sequence: what `layers.bidirectional` takes. */
export interface RecurrentLayer extends Layer {
  readonly class_name: "RNN" | "SimpleRNN" | "GRU" | "LSTM" | "ConvLSTM2D";
}

/**
 * What all recurrent layers take. (`returnState` and `stateful` of TensorFlow.js are left out: a layer gives one
 * tensor here, and rows are shuffled.)
 */
export interface SequenceOptions extends LayerOptions {
  /** Gives the output of every step instead of the last one. Default false. */
  returnSequences?: boolean;
  /** Reads the sequence from its end. Default false. */
  goBackwards?: boolean;
}
/** What the step of a recurrent layer takes. */
export interface StepOptions extends Omit<KernelOptions, "activityRegularizer"> {
  /** Applied to the output of a step. Default "tanh". */
  activation?: Activation;
  /** How the kernel of the state is filled before training. Default "orthogonal". */
  recurrentInitializer?: Initializer | InitializerName;
  /** Penalty on the kernel of the state. Default: none. */
  recurrentRegularizer?: Regularizer;
  /** Rule for the kernel of the state. Default: none. */
  recurrentConstraint?: Constraint | ConstraintName;
  /** Share of the inputs dropped while training. Default 0. */
  dropout?: number;
  /** Share of the state dropped while training. Default 0. */
  recurrentDropout?: number;
}
/** Gates of `gru` and `lstm`. */
export interface GateOptions {
  /** Applied to the gates. Default "sigmoid". */
  recurrentActivation?: Activation;
}
export interface ForgetGateOptions extends GateOptions {
  /** Starts the forget gate's bias at 1. Default true. */
  unitForgetBias?: boolean;
}
export interface UnitsOptions {
  /** Length of the state and of the output. */
  units: number;
}
export interface StepConvolutionOptions {
  /** Number of output channels. */
  filters: number;
  /** Size of the window; one number is the same for height and width. */
  kernelSize: number | readonly [number, number];
  /** Steps of the window. Default 1. */
  strides?: number | readonly [number, number];
  /** Default "valid". */
  padding?: Padding;
  /** Default "channelsLast". */
  dataFormat?: DataFormat;
  /** Distance between the values that the window reads. Default 1. */
  dilationRate?: number | readonly [number, number];
}

export interface SimpleRnnCellOptions extends StepOptions, UnitsOptions {}
export interface GruCellOptions extends StepOptions, UnitsOptions, GateOptions {}
export interface LstmCellOptions extends StepOptions, UnitsOptions, ForgetGateOptions {}
export interface ConvLstm2dCellOptions extends StepOptions, ForgetGateOptions, StepConvolutionOptions {}
export interface SimpleRnnOptions extends SimpleRnnCellOptions, SequenceOptions {}
export interface GruOptions extends GruCellOptions, SequenceOptions {}
export interface LstmOptions extends LstmCellOptions, SequenceOptions {}
export interface ConvLstm2dOptions extends ConvLstm2dCellOptions, SequenceOptions {}
export interface RnnOptions extends SequenceOptions {
  /** The step, or several on top of each other. */
  cell: RecurrentCell | readonly RecurrentCell[];
}
export interface StackedRnnCellsOptions extends LayerOptions {
  /** From the lowest to the highest. */
  cells: readonly RecurrentCell[];
}
export interface BidirectionalOptions extends LayerOptions {
  /** The layer that runs forwards; a copy of it runs backwards. */
  layer: RecurrentLayer;
  /** How both outputs become one. Default "concat", which doubles the last axis. */
  mergeMode?: "concat" | "sum" | "mul" | "ave";
}
export interface TimeDistributedOptions extends LayerOptions {
  /** The layer that is applied to each step. */
  layer: Layer;
}

export interface RecurrentLayers {
  /** A plain recurrent layer: `[steps, features]` becomes `[units]`, or `[steps, units]` with `returnSequences`. */
  simpleRNN(options: SimpleRnnOptions): RecurrentLayer;
  /** Gated recurrent units: `[steps, features]` becomes `[units]`, or `[steps, units]` with `returnSequences`. */
  gru(options: GruOptions): RecurrentLayer;
  /** Long short-term memory: `[steps, features]` becomes `[units]`, or `[steps, units]` with `returnSequences`. */
  lstm(options: LstmOptions): RecurrentLayer;
  /** LSTM with convolutions: `[steps, height, width, channels]` becomes `[new height, new width, filters]`. */
  convLstm2d(options: ConvLstm2dOptions): RecurrentLayer;
  /** A recurrent layer from one cell or several. */
  rnn(options: RnnOptions): RecurrentLayer;
  /** One step of `simpleRNN`. */
  simpleRNNCell(options: SimpleRnnCellOptions): RecurrentCell;
  /** One step of `gru`. */
  gruCell(options: GruCellOptions): RecurrentCell;
  /** One step of `lstm`. */
  lstmCell(options: LstmCellOptions): RecurrentCell;
  /** One step of `convLstm2d`; `rnn` does not take it. */
  convLstm2dCell(options: ConvLstm2dCellOptions): RecurrentImageCell;
  /** Cells on top of each other, as one. */
  stackedRNNCells(options: StackedRnnCellsOptions): RecurrentCell;
  /** Runs a recurrent layer forwards and backwards: `[steps, features]` becomes `[2 × units]`. */
  bidirectional(options: BidirectionalOptions): Layer;
  /** Applies a layer to each step: `[steps, …]` becomes `[steps, …]`. */
  timeDistributed(options: TimeDistributedOptions): Layer;
}

const { activityRegularizer: _none, ...stepKernel } = kernelOptions;
const step = {
  ...stepKernel,
  recurrentInitializer: "optional",
  recurrentRegularizer: "optional",
  recurrentConstraint: "optional",
  dropout: "optional",
  recurrentDropout: "optional",
} as const;
const sequence = { returnSequences: "optional", goBackwards: "optional" } as const;
const units = { ...step, units: "required" } as const satisfies KnownOptions<SimpleRnnCellOptions>;
const gate = { recurrentActivation: "optional" } as const;
const forget = { ...gate, unitForgetBias: "optional" } as const;
const convolution = {
  ...step,
  ...forget,
  filters: "required",
  kernelSize: "required",
  strides: "optional",
  padding: "optional",
  dataFormat: "optional",
  dilationRate: "optional",
} as const satisfies KnownOptions<ConvLstm2dCellOptions>;

export const recurrentLayers: { readonly [Name in keyof RecurrentLayers]: KerasClass } = {
  simpleRNN: kerasClass<SimpleRnnOptions>("SimpleRNN", { ...units, ...sequence }),
  gru: kerasClass<GruOptions>("GRU", { ...units, ...gate, ...sequence }),
  lstm: kerasClass<LstmOptions>("LSTM", { ...units, ...forget, ...sequence }),
  convLstm2d: kerasClass<ConvLstm2dOptions>("ConvLSTM2D", { ...convolution, ...sequence }),
  rnn: {
    ...kerasClass<RnnOptions>("RNN", { ...layerOptions, ...sequence, cell: "required" }),
    // A saved configuration knows one cell only; several on top of each other are a cell too.
    normalise: ({ cell, ...rest }) => ({
      ...rest,
      cell: Array.isArray(cell)
        ? new KerasLayer("StackedRNNCells", { cells: Object.freeze([...cell]) })
        : cell,
    }),
  },
  simpleRNNCell: kerasClass<SimpleRnnCellOptions>("SimpleRNNCell", units),
  gruCell: kerasClass<GruCellOptions>("GRUCell", { ...units, ...gate }),
  lstmCell: kerasClass<LstmCellOptions>("LSTMCell", { ...units, ...forget }),
  convLstm2dCell: kerasClass<ConvLstm2dCellOptions>("ConvLSTM2DCell", convolution),
  stackedRNNCells: kerasClass<StackedRnnCellsOptions>("StackedRNNCells", {
    ...layerOptions,
    cells: "required",
  }),
  bidirectional: kerasClass<BidirectionalOptions>("Bidirectional", {
    ...layerOptions,
    layer: "required",
    mergeMode: "optional",
  }),
  timeDistributed: kerasClass<TimeDistributedOptions>("TimeDistributed", {
    ...layerOptions,
    layer: "required",
  }),
};
