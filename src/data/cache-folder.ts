import os from "node:os";
import path from "node:path";

/**
 * The folder that KSpec keeps what it can compute again in, one for each user: `$KSPEC_CACHE`, else the platform's place:
 * `$XDG_CACHE_HOME/kspec` or `~/.cache/kspec`; `~/Library/Caches/kspec` on a Mac; `%LOCALAPPDATA%\kspec` on Windows. Nothing is made.
 */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = env["HOME"] || env["USERPROFILE"] || os.homedir();
  const named = env["KSPEC_CACHE"]?.trim();
  if (named) return path.resolve(named.replace(/^~(?=$|[/\\])/, home));
  if (platform === "win32")
    return path.join(env["LOCALAPPDATA"] || path.join(home, "AppData", "Local"), "kspec");
  if (platform === "darwin") return path.join(home, "Library", "Caches", "kspec");
  // A relative one is to be ignored, says the XDG Base Directory Specification.
  const xdg = env["XDG_CACHE_HOME"];
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(home, ".cache"), "kspec");
}
