import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * One way of doing something, in a process that stays: it says `{"ready": true, …}` when it has loaded what it needs, and then
 * answers each line that it is told with one line of JSON. Only the one that is asked computes.
 */
export class Way {
  #child;
  #lines;
  #last = "";

  /** @param {{ name: string, command: string, args: string[], env?: Record<string, string> }} way */
  constructor({ name, command, args, env = {} }) {
    this.name = name;
    this.#child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", PYTHONDONTWRITEBYTECODE: "1", ...env },
    });
    this.#child.stderr.on("data", (data) => (this.#last = (this.#last + data).slice(-4000)));
    this.#child.on("error", (error) => (this.#last += error.message));
    // What it says when it is ended while nobody listens is of no interest.
    this.#child.stdin.on("error", () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** What it says when it is ready. */
  ready() {
    return this.#answer();
  }

  /** @param {string | number} question */
  async ask(question) {
    this.#child.stdin.write(`${question}\n`);
    return this.#answer();
  }

  /** Ends it. */
  close() {
    this.#child.stdin.end();
    this.#child.kill();
  }

  async #answer() {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`${this.name} ended before it answered:\n${this.#last}`);
      // Libraries print what they like; answers are objects.
      if (value.startsWith("{")) return JSON.parse(value);
    }
  }
}
