// One VS Code server with a home, settings and extensions of its own.
import { execFile, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { installVSCode } from "./install.mjs";

/** A quiet editor: nothing that looks things up, moves by itself or covers what is tested. */
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.reduceMotion": "on",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.colorTheme": "Default Dark Modern",
  "window.autoDetectColorScheme": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "window.commandCenter": false,
  "files.autoSave": "off",
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
  "editor.hover.delay": 100,
};

/**
 * @param {object} options
 * @param {string} options.folder where this server keeps everything it writes
 * @param {string} options.extensions the folder of installed extensions
 * @param {string} [options.version] of VS Code, a key of VERSIONS
 * @param {boolean} [options.trust] false asks about unknown folders, as a desktop does (Restricted Mode); default true
 * @param {Record<string, unknown>} [options.settings] user settings, over the quiet ones
 * @param {Record<string, string>} [options.environment] for the server and the processes it starts
 * @param {number} [options.port] default: any free one
 * @returns {Promise<{ url: string, authority: string, log: string, ended: Promise<unknown>, stop: () => Promise<void> }>}
 */
export async function startServer({
  folder,
  extensions,
  version,
  trust = true,
  settings = {},
  environment = {},
  port,
}) {
  const vscode = await installVSCode(version);
  const user = join(folder, "user");
  await mkdir(join(user, "User"), { recursive: true });
  await writeFile(join(user, "User/settings.json"), JSON.stringify({ ...QUIET, ...settings }, null, 2));
  const chosen = port ?? (await freePort());
  const args = [
    join(vscode.root, "out/server-main.js"),
    ...["--host", "127.0.0.1", "--port", String(chosen), "--without-connection-token"],
    ...["--server-data-dir", join(folder, "server"), "--user-data-dir", user, "--extensions-dir", extensions],
    ...["--accept-server-license-terms", "--telemetry-level", "off"],
    ...["--disable-getting-started-override", "--disable-update-check"],
    ...(trust ? ["--disable-workspace-trust"] : []),
  ];
  const child = spawn(vscode.node, args, {
    // A home of its own: neither the person's Keras cache nor their settings reach a test.
    env: { PATH: process.env.PATH, LANG: "C.UTF-8", HOME: folder, ...vscode.environment, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });

  const log = join(folder, "server.log");
  const file = createWriteStream(log);
  let said = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`VS Code's server did not start in a minute:\n${said}`)),
      60_000,
    );
    const hear = (part) => {
      file.write(part);
      if (said === null) return;
      said += part;
      if (!said.includes("Extension host agent listening on")) return;
      said = null;
      clearTimeout(limit);
      resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    ended.then((code) => reject(new Error(`VS Code's server ended at once (${code}):\n${said}`)));
  }).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });

  return {
    url: `http://127.0.0.1:${chosen}/`,
    authority: `127.0.0.1:${chosen}`,
    log,
    ended,
    async stop() {
      const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(late);
      file.end();
    },
  };
}

/** Installs a packaged extension the way a person does, so that tests see what a person gets. */
export async function installExtension({ vsix, extensions, folder, version }) {
  const vscode = await installVSCode(version);
  await mkdir(extensions, { recursive: true });
  const { stdout, stderr } = await promisify(execFile)(
    vscode.node,
    [
      ...[join(vscode.root, "out/server-main.js"), "--install-extension", vsix, "--force"],
      ...[
        "--extensions-dir",
        extensions,
        "--server-data-dir",
        join(folder, "server"),
        "--accept-server-license-terms",
      ],
    ],
    {
      env: { PATH: process.env.PATH, LANG: "C.UTF-8", HOME: folder, ...vscode.environment },
      maxBuffer: 64e6,
    },
  );
  if (!/successfully installed/i.test(stdout))
    throw new Error(`VS Code did not install ${vsix}:\n${stdout}${stderr}`);
}

/** The address that opens a folder, and a file in it if one is named. */
export function address(server, folder, file) {
  const query = new URLSearchParams({ folder });
  if (file)
    query.set("payload", JSON.stringify([["openFile", `vscode-remote://${server.authority}${file}`]]));
  return `${server.url}?${query}`;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}
