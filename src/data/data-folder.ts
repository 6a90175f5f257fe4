import os from "node:os";
import path from "node:path";

/**
 * The folder for what the user has let KSpec install, one for each user, and no cache, since nothing makes it again by itself:
 * `$KSPEC_DATA`, else the platform's place: `$XDG_DATA_HOME/kspec` or `~/.local/share/kspec`;
 * `~/Library/Application Support/kspec` on a Mac; `%LOCALAPPDATA%\kspec-data` on Windows. Nothing is made.
 */
export function dataFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = env["HOME"] || env["USERPROFILE"] || os.homedir();
  const named = env["KSPEC_DATA"]?.trim();
  if (named) return path.resolve(named.replace(/^~(?=$|[/\\])/, home));
  if (platform === "win32")
    return path.join(env["LOCALAPPDATA"] || path.join(home, "AppData", "Local"), "kspec-data");
  if (platform === "darwin") return path.join(home, "Library", "Application Support", "kspec");
  // A relative one is to be ignored, says the XDG Base Directory Specification.
  const xdg = env["XDG_DATA_HOME"];
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(home, ".local", "share"), "kspec");
}
