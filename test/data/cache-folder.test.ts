import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder } from "../../src/data/cache-folder.ts";

// Paths are joined as on the computer that runs the test.
describe("the cache folder", () => {
  it.each([
    ["linux", { HOME: "/home/ada" }, path.join("/home/ada", ".cache", "kspec")],
    ["linux", { HOME: "/home/ada", XDG_CACHE_HOME: "/fast" }, path.join("/fast", "kspec")],
    ["linux", { HOME: "/home/ada", XDG_CACHE_HOME: "relative" }, path.join("/home/ada", ".cache", "kspec")],
    [
      "darwin",
      { HOME: "/Users/ada", XDG_CACHE_HOME: "/fast" },
      path.join("/Users/ada", "Library", "Caches", "kspec"),
    ],
    [
      "win32",
      { USERPROFILE: "/u", LOCALAPPDATA: "/u/AppData/Local" },
      path.join("/u/AppData/Local", "kspec"),
    ],
    ["win32", { USERPROFILE: "/u" }, path.join("/u", "AppData", "Local", "kspec")],
    ["linux", { HOME: "/home/ada", KSPEC_CACHE: "/big disk" }, path.resolve("/big disk")],
    ["darwin", { HOME: "/Users/ada", KSPEC_CACHE: "~/big" }, path.resolve("/Users/ada/big")],
    ["linux", { HOME: "/home/ada", KSPEC_CACHE: " " }, path.join("/home/ada", ".cache", "kspec")],
  ] as const)("on %s with %o", (platform, env, folder) => {
    expect(cacheFolder(env, platform)).toBe(folder);
  });

  it("starts at the user's home without any variable", () => {
    expect(cacheFolder({}, "linux")).toBe(path.join(os.homedir(), ".cache", "kspec"));
  });
});
