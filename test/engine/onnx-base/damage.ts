import type { GraphMessage, NodeMessage } from "../../../src/engine/native/onnx/read.ts";
import type { TensorMessage } from "../../../src/engine/native/onnx/read-tensor.ts";
import { decodeModel, ModelProto } from "../../../src/engine/native/onnx/schema.ts";

/** A model as protobufjs gives it, to be changed in place. */
export interface Message {
  ir_version: number;
  opset_import: { domain: string; version: number }[];
  functions: object[];
  graph: Changeable<Omit<GraphMessage, "node" | "initializer">> & {
    node: NodeMessage[];
    initializer: Changeable<TensorMessage>[];
  };
}
type Changeable<Read> = { -readonly [Key in keyof Read]: Read[Key] };

/** The bytes of a model after a change. */
export function changed(bytes: Uint8Array, change: (model: Message) => void): Uint8Array {
  const model = decodeModel(bytes) as unknown as Message;
  change(model);
  return ModelProto.encode(model).finish();
}

/** The same bytes, spoilt: cut off, bytes changed at random, or a field of the model set to something else. */
export function spoilt(bytes: Uint8Array, round: number, below: (limit: number) => number): Uint8Array {
  if (round % 4 === 0) return bytes.subarray(0, below(bytes.length));
  if (round % 4 < 3) {
    const copy = Uint8Array.from(bytes);
    for (let i = 0; i <= round % 5; i++) copy[below(copy.length)] = below(256);
    return copy;
  }
  return changed(bytes, (model) => {
    const { graph } = model;
    const one = <Item>(list: readonly Item[]): Item => list[below(list.length)]!;
    const node = one(graph.node);
    const names = [
      ...graph.node.flatMap(({ output }) => output),
      ...graph.initializer.map(({ name }) => name),
      "",
      "nothing",
    ];
    const numbers = [0, -1, 1, 2, 3, 1e6, 2 ** 31, 2 ** 40, 2 ** 53];
    const tensor = graph.initializer.length > 0 ? one(graph.initializer) : undefined;
    const changes: (() => void)[] = [
      () => (node.input[below(Math.max(1, node.input.length))] = one(names)),
      () => (node.output[below(node.output.length)] = one(names)),
      () =>
        (node.op_type = one([
          "Foo",
          "",
          "Reshape",
          "Add",
          "Conv",
          "Loop",
          "Softmax",
          "ConstantOfShape",
          "Expand",
          "Tile",
        ])),
      () => (node.domain = one(["com.microsoft", "my.own", "ai.onnx.ml"])),
      () => node.attribute.splice(0, 1),
      () => {
        for (const attribute of node.attribute)
          Object.assign(attribute, { ints: attribute.ints.map(() => one(numbers)), i: one(numbers) });
      },
      () =>
        (model.opset_import = one([[], [{ domain: "", version: one([0, 1, 6, 8, 10, 13, 19, 22, 99]) }]])),
      () => graph.node.reverse(),
      () => graph.node.splice(below(graph.node.length), 1),
      () => (graph.output = []),
      () => (graph.input = one([[], [...graph.input, ...graph.input]])),
      () => {
        if (tensor) tensor.dims = tensor.dims.map((extent) => (below(2) === 0 ? one(numbers) : extent));
      },
      () => {
        if (tensor) tensor.data_type = below(30);
      },
      () => {
        if (tensor) tensor.raw_data = new Uint8Array(below(64));
      },
      () => {
        if (tensor)
          Object.assign(tensor, {
            data_location: 1,
            external_data: [{ key: "location", value: one(["../x", "/etc/passwd", "none.bin", "."]) }],
          });
      },
    ];
    one(changes)();
  });
}
