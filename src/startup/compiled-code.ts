import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import { crc32 } from "node:zlib";
import { cacheFolder } from "../data/cache-folder.ts";

/**
 * What V8 made of our bundles, functions that ran included, is kept in the user's cache and found there by the next process:
 * compiling TypeScript's parser, TensorFlow.js and the engine is a fifth of the processor's time of a fit whose features are known.
 *
 * Node 22 does this itself. For Node 20 the bundles of our own folder, and nothing else, are compiled here. What cannot be read or
 * written, or is damaged or of another version, is compiled as if nothing were kept.
 *
 * @param bundles folder of the bundles
 * @param purpose processes of one purpose run about the same functions
 */
export function keepCompiledCode(bundles: string, purpose: string): void {
  // Measuring what code runs, and debugging it, is for those that see it compiled.
  if (
    process.env["NODE_V8_COVERAGE"] ||
    process.execArgv.some((option) => /inspect|source-maps/.test(option))
  )
    return;
  const folder = path.join(cacheFolder(), "code");
  const node = Module as unknown as NodeModules;
  if (node.enableCompileCache !== undefined) node.enableCompileCache(folder);
  else if (typeof crc32 === "function")
    compileOurselves(node, bundles, path.join(folder, `${purpose}-${digest(bundles, process.versions.v8)}`));
}

/** What Node has beside what its types say. */
interface NodeModules {
  enableCompileCache?(folder: string): unknown;
  readonly prototype: {
    _compile(this: LoadedModule, text: string, file: string, ...rest: unknown[]): unknown;
  };
  wrap(text: string): string;
}
interface LoadedModule {
  readonly exports: unknown;
}

interface Kept {
  readonly file: string;
  readonly script: vm.Script;
}

function compileOurselves(node: NodeModules, bundles: string, folder: string): void {
  const fresh: Kept[] = [];
  const compile = node.prototype._compile;
  node.prototype._compile = function (text, file, ...rest) {
    if (path.dirname(file) !== bundles) return compile.call(this, text, file, ...rest);
    const place = placeOf(file, folder);
    const cachedData = readKept(place);
    const script = new vm.Script(node.wrap(text), {
      filename: file,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    if (cachedData === undefined || script.cachedDataRejected === true) fresh.push({ file: place, script });
    const run = script.runInThisContext() as (...given: unknown[]) => unknown;
    return run.call(this.exports, this.exports, createRequire(file), this, file, path.dirname(file));
  };
  // At the end, because what has run by then is kept as well.
  process.once("exit", () => {
    for (const { file, script } of fresh) keep(file, script.createCachedData());
  });
}

/** Another build of a bundle has another name; another place and another V8 have another folder. */
function placeOf(file: string, folder: string): string {
  const { size, mtimeMs } = statSync(file);
  return path.join(folder, `${path.basename(file, ".js")}-${digest(String(size), String(mtimeMs))}.v8`);
}

function digest(...parts: string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

/** V8 checks versions and lengths but trusts the bytes, so a sum stands before them. */
function readKept(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const data = bytes.subarray(SUM);
    return bytes.length > SUM && bytes.readUInt32LE(0) === crc32(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

const SUM = 4;

function keep(file: string, data: Buffer): void {
  const sum = Buffer.alloc(SUM);
  sum.writeUInt32LE(crc32(data));
  const part = `${file}.${process.pid}.part`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(part, Buffer.concat([sum, data]));
    renameSync(part, file);
    removeOlder(file);
  } catch {
    // A full or read-only disk costs the next process a little time.
    try {
      rmSync(part, { force: true });
    } catch {
      // Nor can it be removed then.
    }
  }
}

/** What earlier builds of the same bundle left. */
function removeOlder(file: string): void {
  const folder = path.dirname(file);
  const name = path.basename(file);
  const bundle = name.slice(0, name.lastIndexOf("-") + 1);
  for (const other of readdirSync(folder))
    if (other !== name && /^[0-9a-f]{16}\.v8$/.test(other.slice(bundle.length)) && other.startsWith(bundle))
      rmSync(path.join(folder, other), { force: true });
}
