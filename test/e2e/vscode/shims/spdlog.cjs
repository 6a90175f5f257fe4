// Stands in for VS Code's native logger: appends lines to the file it is given. Without it every output channel stays empty.
/* eslint-disable @typescript-eslint/no-require-imports -- VS Code loads this file by require, in the place of the real module */
const { appendFileSync, mkdirSync } = require("node:fs");
const { dirname } = require("node:path");

const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"];
const WRITTEN_AS = { warn: "warning" };

class Logger {
  constructor(_kind, _name, file) {
    this.file = file;
    this.level = LEVELS.indexOf("info");
    this.raw = false;
    mkdirSync(dirname(file), { recursive: true });
    LEVELS.forEach((name, level) => {
      this[name] = (message) => this.write(level, WRITTEN_AS[name] ?? name, message);
    });
  }

  write(level, name, message) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace("T", " ").replace("Z", "");
    try {
      appendFileSync(this.file, this.raw ? message : `${time} [${name}] ${message}\n`);
    } catch {
      // The folder of the logs is gone when a test has ended.
    }
  }

  setLevel(level) {
    this.level = level;
  }

  getLevel() {
    return this.level;
  }

  /** An output channel asks for lines without a pattern; so does nobody else. */
  clearFormatters() {
    this.raw = true;
  }

  setPattern() {}
  flush() {}
  drop() {}
}

module.exports = {
  version: 0,
  Logger,
  setLevel() {},
  setFlushOn() {},
  createRotatingLogger: async (name, file) => new Logger("rotating", name, file),
  createAsyncRotatingLogger: async (name, file) => new Logger("rotating_async", name, file),
};
