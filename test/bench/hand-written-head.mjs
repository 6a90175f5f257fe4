/**
 * A head of one or two dense layers, its gradients and Adam, written by hand as an ONNX graph: what a training step costs where nothing
 * is general. Dense by Gemm, softmax and crossentropy together, moments unscaled, one run an epoch.
 */
export async function handWrittenHead({ Graph, encodeModel }, ort, { hidden, width, classes }) {
  const body = new Graph();
  const add = (op, inputs, attributes = {}) => body.add(op, "step", inputs, attributes);
  const number = (value) => body.constant(`number ${value}`, [], () => Float32Array.of(value));
  const whole = (...values) =>
    body.constant(`whole ${values.join(" ")}`, [values.length], () => BigInt64Array.from(values, BigInt));
  const gemm = (a, b, transA = 0, transB = 0, ...bias) =>
    add("Gemm", [a, b, ...bias], { transA: { int: transA }, transB: { int: transB } });
  const weights =
    hidden === 0 ? [[width, classes], [classes]] : [[width, hidden], [hidden], [hidden, classes], [classes]];
  const states = ["weight", "first", "second"].flatMap((kind) =>
    weights.map((shape, i) => ({ name: `${kind} ${i}`, shape })),
  );
  const W = (i) => `weight ${i}`;

  const start = add("Mul", [add("Reshape", ["turn", whole(1)]), whole(32)]);
  const rows = add("Slice", ["order", start, add("Add", [start, whole(32)])]);
  const [x, y] = [
    add("Gather", ["X", rows], { axis: { int: 0 } }),
    add("Gather", ["Y", rows], { axis: { int: 0 } }),
  ];
  const linear = hidden === 0 ? undefined : gemm(x, W(0), 0, 0, W(1));
  const last = linear === undefined ? x : add("Relu", [linear]);
  const output = weights.length - 2;
  const logits = gemm(last, W(output), 0, 0, W(output + 1));
  const logs = add("LogSoftmax", [logits], { axis: { int: -1 } });
  const loss = add("Neg", [add("ReduceSum", [add("Mul", [logs, y])], { keepdims: { int: 0 } })]);
  const count = add("Cast", [add("Shape", [x], { start: { int: 0 }, end: { int: 1 } })], { to: { int: 1 } });
  const delta = add("Div", [add("Sub", [add("Exp", [logs]), y]), count]);
  const overRows = (value) => add("ReduceSum", [value, whole(0)], { keepdims: { int: 0 } });
  const gradients = [gemm(last, delta, 1), overRows(delta)];
  if (linear !== undefined) {
    const above = add("Cast", [add("Greater", [linear, number(0)])], { to: { int: 1 } });
    const inner = add("Mul", [gemm(delta, W(2), 0, 1), above]);
    gradients.unshift(gemm(x, inner, 1), overRows(inner));
  }
  const step = add("Gather", ["rates", "turn"], { axis: { int: 0 } });
  const after = { weight: [], first: [], second: [] };
  gradients.forEach((gradient, i) => {
    const first = add("Add", [add("Mul", [`first ${i}`, number(0.9)]), gradient]);
    const second = add("Add", [add("Mul", [`second ${i}`, number(0.999)]), add("Mul", [gradient, gradient])]);
    const moved = add("Div", [
      add("Mul", [first, step]),
      add("Add", [add("Sqrt", [second]), number(1e-7 / Math.sqrt(0.001))]),
    ]);
    after.weight.push(add("Sub", [W(i), moved]));
    after.first.push(first);
    after.second.push(second);
  });
  const ends = [...after.weight, ...after.first, ...after.second];
  const goesOn = add("Identity", ["goes"]);

  const graph = new Graph();
  const yes = graph.typedConstant("true", { shape: [], values: () => Uint8Array.of(1), type: 9 });
  const port = (name, shape, type) => ({ name, shape, exact: true, ...(type === undefined ? {} : { type }) });
  const names = [...states.map(({ name }) => `${name} after`), "losses"];
  graph.nodes.push({
    op: "Loop",
    name: "loop",
    inputs: ["turns", yes, ...states.map(({ name }) => `${name} before`)],
    output: names[0],
    furtherOutputs: names.slice(1),
    attributes: {
      body: {
        graph: {
          name: "body",
          graph: body,
          inputs: [
            port("turn", [], "int64"),
            port("goes", [], "bool"),
            ...states.map(({ name, shape }) => port(name, shape)),
          ],
          outputs: [
            port(goesOn, [], "bool"),
            ...ends.map((name, i) => port(name, states[i].shape)),
            port(loss, []),
          ],
        },
      },
    },
  });
  const bytes = encodeModel({
    name: "head",
    graph,
    inputs: [
      { name: "X", shape: [width] },
      { name: "Y", shape: [classes] },
      { name: "order", shape: [], type: "int64" },
      { name: "rates", shape: [] },
      port("turns", [], "int64"),
      ...states.map(({ name, shape }) => port(`${name} before`, shape)),
    ],
    outputs: [
      ...states.map(({ name, shape }) => port(`${name} after`, shape)),
      { name: "losses", shape: [] },
    ],
  });
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });

  return {
    async fit(x, y, { rows: all, epochs, batch }) {
      const turns = Math.ceil(all / batch);
      let kept = Object.fromEntries(
        states.map(({ name, shape }, i) => {
          const size = shape.reduce((a, b) => a * b, 1);
          const values = new Float32Array(size);
          if (i < weights.length && shape.length > 1)
            for (let at = 0; at < size; at++) values[at] = ((at * 7919) % 1009) / 1009 / 20 - 0.025;
          return [`${name} before`, new ort.Tensor("float32", values, shape)];
        }),
      );
      const data = {
        X: new ort.Tensor("float32", x, [all, width]),
        Y: new ort.Tensor("float32", y, [all, classes]),
      };
      for (let epoch = 0; epoch < epochs; epoch++) {
        const rates = Float32Array.from({ length: turns }, (_, i) => {
          const t = epoch * turns + i + 1;
          const rate = (0.001 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
          return (rate * 0.1) / Math.sqrt(0.001);
        });
        const results = await session.run({
          ...data,
          ...kept,
          order: new ort.Tensor(
            "int64",
            BigInt64Array.from({ length: all }, (_, i) => BigInt((i * 7) % all)),
            [all],
          ),
          rates: new ort.Tensor("float32", rates, [turns]),
          turns: new ort.Tensor("int64", BigInt64Array.of(BigInt(turns)), []),
        });
        kept = Object.fromEntries(states.map(({ name }) => [`${name} before`, results[`${name} after`]]));
      }
    },
  };
}
