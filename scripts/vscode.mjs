/**
 * `npm run vscode`: the real editor with KSpec as a person would install it, and the examples open. Desktop
 * VS Code where `code` is there, else VS Code in the browser, from the set-up of the end-to-end tests.
 *
 * `--browser` takes the browser in any case, `--vscode 1.139` another of its versions, `--port N` a port,
 * `--folder F` another folder than the examples.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureInstalled } from "./bootstrap/install.mjs";

const root = path.join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    browser: { type: "boolean", default: false },
    vscode: { type: "string" },
    port: { type: "string" },
    folder: { type: "string", default: path.join(root, "examples") },
  },
});
const folder = path.resolve(values.folder);
// Extensions and settings of its own: the person's stay as they are, and another KSpec does not get in between.
const home = path.join(root, ".tmp/vscode");
const extensions = path.join(home, "extensions");

ensureInstalled();
const { packageExtension } = await import("./package.mjs");
const { file: vsix } = await packageExtension({ say: console.log });
rmSync(extensions, { recursive: true, force: true });
mkdirSync(extensions, { recursive: true });

if (!values.browser && code("--version")) openDesktop();
else await openBrowser();

function openDesktop() {
  const own = ["--extensions-dir", extensions, "--user-data-dir", path.join(home, "user")];
  if (!code(...own, "--install-extension", vsix, "--force"))
    throw new Error(`VS Code could not install ${vsix}. Try the browser: npm run vscode -- --browser`);
  console.log(`Opening ${folder} in VS Code. Closing its window ends this command.`);
  code(...own, "--new-window", "--wait", folder);
}

async function openBrowser() {
  const { address, installExtension, startServer } = await import("../test/e2e/vscode/server.mjs");
  const { installVSCode } = await import("../test/e2e/vscode/install.mjs");
  await installVSCode(values.vscode, console.log);
  await installExtension({ vsix, extensions, folder: home, version: values.vscode });
  const server = await startServer({
    folder: home,
    extensions,
    version: values.vscode,
    ...(values.port ? { port: Number(values.port) } : {}),
    // A person's own Keras cache and mirrors are theirs to use here.
    environment: { ...process.env, HOME: homedir() },
  });
  console.log(`\nVS Code with KSpec: ${address(server, folder)}\nCtrl-C ends it.`);
  await new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
    void server.ended.then(resolve);
  });
  await server.stop();
}

/** Runs VS Code's command; whether it is there and went well. */
function code(...args) {
  const quiet = args[0] === "--version";
  return (
    spawnSync("code", args, { stdio: quiet ? "ignore" : "inherit", shell: process.platform === "win32" })
      .status === 0
  );
}
