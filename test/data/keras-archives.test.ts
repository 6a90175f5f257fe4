import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { pack } from "tar-stream";
import { describe, expect, test, vi } from "vitest";
import { CIFAR10, CIFAR10_BINARY, readCifar10 } from "../../src/data/datasets/cifar10.ts";
import { CIFAR100, readCifar100 } from "../../src/data/datasets/cifar100.ts";
import { FASHION_MNIST, readFashionMnist } from "../../src/data/datasets/fashion-mnist.ts";
import { MNIST, readMnist } from "../../src/data/datasets/mnist.ts";
import * as archives from "../../src/data/formats/archive.ts";
import { readIdx } from "../../src/data/formats/idx.ts";
import { PickledArray, readPickle } from "../../src/data/formats/pickle.ts";
import { readNpz } from "../../src/data/formats/npz.ts";
import type { KerasFile } from "../../src/data/keras-files.ts";
import type { Table } from "../../src/data/table.ts";
import { pickle, PlainArray } from "../mirror/pickle.ts";
import { failure, folder } from "./table-tools.ts";

/** Archives of the published form with few images: Keras's own have 170 MB. */

async function archive(files: Record<string, Buffer>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const offline = (keras_home: string) => ({
  specFolder: keras_home,
  keras_home,
  env: {
    HTTP_PROXY: "http://127.0.0.1:9",
    HTTPS_PROXY: "http://127.0.0.1:9",
    KSPEC_CACHE: path.join(keras_home, "kspec-cache"),
  },
});
const inCache = (name: string, bytes: Uint8Array) => offline(folder({ [`datasets/${name}`]: bytes }));

function imageAt(table: Table | undefined, row: number) {
  const column = table?.columns.get("image");
  if (column?.kind !== "image") throw new Error("no images");
  return column.images[row]!;
}
const labels = (table: Table | undefined) =>
  Array.from((table!.columns.get("label") as { codes: Int32Array }).codes);

describe("datasets.mnist", () => {
  /** An array as NumPy's `save` writes it. */
  function npy(shape: readonly number[], values: ArrayLike<number>, descr = "|u1"): Uint8Array {
    const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dimensions}), }`;
    const padded = header.padEnd(128 - 10 - 1) + "\n";
    const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, padded.length, 0]);
    return Buffer.concat([start, Buffer.from(padded, "latin1"), Uint8Array.from(values)]);
  }
  const pixels = (rows: number, first: number) =>
    Array.from({ length: rows * 784 }, (_, at) => (first + at) % 256);
  const archive = zipSync({
    "x_train.npy": npy([6, 28, 28], pixels(6, 0)),
    "y_train.npy": npy([6], [5, 0, 4, 1, 9, 2]),
    "x_test.npy": npy([2, 28, 28], pixels(2, 100)),
    "y_test.npy": npy([2], [7, 2]),
  });
  const file: KerasFile = { ...MNIST, hash: hashOf(archive) };

  test("the archive's order, its first rows, pixels and labels", async () => {
    const { train, test, name } = await readMnist({ train: 3 }, inCache("mnist.npz", archive), file);
    expect([name, train.rows, test?.rows]).toEqual(["MNIST", 3, 2]);
    expect(labels(train)).toEqual([5, 0, 4]);
    expect(labels(test)).toEqual([7, 2]);
    const image = imageAt(train, 1);
    expect([image.id, image.height, image.width, image.channels]).toEqual(["mnist/train/00001", 28, 28, 1]);
    expect(Array.from((await image.read()).slice(0, 3))).toEqual([784 % 256, 785 % 256, 786 % 256]);
  });

  test("more than there are", async () => {
    const error = await failure(() => readMnist({ train: 7 }, inCache("mnist.npz", archive), file));
    expect(error.message).toBe(
      "datasets.mnist has 6 training images, and 7 are asked for. Ask for 6 or fewer.",
    );
  });

  test("without network and cache: which file, where, and what to do", async () => {
    const home = folder();
    const started = Date.now();
    const error = await failure(() => readMnist({}, offline(home)));
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(error.message).toContain("The file mnist.npz is needed and could not be got.");
    expect(error.message).toContain(path.join(home, "datasets"));
    expect(error.message).toContain("https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz");
    expect(error.message).toContain("KSPEC_MIRROR");
  });

  test("an archive that is no such archive is named", async () => {
    const { hash: _hash, ...unchecked } = MNIST;
    const error = await failure(() =>
      readMnist({}, inCache("mnist.npz", Buffer.from("not a zip")), unchecked),
    );
    expect(error.message).toMatch(
      /mnist\.npz cannot be read: .*\. Delete it, and it will be downloaded again\.$/,
    );
  });

  test("arrays of other types and cut ones are refused", () => {
    const one = (array: Uint8Array) => () => readNpz(zipSync({ "a.npy": array }), ["a"]);
    expect(one(npy([2], [1, 2], "<f8"))).toThrow("a is of type <f8, not bytes in C order");
    expect(one(npy([4], [1, 2]))).toThrow("a is cut short");
    expect(one(Buffer.from("no array at all"))).toThrow("a is no NumPy array");
    expect(() => readNpz(zipSync({ "a.npy": npy([1], [1]) }), ["b"])).toThrow("it has no array b");
  });
});

describe("datasets.fashion_mnist", () => {
  /** As the publishers write arrays of bytes. */
  function idx(shape: readonly number[], values: ArrayLike<number>, type = 8): Buffer {
    const head = Buffer.alloc(4 + 4 * shape.length);
    head.writeUInt8(type, 2);
    head.writeUInt8(shape.length, 3);
    for (const [at, extent] of shape.entries()) head.writeUInt32BE(extent, 4 + 4 * at);
    return gzipSync(Buffer.concat([head, Uint8Array.from(values)]));
  }
  const pixels = (rows: number, first: number) =>
    Array.from({ length: rows * 784 }, (_, at) => (first + at) % 256);
  const bytes = {
    train: { images: idx([4, 28, 28], pixels(4, 0)), labels: idx([4], [9, 0, 0, 3]) },
    test: { images: idx([2, 28, 28], pixels(2, 100)), labels: idx([2], [9, 2]) },
  };
  function cache(own = bytes) {
    const files: Record<string, Uint8Array> = {};
    const described = structuredClone(FASHION_MNIST) as Record<
      "train" | "test",
      Record<"images" | "labels", KerasFile>
    >;
    for (const set of ["train", "test"] as const)
      for (const part of ["images", "labels"] as const) {
        const { kind, name } = FASHION_MNIST[set][part];
        files[`${kind}/${name}`] = own[set][part];
        described[set][part] = { ...FASHION_MNIST[set][part], hash: hashOf(own[set][part]) };
      }
    return [offline(folder(files)), described] as const;
  }

  test("Keras's four files: order, pixels, names of classes", async () => {
    const { train, test, name } = await readFashionMnist({ train: 3 }, ...cache());
    expect([name, train.rows, test?.rows]).toEqual(["Fashion-MNIST", 3, 2]);
    expect([labels(train), labels(test)]).toEqual([
      [9, 0, 0],
      [9, 2],
    ]);
    const column = train.columns.get("label");
    expect(column?.kind === "nominal" && [column.levels[0], column.levels[9]]).toEqual([
      "T-shirt/top",
      "Ankle boot",
    ]);
    expect(Array.from((await imageAt(test, 1).read()).slice(0, 2))).toEqual([
      (100 + 784) % 256,
      (101 + 784) % 256,
    ]);
  });

  test("they are looked for where Keras keeps them", async () => {
    const home = folder();
    const error = await failure(() => readFashionMnist({}, offline(home)));
    expect(error.message).toContain(
      `It was looked for in ${path.join(home, "datasets", "fashion-mnist")}, then at`,
    );
    expect(error.message).toContain(
      "https://storage.googleapis.com/tensorflow/tf-keras-datasets/train-images-idx3-ubyte.gz",
    );
  });

  test.each([
    [
      "labels of another number",
      { labels: idx([3], [1, 2, 3]) },
      "it has not as many labels as there are images",
    ],
    [
      "labels that are no classes",
      { labels: idx([4], [1, 2, 3, 10]) },
      "it has labels that are no classes of Fashion-MNIST",
    ],
    ["images without a shape", { images: idx([4 * 784], pixels(4, 0)) }, "it has 1 dimensions"],
  ])("%s are named", async (_what, wrong, message) => {
    const error = await failure(() =>
      readFashionMnist({}, ...cache({ ...bytes, train: { ...bytes.train, ...wrong } })),
    );
    expect(error.message).toContain(
      `cannot be read: ${message}. Delete it, and Fashion-MNIST will be downloaded again.`,
    );
  });

  test("arrays of other types, cut ones, and files that are none", () => {
    expect(() => readIdx(idx([2], [1, 2], 13))).toThrow("its values are not unsigned bytes");
    expect(() => readIdx(idx([5], [1, 2]))).toThrow("it is cut short, or longer than it says");
    expect(() => readIdx(gzipSync("hello"))).toThrow("it is no IDX file");
    expect(() => readIdx(gzipSync(Buffer.from([0, 0, 8, 3, 0])))).toThrow("it is cut short");
    expect(() => readIdx(Buffer.from("no gzip"))).toThrow();
    // A bomb: a hundred times its size and more.
    expect(() => readIdx(gzipSync(Buffer.alloc(210_000_000)))).toThrow();
  });
});

describe("datasets.cifar100", () => {
  const FINE = Array.from({ length: 100 }, (_, at) => `fine_${at}`);
  const COARSE = Array.from({ length: 20 }, (_, at) => `coarse_${at}`);
  const set = (rows: number, first: number) =>
    pickle({
      filenames: Array.from({ length: rows }, (_, row) => `${row}.png`),
      batch_label: "training batch 1 of 1",
      fine_labels: Array.from({ length: rows }, (_, row) => 99 - row),
      coarse_labels: Array.from({ length: rows }, (_, row) => 19 - row),
      data: new PlainArray(
        [rows, 3072],
        Buffer.concat(Array.from({ length: rows }, (_, row) => Buffer.alloc(3072, first + row))),
      ),
    });
  const contents = (
    inside: string,
    meta = pickle({ fine_label_names: FINE, coarse_label_names: COARSE }),
  ) => ({
    [`${inside}/meta`]: meta,
    [`${inside}/test`]: set(3, 50),
    [`${inside}/train`]: set(5, 0),
  });

  async function check(context: Parameters<typeof readCifar100>[1], file?: KerasFile) {
    const { train, test, name } = await readCifar100({ train: 4, test: 2 }, context, file);
    expect([name, train.rows, test?.rows]).toEqual(["CIFAR-100", 4, 2]);
    expect([labels(train), labels(test)]).toEqual([
      [99, 98, 97, 96],
      [99, 98],
    ]);
    expect(train.columns.get("label")).toMatchObject({ levels: FINE });
    expect(Array.from((await imageAt(test, 1).read()).slice(0, 3))).toEqual([51, 51, 51]);
  }

  test.each([
    ["Keras 3's archive", "cifar-100-python-target_archive"],
    ["an earlier Keras's", "cifar-100-python.tar.gz"],
  ])("from %s", async (_what, name) => {
    const bytes = await archive(contents("cifar-100-python"));
    await check(inCache(name, bytes), { ...CIFAR100, hash: hashOf(bytes) });
  });

  test("from folders that Keras unpacked", async () => {
    await check(offline(folder(contents("datasets/cifar-100-python-target/cifar-100-python"))));
    await check(offline(folder(contents("datasets/cifar-100-python"))));
  });

  test("the twenty groups", async () => {
    const context = offline(folder(contents("datasets/cifar-100-python")));
    const { train, test } = await readCifar100({ labels: "coarse", train: 2, test: 0 }, context);
    expect([labels(train), test]).toEqual([[19, 18], undefined]);
    expect(train.columns.get("label")).toMatchObject({ levels: COARSE });
  });

  test("other labels there are none", async () => {
    const error = await failure(() => readCifar100({ labels: "medium" as never }, offline(folder())));
    expect(error.message).toBe(
      'datasets.cifar100: labels is "medium". Give "fine" (100 classes) or "coarse" (20).',
    );
  });

  test("a meta that does not name the classes is named", async () => {
    const context = offline(
      folder(
        contents(
          "datasets/cifar-100-python",
          pickle({ fine_label_names: FINE.slice(1), coarse_label_names: COARSE }),
        ),
      ),
    );
    const error = await failure(() => readCifar100({ train: 1 }, context));
    expect(error.message).toContain("cannot be read: its meta does not name 100 classes.");
  });
});

describe("datasets.cifar10", () => {
  const ROWS = 3;
  /** Planes of image `row`: red row, green row + 1, blue row + 2. */
  const planesOf = (row: number) =>
    Buffer.concat([0, 1, 2].map((channel) => Buffer.alloc(1024, row + channel)));
  const labelOf = (row: number) => row % 10;
  const rowsOf = (batch: number) => Array.from({ length: ROWS }, (_, at) => batch * 10 + at);

  const pythonBatch = (batch: number): Buffer =>
    pickle({
      batch_label: `training batch ${batch} of 5`,
      labels: rowsOf(batch).map(labelOf),
      data: new PlainArray([ROWS, 3072], Buffer.concat(rowsOf(batch).map(planesOf))),
    });

  const binaryBatch = (batch: number) =>
    Buffer.concat(rowsOf(batch).map((row) => Buffer.concat([Buffer.from([labelOf(row)]), planesOf(row)])));

  const batches = (inside: string, write: (batch: number) => Buffer, end = "") =>
    Object.fromEntries([
      ...[1, 2, 3, 4, 5].map((batch) => [`${inside}/data_batch_${batch}${end}`, write(batch)]),
      [`${inside}/test_batch${end}`, write(9)],
      [`${inside}/readme.html`, Buffer.from("<p>")],
    ]) as Record<string, Buffer>;

  async function check(
    context: Parameters<typeof readCifar10>[1],
    files?: Parameters<typeof readCifar10>[2],
  ) {
    const { train, test, name } = await readCifar10({ train: 2, test: 3 }, context, files);
    expect([name, train.rows, test?.rows]).toEqual(["CIFAR-10", 2, 3]);
    expect(train.columns.get("label")).toMatchObject({
      levels: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    });
    expect([labels(train), labels(test)]).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
    const image = imageAt(test, 2);
    expect([image.height, image.width, image.channels]).toEqual([32, 32, 3]);
    // Planes have become channels.
    expect(Array.from((await image.read()).slice(0, 6))).toEqual([92, 93, 94, 92, 93, 94]);
  }

  test.each([
    ["Keras 3's archive", "cifar-10-batches-py-target_archive"],
    ["an earlier Keras's", "cifar-10-batches-py.tar.gz"],
    ["the publisher's name", "cifar-10-python.tar.gz"],
  ])("from %s", async (_what, name) => {
    const bytes = await archive(batches("cifar-10-batches-py", pythonBatch));
    await check(inCache(name, bytes), {
      python: { ...CIFAR10, hash: hashOf(bytes) },
      binary: CIFAR10_BINARY,
    });
  });

  test("from the binary archive", async () => {
    const bytes = await archive(batches("cifar-10-batches-bin", binaryBatch, ".bin"));
    await check(inCache("cifar-10-binary.tar.gz", bytes), {
      python: CIFAR10,
      binary: { ...CIFAR10_BINARY, hash: hashOf(bytes) },
    });
  });

  test("from unpacked folders, of both versions of Keras and of the binary archive", async () => {
    await check(
      offline(folder(batches("datasets/cifar-10-batches-py-target/cifar-10-batches-py", pythonBatch))),
    );
    await check(offline(folder(batches("datasets/cifar-10-batches-py", pythonBatch))));
    await check(offline(folder(batches("datasets/cifar-10-batches-bin", binaryBatch, ".bin"))));
  });

  test("what was taken from an archive is kept unpacked, and read anew where it is no longer what it was", async () => {
    const bytes = await archive(batches("cifar-10-batches-py", pythonBatch));
    const files = { python: { ...CIFAR10, hash: hashOf(bytes) }, binary: CIFAR10_BINARY };
    const context = inCache(CIFAR10.name, bytes);
    await check(context, files);
    const kept = path.join(context.env.KSPEC_CACHE, "unpacked", hashOf(bytes).slice(0, 32));
    expect(readdirSync(kept).sort()).toEqual(["about.json", "data_batch_1", "test_batch"]);
    const opened = vi.spyOn(archives, "readArchive");
    await check(context, files);
    expect(opened).not.toHaveBeenCalled();
    writeFileSync(path.join(kept, "test_batch"), pythonBatch(8));
    await check(context, files);
    expect(opened).toHaveBeenCalledOnce();
    expect(readFileSync(path.join(kept, "test_batch")).equals(pythonBatch(9))).toBe(true);
  });

  test("the fingerprint is of the images: of other rows it is another, of the same in another archive the same", async () => {
    const python = offline(folder(batches("datasets/cifar-10-batches-py", pythonBatch)));
    const binary = offline(folder(batches("datasets/cifar-10-batches-bin", binaryBatch, ".bin")));
    const two = await readCifar10({ train: 2, test: 3 }, python);
    expect((await readCifar10({ train: 2, test: 3 }, binary)).fingerprint).toBe(two.fingerprint);
    expect((await readCifar10({ train: 3, test: 3 }, python)).fingerprint).not.toBe(two.fingerprint);
  });

  test("an archive that is cut short is named", async () => {
    const bytes = await archive(batches("cifar-10-batches-py", pythonBatch));
    const cut = bytes.subarray(0, bytes.length - 30);
    const error = await failure(() =>
      readCifar10({ train: 1 }, inCache(CIFAR10.name, cut), {
        python: { ...CIFAR10, hash: hashOf(cut) },
        binary: CIFAR10_BINARY,
      }),
    );
    expect(error.message).toMatch(
      /_archive cannot be read: .*Delete it, and CIFAR-10 will be downloaded again\.$/,
    );
  });

  test("more than there are", async () => {
    const error = await failure(() => readCifar10({ train: 50_001 }, offline(folder())));
    expect(error.message).toContain("has 50000 training images, and 50001 are asked for");
  });

  test("a pickle is data: whatever would run is refused", () => {
    expect(() => readPickle(Buffer.from("cos\nsystem\n(U\x02lstR.", "latin1"))).toThrow(
      "it names os.system, which is not data",
    );
    expect(() => readPickle(Buffer.from("cbuiltins\neval\n.", "latin1"))).toThrow("it names builtins.eval");
    expect(() => readPickle(Buffer.from("\x80\x02i__main__\nX\n.", "latin1"))).toThrow(
      "the instruction 0x69",
    );
    expect(() => readPickle(Buffer.from("\x80\x02}", "latin1"))).toThrow("it is cut short");
    expect(() => readPickle(Buffer.from("0.", "latin1"))).toThrow("the instruction 0x30");
  });

  const python = ["python3", "python"].find((name) => {
    try {
      execFileSync(name, ["-c", "import pickle"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
  if (!python) console.warn("Skipped: no Python here, so pickles that Python writes are not read.");

  test.runIf(python)("reads what Python writes, in protocols 2 to 4", () => {
    const inside = folder({ batch: pythonBatch(1) });
    const program = `import pickle, pickletools, sys
data = {"labels": list(range(300)), "data": b"\\xff" * 5000, "name": "é", "none": None, "yes": True, "pair": (1, -2), "again": ["x", "x"]}
for protocol in (2, 3, 4):
    with open(f"pickle{protocol}", "wb") as file: pickle.dump(data, file, protocol)
pickletools.dis(open("batch", "rb").read())`;
    const listing = execFileSync(python!, ["-c", program], { cwd: inside }).toString();
    for (const protocol of [2, 3, 4]) {
      const read = readPickle(readFileSync(path.join(inside, `pickle${protocol}`)));
      if (!(read instanceof Map)) throw new Error("no dictionary");
      expect(read.get("labels")).toEqual(Array.from({ length: 300 }, (_, at) => at));
      expect(read.get("name")).toBe("é");
      expect([read.get("none"), read.get("yes"), read.get("again")]).toEqual([null, true, ["x", "x"]]);
      expect(Buffer.from(read.get("data") as Uint8Array).equals(Buffer.alloc(5000, 255))).toBe(true);
    }
    // The batch of these tests is well-formed in Python's eyes too.
    expect(listing).toContain("highest protocol among opcodes = 2");
    expect((readPickle(pythonBatch(1)) as Map<string, unknown>).get("data")).toBeInstanceOf(PickledArray);
  });
});
