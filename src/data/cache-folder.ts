import os from "node:os";
import path from "node:path";

/**
 * KSpec's own folder of what can be made or fetched again: `KSPEC_CACHE`, else the platform's place for such things:
 * `$XDG_CACHE_HOME/kspec` or `~/.cache/kspec`, on a Mac `~/Library/Caches/kspec`, on Windows `%LOCALAPPDATA%\kspec`.
 *
 * @returns an absolute path; the folder may not be there yet
 */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const own = env["KSPEC_CACHE"]?.trim();
  const home = env["HOME"] || env["USERPROFILE"] || os.homedir();
  if (own) return path.resolve(own.replace(/^~(?=$|[/\\])/, home));
  if (platform === "win32")
    return path.join(env["LOCALAPPDATA"] || path.join(home, "AppData", "Local"), "kspec");
  if (platform === "darwin") return path.join(home, "Library", "Caches", "kspec");
  // A relative path there is to be passed over (XDG Base Directory Specification).
  const xdg = env["XDG_CACHE_HOME"];
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(home, ".cache"), "kspec");
}
