import { execFile } from "node:child_process";
import { restoreOldUtil } from "./tfjs-node.ts";

/** What became of a native TensorFlow when it was asked to compute. */
export type TriedTfjsNode =
  | {
      readonly computes: true;
      /** Of the package. */
      readonly version: string;
      /** Of TensorFlow's library; absent where the package does not tell it. */
      readonly library?: string;
    }
  /** `reason` is a sentence's end, without its full stop. */
  | { readonly computes: false; readonly reason: string };

/**
 * Loads an `@tensorflow/tfjs-node` in a process of its own, and lets it multiply matrices and take a convolution's gradient: a library that
 * does not fit this computer can end the process that loads it.
 *
 * @param folder The package's folder.
 * @param signal Ends the trial; then it fails with "it was stopped".
 */
export function tryTfjsNode(folder: string, signal?: AbortSignal): Promise<TriedTfjsNode> {
  const options = {
    // The editor's own Node, where that runs us, is a Node only if it is told so.
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", ELECTRON_RUN_AS_NODE: "1", NODE_OPTIONS: "" },
    timeout: PATIENCE_MS,
    windowsHide: true,
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((resolve) => {
    execFile(process.execPath, ["-e", trial(folder)], options, (error, stdout, stderr) => {
      const said = stdout.split("\n").find((line) => line.startsWith(ANSWER));
      const failed = (reason: string) => resolve({ computes: false, reason });
      if (said !== undefined) {
        const answer = JSON.parse(said.slice(ANSWER.length)) as Answer;
        if (answer.backend !== "tensorflow") failed(`it computes by "${answer.backend}" instead`);
        else if (answer.sum !== SUM || answer.gradient !== GRADIENT)
          failed(
            `it computes wrongly: ${answer.sum} and ${answer.gradient} instead of ${SUM} and ${GRADIENT}`,
          );
        else {
          const { version, library } = answer;
          resolve({ computes: true, version, ...(library ? { library } : {}) });
        }
      } else if (signal?.aborted) failed("it was stopped");
      else if (error?.killed) failed(`it did not compute within ${PATIENCE_MS / 1000} s`);
      else
        failed(reasonIn(stderr) ?? `its process ended with ${error?.signal ?? `exit code ${error?.code}`}`);
    });
  });
}

interface Answer {
  readonly backend: string;
  readonly sum: number;
  readonly gradient: number;
  readonly version: string;
  readonly library?: string;
}

/** All ones: 64 products in each of 64 × 64 places; 4 × 4 positions of a 2 × 2 filter, for each of its 4 weights. */
const SUM = 64 ** 3;
const GRADIENT = 16 * 4;
const ANSWER = "kspec-trial ";
/** A cold disk under a virus scanner is slow. */
const PATIENCE_MS = 120_000;

function trial(folder: string): string {
  return `(${String(restoreOldUtil)})(require("node:util"));
    const tf = require(${JSON.stringify(folder)});
    const sum = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).sum().dataSync()[0];
    const convolve = (w) => tf.conv2d(tf.ones([1, 5, 5, 1]), w, 1, "valid").sum();
    const gradient = tf.grad(convolve)(tf.ones([2, 2, 1, 1])).sum().dataSync()[0];
    const library = tf.backend().binding?.TF_Version;
    const version = tf.version["tfjs-node"];
    console.log("\\n${ANSWER}" + JSON.stringify({ backend: tf.getBackend(), sum, gradient, version, library }));`;
}

/** The line of a stack that names the error. */
function reasonIn(stderr: string): string | undefined {
  const line = stderr.split("\n").find((one) => /^(\w*Error|Error\b.*?): /.test(one.trim()));
  return line
    ?.trim()
    .replace(/^\w*Error(?: \[\w+\])?: /, "")
    .replace(/\.$/, "");
}
