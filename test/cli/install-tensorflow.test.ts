import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { jsonLines, kspec, project, start } from "./kspec.ts";

const native = process.env["KSPEC_TFJS_NODE"];
const home = path.join(native ?? "", "node_modules/@tensorflow/tfjs-node");

/**
 * Stands in for the storage that the package's install script asks: it has the library and the compiled part of the installation that
 * scripts/setup-tfjs-node.mjs made. Everything else is real: npm, its registry, the package, its script.
 */
async function storage(refuses = false) {
  const server = http.createServer(({ url = "" }, response) => {
    const what = /libtensorflow-cpu-linux-x86_64-[\d.]+\.tar\.gz$/.test(url)
      ? ["-C", path.join(home, "deps"), "lib"]
      : /napi-v8\/[\d.]+\/CPU-linux-[\d.]+\.tar\.gz$/.test(url)
        ? ["-z", "-C", path.join(home, "lib"), "napi-v8"]
        : undefined;
    if (refuses || what === undefined) response.writeHead(refuses ? 403 : 404).end("<h1>No</h1>");
    else spawn("tar", ["-c", ...what], { stdio: ["ignore", "pipe", "ignore"] }).stdout.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { TFJS_NODE_CDN_STORAGE: address, npm_config_tfjs_binding_binary_host_mirror: address };
}

// In `npm run test:tfjs-node`, which has such an installation; npm's registry must be reachable.
it.runIf(native)("native TensorFlow is installed by npm, found, and removed", async () => {
  const folder = project("flowers.kspec.ts", "activation.ts", "flowers.csv");
  const env = { ...(await storage()), KSPEC_DATA: path.join(folder, "data"), KSPEC_TFJS_NODE: "" };
  const installing = await kspec(["install-tensorflow", "--json"], folder, env);
  expect(installing.stderr).toBe("");
  const said = jsonLines<{
    type: string;
    stage?: string;
    bytes?: number;
    folder?: string;
    already?: boolean;
  }>(installing.stdout);
  expect(said.flatMap(({ type, stage }) => (type === "stage" ? [stage] : []))).toEqual([
    "packages",
    "library",
    "addon",
    "trial",
  ]);
  const installed = said.at(-1)!;
  expect(installed).toMatchObject({
    type: "installed",
    already: false,
    version: "4.22.0",
    library: "2.15.1",
  });
  expect(installed.bytes).toBeGreaterThan(300e6);

  const again = await kspec(["install-tensorflow"], folder, env);
  expect(again.stdout).toContain(`is installed already: `);
  const [found] = jsonLines<{ engines: { tensorflow: object } }>(
    (await kspec(["doctor", "--json"], folder, env)).stdout,
  );
  expect(found!.engines.tensorflow).toMatchObject({
    loads: true,
    where: `where KSpec installed it (${installed.folder})`,
  });
  expect((await kspec(["install-tensorflow", "--remove"], folder, env)).stdout).toMatch(
    /^\d+\.\d MB freed\.\n$/,
  );
  expect(existsSync(installed.folder!)).toBe(false);
  expect((await kspec(["install-tensorflow", "--status"], folder, env)).stdout).toContain(
    "is not installed. It takes about",
  );
});

it.runIf(native)("a storage that refuses is named, and nothing is left", async () => {
  const folder = project();
  const env = { ...(await storage(true)), KSPEC_DATA: path.join(folder, "data") };
  const { stderr, code } = await kspec(["install-tensorflow"], folder, env);
  expect(code).toBe(1);
  expect(stderr).toContain(
    `could not be downloaded from ${env.TFJS_NODE_CDN_STORAGE}tensorflow/libtensorflow/`,
  );
  expect(stderr).toContain("what came from there is no archive, as when a server or a proxy refuses");
  expect(stderr).toMatch(/Nothing was installed\.\n$/);
  expect(readdirSync(path.join(folder, "data/tensorflow"))).toEqual([".gitignore"]);
});

it.runIf(native)("Ctrl-C ends npm and leaves nothing", async () => {
  const folder = project();
  const env = { ...(await storage()), KSPEC_DATA: path.join(folder, "data") };
  const { child, printed, ended } = start(["install-tensorflow", "--json"], folder, env);
  while (!printed.stdout.includes('"type":"progress"') && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 1, signal: null });
  expect(printed.stderr).toContain("Stopped. Nothing was installed.");
  expect(readdirSync(path.join(folder, "data/tensorflow"))).toEqual([".gitignore"]);
});

it("says without network what is installed and where it would go", async () => {
  const folder = project();
  const env = { KSPEC_DATA: path.join(folder, "data") };
  const [status] = jsonLines(
    (await kspec(["install-tensorflow", "--status", "--json"], folder, env)).stdout,
  ) as unknown as [object];
  expect(status).toMatchObject({
    type: "status",
    installed: null,
    folder: path.join(folder, "data/tensorflow"),
    needed: 650e6,
  });
  expect((await kspec(["install-tensorflow", "--remove"], folder, env)).stdout).toBe(
    "There is nothing to remove.\n",
  );
  const both = await kspec(["install-tensorflow", "--remove", "--status"], folder, env);
  expect(both.code).toBe(2);
  expect(existsSync(path.join(folder, "data"))).toBe(false);
});
