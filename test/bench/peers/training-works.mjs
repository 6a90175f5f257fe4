/**
 * The trainings that training.mjs has done by KSpec, native TensorFlow.js and Keras: layers as Keras's classes and configurations, one behind
 * the other, on rows that are made here. All learn classes by categorical crossentropy with Adam.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";

const CLASSES = 10;
const output = ["Dense", { units: CLASSES, activation: "softmax" }];
const conv = (filters) => ["Conv2D", { filters, kernel_size: 3, activation: "relu" }];
const pool = ["MaxPooling2D", { pool_size: 2 }];
const flatten = ["Flatten", {}];

const features = { shape: [2048], rows: 400, epochs: 5, batch: 32, rate: 0.001 };
const digits = { shape: [28, 28, 1], rows: 2000, epochs: 2, rate: 0.001 };

/** What is trained, by name. With `base` the layers stand behind a frozen MobileNet, which is trained from the named layer on. */
export const WORKS = {
  "head 10": { ...features, layers: [output] },
  "head 64 relu, 10": { ...features, layers: [["Dense", { units: 64, activation: "relu" }], output] },
  "head 512 relu, 10": { ...features, layers: [["Dense", { units: 512, activation: "relu" }], output] },
  "convnet 16, 32": { ...digits, batch: 32, layers: [conv(16), pool, conv(32), pool, flatten, output] },
  "convnet 32, 64, 64": {
    ...digits,
    batch: 64,
    layers: [conv(32), pool, conv(64), pool, conv(64), flatten, output],
  },
  "fine-tuned MobileNet": {
    shape: [96, 96, 3],
    rows: 400,
    epochs: 2,
    batch: 32,
    rate: 0.0001,
    base: { alpha: 0.25, from: "conv_pw_11" },
    layers: [["GlobalAveragePooling2D", {}], output],
  },
};

/** Writes `works.json` and each work's rows, `NAME.x.f32` `[rows, …shape]` and `NAME.y.f32` `[rows, classes]`, where all ways read them. */
export function writeWorks(folder) {
  writeFileSync(path.join(folder, "works.json"), JSON.stringify(WORKS));
  for (const [name, work] of Object.entries(WORKS)) {
    const { x, y } = rowsOf(work);
    writeFileSync(path.join(folder, `${name}.x.f32`), x);
    writeFileSync(path.join(folder, `${name}.y.f32`), y);
  }
}

/** Each class is a pattern of its own under noise, so that there is something to learn; of half the values nothing is left, as of digits and features. */
function rowsOf({ shape, rows }) {
  const size = shape.reduce((a, b) => a * b, 1);
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const x = new Float32Array(rows * size);
  const y = new Float32Array(rows * CLASSES);
  for (let row = 0; row < rows; row++) {
    const label = row % CLASSES;
    y[row * CLASSES + label] = 1;
    for (let i = 0; i < size; i++)
      x[row * size + i] = Math.max(0, random() - 0.5 + 0.2 * Math.sin((i + 1) * (label + 1) * 0.7));
  }
  return { x, y };
}
