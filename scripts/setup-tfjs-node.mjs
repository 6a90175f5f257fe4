/**
 * `node scripts/setup-tfjs-node.mjs DEST`: makes the native backend of TensorFlow.js (@tensorflow/tfjs-node) in DEST, for tests
 * and benchmarks, where the storage bucket that its install script asks cannot be reached. Then set KSPEC_TFJS_NODE=DEST.
 * With an open network, `npm install @tensorflow/tfjs-node` does the same.
 *
 * The JavaScript and the binding's sources come from npm, TensorFlow's library from the wheel tensorflow-cpu on PyPI, and one
 * call of g++ makes the addon between them. Linux on x64 only; needs npm, pip, g++ and Node's own headers
 * (beside the node in use, or in NODE_INC). A DEST that works already is left as it is.
 */
import { execFileSync } from "node:child_process";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { Unzip, UnzipInflate } from "fflate";

/** Newer libraries load too, and round whole numbers to zero (2.20); this one passes TensorFlow.js's own tests. */
const TENSORFLOW = "2.15.1";
const TFJS_NODE = "4.22.0";
const HEADERS = [
  /^tensorflow\/include\/(tensorflow\/(c|core\/platform|tsl\/c|tsl\/platform)|tsl\/(c|platform)|xla\/tsl\/c)\/.*\.h$/,
  /^tensorflow\/include\/external\/local_(tsl\/tsl|xla\/xla\/tsl)\/(c|platform)\/.*\.h$/,
];
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

const dest = process.argv[2];
if (!dest) fail("Say where: node scripts/setup-tfjs-node.mjs DEST");
if (process.platform !== "linux" || process.arch !== "x64")
  fail("This works on Linux x64 only. Elsewhere: npm install @tensorflow/tfjs-node");
const folder = path.resolve(dest);
const home = path.join(folder, "node_modules/@tensorflow/tfjs-node");

if (works()) {
  console.log(`${folder} works already. Use it: KSPEC_TFJS_NODE=${folder}`);
  process.exit(0);
}
const include = process.env.NODE_INC ?? path.join(process.execPath, "../../include/node");
if (!existsSync(path.join(include, "node_api.h")))
  fail(`Node's headers are not in ${include}: install them, or name their folder in NODE_INC.`);

mkdirSync(folder, { recursive: true });
step("sources from npm");
const manifest = path.join(folder, "package.json");
if (!existsSync(manifest)) writeFileSync(manifest, JSON.stringify({ name: "tfjs-node-host", private: true }));
run("npm", [
  "install",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  `@tensorflow/tfjs-node@${TFJS_NODE}`,
]);

step("TensorFlow's library from PyPI");
const downloads = mkdtempSync(path.join(folder, ".wheel-"));
try {
  run("python3", [
    ...["-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"],
    // No symbol of Python is used, so any of its versions will do.
    ...["--python-version", "3.11", "--implementation", "cp"],
    ...["--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64"],
    ...["-d", downloads, `tensorflow-cpu==${TENSORFLOW}`],
  ]);
  await unpack(path.join(downloads, readdirSync(downloads)[0]));
} finally {
  rmSync(downloads, { recursive: true, force: true });
}

step("the addon between them");
const libraries = path.join(home, "deps/lib");
run("strip", ["--strip-unneeded", ...LIBRARIES], libraries);
for (const library of LIBRARIES) {
  const link = path.join(
    libraries,
    library === "libtensorflow_cc.so.2" ? "libtensorflow.so" : "libtensorflow_framework.so",
  );
  rmSync(link, { force: true });
  symlinkSync(library, link);
}
const out = `lib/napi-v${Math.min(8, Number(process.versions.napi))}`;
mkdirSync(path.join(home, out), { recursive: true });
run(
  "g++",
  [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8", "-I.", "-Ideps/include", `-I${include}`],
    ...["binding/tfjs_backend.cc", "binding/tfjs_binding.cc", "-o", `${out}/tfjs_binding.node`],
    ...["-Ldeps/lib", "-ltensorflow", "-ltensorflow_framework", "-Wl,-rpath,$ORIGIN/../../deps/lib"],
  ],
  home,
);

if (!works()) fail("It was made, and does not compute: run the script again, or use WebAssembly.");
console.log(`Done. Use it: KSPEC_TFJS_NODE=${folder}`);

/** Whether the backend there loads and computes, tried in a process of its own. */
function works() {
  if (!existsSync(path.join(home, "lib"))) return false;
  const code = `const tf = require(${JSON.stringify(home)});
    const sum = tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).sum().dataSync()[0];
    process.exit(tf.getBackend() === "tensorflow" && sum === 64 ** 3 ? 0 : 1);`;
  try {
    execFileSync(process.execPath, ["-e", code], {
      stdio: "ignore",
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
    });
    return true;
  } catch {
    return false;
  }
}

/** The libraries and the headers of a wheel, which is a zip file; streamed, because it is large. */
async function unpack(wheel) {
  const writing = [];
  const unzip = new Unzip((entry) => {
    const library = LIBRARIES.find((name) => entry.name === `tensorflow/${name}`);
    const header = HEADERS.some((pattern) => pattern.test(entry.name));
    if (!library && !header) return;
    const target = library
      ? path.join(home, "deps/lib", library)
      : path.join(home, "deps", entry.name.slice("tensorflow/".length));
    mkdirSync(path.dirname(target), { recursive: true });
    const file = createWriteStream(target);
    writing.push(new Promise((resolve, reject) => file.on("close", resolve).on("error", reject)));
    entry.ondata = (error, chunk, final) => {
      if (error) file.destroy(error);
      else {
        file.write(chunk);
        if (final) file.end();
      }
    };
    entry.start();
  });
  unzip.register(UnzipInflate);
  for await (const chunk of createReadStream(wheel, { highWaterMark: 1 << 20 })) unzip.push(chunk, false);
  unzip.push(new Uint8Array(0), true);
  await Promise.all(writing);
}

function run(command, args, cwd = folder) {
  try {
    execFileSync(command, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  } catch (error) {
    fail(
      error.code === "ENOENT"
        ? `${command} is needed and is not installed.`
        : `${command} failed (see above).`,
    );
  }
}

function step(what) {
  console.log(`… ${what}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
