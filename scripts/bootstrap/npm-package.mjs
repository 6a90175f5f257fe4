// One package out of the npm registry, checked against a pinned hash. Node's built-ins only.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Fetches a package with the npm that is set up here and unpacks it, or a part of it, into a folder.
 * Nothing is unpacked when its hash is not the pinned one.
 *
 * @param {{ name: string, integrity: string }} pin `name@version`, and npm's `dist.integrity` (sha512)
 * @param {string} folder must exist
 * @param {{ only?: string, strip?: number }} [part] a path inside the tarball, and how many folders of it to leave out
 */
export async function fetchPackage({ name, integrity }, folder, { only = "package", strip = 1 } = {}) {
  const download = await mkdtemp(path.join(tmpdir(), "kspec-download-"));
  try {
    const { stdout } = await npm(["pack", "--silent", "--pack-destination", download, name], download);
    const tarball = path.join(download, stdout.trim().split("\n").at(-1));
    const actual = await sha512(tarball);
    if (actual !== integrity)
      throw new Error(
        `${name} is not the package it was: its hash is ${actual}, pinned is ${integrity}. Nothing was unpacked.`,
      );
    await run("tar", ["-xzf", tarball, `--strip-components=${strip}`, "--exclude=*.map", "-C", folder, only]);
  } finally {
    await rm(download, { recursive: true, force: true });
  }
}

/** Runs npm; its own words are the error's when it fails. */
export function npm(args, cwd) {
  // npm is a .cmd file on Windows, which only a shell starts.
  const options = { cwd, maxBuffer: 64e6, shell: process.platform === "win32" };
  return run("npm", args, options).catch((error) => {
    throw new Error(`npm ${args[0]} did not work in ${cwd}: ${error.stderr || error.message}`);
  });
}

async function sha512(file) {
  const hash = createHash("sha512");
  for await (const part of createReadStream(file)) hash.update(part);
  return `sha512-${hash.digest("base64")}`;
}
