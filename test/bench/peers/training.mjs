/**
 * Training: KSpec natively, KSpec on native TensorFlow.js, and Keras with TensorFlow, each in a process that stays.
 *
 * - heads on features that are there already, with progress and early stopping
 * - two convnets on 2,000 images of 28×28
 * - MobileNet's last blocks at 96×96, as Keras's guide fine-tunes: KSpec computes what stays frozen once, Keras in every step
 * - what it takes until a training can begin: a head, and a whole ResNet50, in new processes
 *
 * The first fit of each work is apart: Keras traces its functions, KSpec opens its session. Behind it Keras goes on with its model, or
 * builds a new one for each fit; KSpec always begins anew, and finds its session again.
 */
import { existsSync, mkdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { median, printTable } from "../interleaved.mjs";
import { assetsFolder } from "../mobilenet-spec.mjs";
import { WORKS, writeWorks } from "./training-works.mjs";
import { Way } from "./way.mjs";

export const about = "training, natively, in TensorFlow.js and in Keras";

const here = import.meta.dirname;

/** @param {{ python: string, folder: string, quick: boolean }} surroundings */
export async function run({ python, folder, quick }) {
  mkdirSync(folder, { recursive: true });
  writeWorks(folder);
  const assets = assetsFolder() ?? "";
  const trained = await fits({ python, folder, assets, quick });
  return [...trained, ...(await compiling(folder, quick))];
}

async function fits({ python, folder, assets, quick }) {
  const script = path.join(here, "training-kspec.mjs");
  const kspec = new Way({ name: "KSpec", command: process.execPath, args: [script, "auto", folder, assets] });
  const keras = new Way({
    name: "Keras",
    command: python,
    args: [path.join(here, "training.py"), folder, assets],
  });
  const installed = tfjsNode();
  const tfjs =
    installed === undefined
      ? undefined
      : new Way({
          name: "KSpec on native TensorFlow.js",
          command: process.execPath,
          args: [script, "tensorflow", folder, assets],
          env: { KSPEC_TFJS_NODE: installed },
        });
  if (tfjs === undefined)
    console.log(
      "Left out: native TensorFlow.js. Make it (scripts/setup-tfjs-node.mjs) and name it in KSPEC_TFJS_NODE.",
    );
  const all = [kspec, keras, ...(tfjs === undefined ? [] : [tfjs])];
  try {
    const versions = [];
    for (const way of all) versions.push((await way.ready()).version);
    console.log(`Keras ${versions[1]}\n`);
    const missed = [];
    const table = [];
    for (const [name, work] of Object.entries(WORKS)) {
      const kind = name.split(" ")[0];
      const ways = [
        { title: "KSpec", ask: () => asked(kspec, name) },
        {
          title: "Keras, model reused",
          ask: () => asked(keras, name),
          first: () => asked(keras, `new ${name}`),
        },
        { title: "Keras, new model", ask: () => asked(keras, `new ${name}`) },
        // Heads beside TensorFlow.js are in the benchmark of that name.
        ...(tfjs === undefined || kind === "head"
          ? []
          : [{ title: "KSpec on tfjs-node", ask: () => asked(tfjs, name) }]),
      ];
      const firsts = [];
      for (const { ask, first = ask } of ways) firsts.push(await first());
      const done = ways.map(() => []);
      const rounds = quick ? 1 : kind === "head" ? 9 : 5;
      for (let round = 0; round < rounds; round++)
        // Each round begins with another, so that none always follows the same.
        for (let i = 0; i < ways.length; i++) {
          const which = (i + round) % ways.length;
          await pause(50);
          done[which].push(await ways[which].ask());
        }
      // Of Keras the whole fit, and so also here: with what stays frozen.
      const whole = ({ ms, frozen = 0 }) => ms + frozen;
      const medians = done.map((some) => median(some.map(whole)));
      const steps = work.epochs * Math.ceil(work.rows / work.batch);
      for (const [i, { title }] of ways.entries())
        table.push([
          i === 0 ? name : "",
          title,
          medians[i].toFixed(i === 0 ? 1 : 0),
          Math.min(...done[i].map(whole)).toFixed(i === 0 ? 1 : 0),
          (medians[i] / medians[0]).toFixed(2),
          (medians[i] / steps).toFixed(2),
          whole(firsts[i]).toFixed(0),
          remark(done[i]),
          done[i].at(-1).loss.toFixed(3),
        ]);
      const [own, reused, anew, inTensorFlow] = medians;
      const times = kind === "head" ? 3 : 1;
      const goal = times === 1 ? "ahead of Keras" : `${times} × as fast as Keras`;
      for (const [title, ms] of [
        ["with a model that is reused", reused],
        ["with a new model", anew],
      ])
        if (ms < times * own)
          missed.push(
            `${name}: Keras ${title} takes ${(ms / own).toFixed(2)} × KSpec's time (goal: ${goal})`,
          );
      if (kind === "convnet" && inTensorFlow !== undefined && inTensorFlow < 2 * own)
        missed.push(
          `${name}: tfjs-node takes ${(inTensorFlow / own).toFixed(2)} × KSpec's time (goal: 2 at least)`,
        );
    }
    printTable(
      [
        "work",
        "way",
        "ms a fit, median",
        "least",
        "ratio to KSpec",
        "ms a step",
        "first fit, ms",
        "of it",
        "last loss",
      ],
      table,
    );
    return missed;
  } finally {
    for (const way of all) way.close();
  }
}

/** Medians of what a fit of KSpec's says about its parts. */
function remark(fits) {
  if (fits[0].open === undefined) return "";
  const part = (what) => median(fits.map((fit) => fit[what])).toFixed(1);
  return [
    ...(fits[0].frozen > 1 ? [`frozen layers ${part("frozen")}`] : []),
    `before the first step ${part("open")}`,
    `layers and their weights beside it ${part("built")}`,
  ].join(", ");
}

async function compiling(folder, quick) {
  const ways = { head: [], resnet50: [] };
  // What is written first in a process is slower than what follows, and people's fits are processes.
  for (let process_ = 0; process_ < (quick ? 1 : 3); process_++) {
    const way = new Way({
      name: "KSpec, compiling",
      command: process.execPath,
      args: [path.join(here, "training-kspec.mjs"), "auto", folder, ""],
    });
    try {
      await way.ready();
      for (const name of Object.keys(ways)) {
        const first = await asked(way, `compile ${name}`);
        const later = [];
        for (let i = 0; i < (name === "head" ? 5 : 2); i++) later.push(await asked(way, `compile ${name}`));
        ways[name].push({ first, later });
      }
    } finally {
      way.close();
    }
  }
  const goals = { head: 30, resnet50: 2000 };
  const titles = { head: "head of 64 and 10", resnet50: "ResNet50 whole, 64×64" };
  const missed = [];
  const rows = Object.entries(ways).map(([name, processes]) => {
    const later = processes.flatMap((one) => one.later);
    const middle = (what) => median(later.map((one) => one[what]));
    const first = median(processes.map((one) => one.first.ms));
    for (const [when, ms] of [
      ["first in its process", first],
      ["later", middle("ms")],
    ])
      if (ms > goals[name])
        missed.push(
          `compiling ${titles[name]}, ${when}, takes ${ms.toFixed(0)} ms (goal: ${goals[name]} at most)`,
        );
    const session = median(later.map(({ ms, write, encode }) => ms - write - encode));
    return [
      titles[name],
      first.toFixed(1),
      middle("ms").toFixed(1),
      middle("write").toFixed(1),
      middle("encode").toFixed(1),
      session.toFixed(1),
      String(later[0].nodes),
      (later[0].bytes / 1000).toFixed(0),
    ];
  });
  console.log("");
  printTable(
    [
      "compiling",
      "first in a process, ms",
      "later, ms",
      "graph",
      "file",
      "session",
      "nodes of a step",
      "file, kB",
    ],
    rows,
  );
  return missed;
}

async function asked(way, question) {
  const answer = await way.ask(question);
  if (answer.failed !== undefined) throw new Error(`${way.name}, ${question}: ${answer.failed}`);
  return answer;
}

/** Where native TensorFlow.js is: as it is named, or where `npm run test:tfjs-node` makes it. */
function tfjsNode() {
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
  const found = process.env.KSPEC_TFJS_NODE || path.join(cache, "kspec-test/tfjs-node");
  return existsSync(path.join(found, "node_modules/@tensorflow/tfjs-node")) ? found : undefined;
}
