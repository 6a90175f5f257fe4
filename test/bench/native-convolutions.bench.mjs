/**
 * Convolutions and poolings while they are trained: one layer forwards and back, on one thread of ONNX Runtime. KSpec's form beside the
 * plain one: a convolution forwards, a transposed one and one with rows and channels swapped back, a pooling that says where the largest
 * values stood. The limits in src/engine/native/training come from here.
 */
import { bundleEngine } from "../../scripts/bundle-engine.mjs";
import { median, printTable } from "./interleaved.mjs";

const ROWS = 32;
const ROUNDS = 9;

const conv = (filters, kernel_size, more = {}) => ["Conv2D", { filters, kernel_size, ...more }];
const depthwise = (more = {}) => ["DepthwiseConv2D", { kernel_size: 3, padding: "same", ...more }];
const pool = ["MaxPooling2D", { pool_size: 2 }];
/** Layers on `[height, width, channels]`. */
const LAYERS = [
  [[28, 28, 1], conv(16, 3)],
  [[13, 13, 16], conv(32, 3)],
  [[32, 32, 16], conv(16, 3, { padding: "same" })],
  [[12, 12, 64], conv(128, 1)],
  [[4, 4, 64], conv(64, 3, { padding: "same" })],
  [[2, 2, 512], conv(512, 3, { padding: "same" })],
  [[3, 3, 1024], conv(1024, 1)],
  [[24, 24, 64], depthwise()],
  [[6, 6, 512], depthwise()],
  [[6, 6, 512], depthwise({ strides: 2 })],
  [[3, 3, 1024], depthwise()],
  [[26, 26, 16], pool],
  [[11, 11, 32], pool],
];

const kspec = await bundleEngine(`
  export { convolutionRules } from "./src/engine/native/layers/convolution.ts";
  export { LayerCall } from "./src/engine/native/layers/layer-call.ts";
  export { poolingRules } from "./src/engine/native/layers/pooling.ts";
  export { encodeModel } from "./src/engine/native/onnx/encode.ts";
  export { Graph } from "./src/engine/native/onnx/graph.ts";
  export { loadRuntime } from "./src/engine/native/runtime.ts";
  export { dropUnused } from "./src/engine/native/simplify/drop-unused.ts";
  export { lower } from "./src/engine/native/simplify/lower.ts";
  export { differentiate } from "./src/engine/native/training/differentiate.ts";
  export { GraphExtents } from "./src/engine/native/training/extents.ts";
  export { LoopVariables } from "./src/engine/native/training/loop-variables.ts";
  export { Layouts } from "./src/engine/native/value.ts";
`);
const runtime = await kspec.loadRuntime();
if (!runtime.available) throw new Error(runtime.reason);
const { InferenceSession, Tensor } = runtime.ort;

/** The layer's output and gradients, as sums, so that nothing large is handed over. */
async function open(shape, [class_name, config], plain) {
  const graph = new kspec.Graph();
  const extents = new kspec.GraphExtents(graph);
  const input = graph.freshName("input");
  extents.set(input, [null, ...shape]);
  const weight = class_name === "DepthwiseConv2D" ? "depthwise_kernel" : "kernel";
  const kernel =
    class_name === "MaxPooling2D"
      ? undefined
      : [config.kernel_size, config.kernel_size, shape[2], config.filters ?? 1];
  const variables = new kspec.LoopVariables(
    extents,
    kernel === undefined ? [] : [{ layer: "tried", weight, shape: kernel, trained: true }],
    true,
    () => {
      throw new Error("Nothing is drawn.");
    },
  );
  const weights = (_, name) =>
    name === weight && kernel !== undefined
      ? { shape: kernel, dtype: "float32", values: new Float32Array() }
      : undefined;
  const layouts = new kspec.Layouts(graph);
  const call = new kspec.LayerCall(
    // Channels first are written plainly: it takes no small images as products.
    {
      name: "tried",
      class_name,
      config: { ...config, use_bias: false, ...(plain ? { data_format: "channels_first" } : {}) },
    },
    [
      plain
        ? {
            ...layouts.channelsFirst({ name: input, shape, channelsFirst: false }),
            shape: [shape[2], shape[0], shape[1]],
            channelsFirst: false,
          }
        : { name: input, shape, channelsFirst: false },
    ],
    graph,
    layouts,
    weights,
    () => {
      throw new Error("It holds no other.");
    },
    variables,
  );
  const output = { ...kspec.convolutionRules, ...kspec.poolingRules }[class_name](call).name;
  const start = graph.freshName("start");
  extents.set(start, extents.of(output));
  const names = [input, ...variables.all.map(({ name }) => name)];
  const gradients = plain
    ? plainGradients(graph, extents, output, start, names)
    : [...kspec.differentiate(extents, new Map([[output, start]]), names).values()];
  const results = [output, ...gradients].map((name) =>
    graph.add("ReduceSum", "sum", [name], { keepdims: { int: 0 } }),
  );
  const ports = [...names, start].map((name) => ({ name, shape: extents.of(name), exact: true }));
  kspec.lower(graph);
  const whole = {
    name: "tried",
    graph,
    inputs: ports,
    outputs: results.map((name) => ({ name, shape: [], exact: true })),
  };
  kspec.dropUnused(whole);
  const session = await InferenceSession.create(kspec.encodeModel(whole), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(
    ports.map(({ name, shape: extent }) => {
      const dims = extent.map((one) => one ?? ROWS);
      const values = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) =>
        Math.sin(i * i * 0.37),
      );
      return [name, new Tensor("float32", values, dims)];
    }),
  );
  return () => session.run(feeds);
}

/** What is written where nothing better is known. */
function plainGradients(graph, extents, output, start, names) {
  const node = graph.nodes.find((one) => one.output === output);
  const add = (op, inputs, attributes = {}) => graph.add(op, "back", inputs, attributes);
  const swap = { perm: { ints: [1, 0, 2, 3] } };
  if (node.op === "MaxPool") {
    node.furtherOutputs = [graph.freshName("places")];
    const ones = { ints: [1, 1] };
    const shape = add("Shape", [node.inputs[0]]);
    return [add("MaxUnpool", [start, node.furtherOutputs[0], shape], { kernel_shape: ones, strides: ones })];
  }
  const { strides, pads = { ints: [0, 0, 0, 0] }, group } = node.attributes;
  const image = extents.of(node.inputs[0]);
  const window = extents.of(node.inputs[1]).slice(2);
  const left = window.map(
    (size, i) => (image[i + 2] + pads.ints[i] + pads.ints[i + 2] - size) % strides.ints[i],
  );
  const toImage = add("ConvTranspose", [start, node.inputs[1]], {
    kernel_shape: { ints: window },
    strides,
    pads,
    group,
    output_padding: { ints: left },
  });
  const whole = (list) =>
    graph.constant(`list ${list.join(" ")}`, [list.length], () => BigInt64Array.from(list, BigInt));
  let images = add("Transpose", [node.inputs[0]], swap);
  if (group.int > 1) images = add("Reshape", [images, whole([1, -1, image[2], image[3]])]);
  let toKernel = add("Conv", [images, add("Transpose", [start], swap)], {
    dilations: strides,
    pads: { ints: pads.ints.map((pad, i) => (i < 2 ? pad : Math.max(0, pad - left[i - 2]))) },
    group,
  });
  toKernel = add("Slice", [toKernel, whole([0, 0]), whole(window), whole([2, 3])]);
  return [toImage, names.length > 1 ? add("Transpose", [toKernel], swap) : toKernel];
}

const table = [];
for (const [shape, layer] of LAYERS) {
  const ways = [await open(shape, layer, false), await open(shape, layer, true)];
  const times = [[], []];
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, way] of ways.entries()) {
      // Time of the processor: a machine that has other things to do as well says little about the clock's.
      const before = process.cpuUsage();
      await way();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) times[i].push((user + system) / 1000);
    }
  const [own, plain] = times.map(median);
  const [class_name, { filters, kernel_size, pool_size, strides }] = layer;
  const what = [
    class_name,
    filters,
    `${kernel_size ?? pool_size}×${kernel_size ?? pool_size}`,
    strides && `steps of ${strides}`,
  ];
  table.push([
    what.filter(Boolean).join(" "),
    shape.join("×"),
    own.toFixed(2),
    plain.toFixed(2),
    (plain / own).toFixed(1),
  ]);
}
console.log(`one layer, ${ROWS} rows, forwards and back, one thread; ms of the processor\n`);
printTable(["layer", "image", "KSpec", "plain", "ratio"], table);
process.exit(0);
