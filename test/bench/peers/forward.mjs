/**
 * One forward pass of ResNet50 without its top, by KSpec and by its peers, on the same weights and the same images; milliseconds for an
 * image. `bare` is ONNX Runtime alone, on the file that KSpec writes for it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { median, printTable } from "../interleaved.mjs";
import { Way } from "./way.mjs";

/** Side, images to a turn, turns. */
const SIZES = [
  { side: 32, images: 512, rounds: 9 },
  { side: 224, images: 24, rounds: 7 },
];

export const about = "ResNet50 without its top, one forward pass";

/** @param {{ python: string, folder: string, mirror: string, quick: boolean }} surroundings */
export async function run({ python, folder, mirror, quick }) {
  mkdirSync(folder, { recursive: true });
  const weights = path.join(mirror, "models/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5");
  const missed = [];
  for (const { side, images, rounds } of SIZES) {
    const data = path.join(folder, `images-${side}.f32`);
    const onnx = path.join(folder, `resnet50-${side}.onnx`);
    const size = side * side * 3;
    const count = quick ? Math.ceil(images / 8) : images;
    writeFileSync(
      data,
      Float32Array.from({ length: 32 * size }, (_, i) => Math.sin(i * i * 0.37) * 120),
    );
    const here = import.meta.dirname;
    const kspec = new Way({
      name: "KSpec",
      command: process.execPath,
      args: [path.join(here, "forward-kspec.mjs"), mirror, String(side), data, onnx],
    });
    const ways = [kspec];
    try {
      // KSpec says how many images it computes at once, and all do the same.
      const first = await kspec.ready();
      const { batch } = first;
      const common = [String(side), data, String(batch)];
      const py = path.join(here, "forward.py");
      ways.push(
        new Way({
          name: "onnxruntime-node, bare",
          command: process.execPath,
          args: [path.join(here, "forward-bare.mjs"), onnx, ...common],
        }),
        new Way({ name: "onnxruntime, Python", command: python, args: [py, "onnxruntime", onnx, ...common] }),
        new Way({ name: "Keras, TensorFlow", command: python, args: [py, "keras", weights, ...common] }),
        new Way({ name: "PyTorch", command: python, args: [py, "torch", weights, ...common] }),
        new Way({
          name: "PyTorch, channels last",
          command: python,
          args: [py, "torch-channels-last", weights, ...common],
        }),
      );
      const said = [first];
      for (const way of ways.slice(1)) said.push(await way.ready());
      const times = ways.map(() => []);
      // The first round warms up.
      for (let round = 0; round <= (quick ? 2 : rounds); round++)
        // Each round begins with another, so that none always follows the same.
        for (let i = 0; i < ways.length; i++) {
          const which = (i + round) % ways.length;
          await pause(50);
          const { ms } = await ways[which].ask(Math.max(1, Math.round(count / batch)));
          if (round > 0) times[which].push(ms);
        }
      const bare = median(times[1]);
      console.log(`\n${side}×${side}, ${batch} images at once\n`);
      printTable(
        ["way", "ms an image, median", "least", "ratio to bare", "largest difference of features"],
        ways.map((way, i) => [
          `${way.name}${said[i].version ? ` ${said[i].version}` : ""}`,
          median(times[i]).toFixed(2),
          Math.min(...times[i]).toFixed(2),
          (median(times[i]) / bare).toFixed(2),
          difference(said[i].sample, first.sample).toExponential(0),
        ]),
      );
      const own = median(times[0]);
      if (own > 1.1 * bare)
        missed.push(
          `${side}×${side}: KSpec takes ${(own / bare).toFixed(2)} × bare ONNX Runtime (goal: 1.1 at most)`,
        );
      for (const [i, way] of ways.entries())
        if (i > 2 && own > median(times[i])) missed.push(`${side}×${side}: ${way.name} is faster than KSpec`);
    } finally {
      for (const way of ways) way.close();
    }
  }
  return missed;
}

/** Relative to the largest: that all compute the same thing. */
function difference(actual, expected) {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]))) / largest;
}
