import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { dataFolder } from "../../src/data/data-folder.ts";

// Paths are joined as on the computer that runs the test.
describe("the folder for what is installed", () => {
  it.each([
    ["linux", { HOME: "/home/ada" }, path.join("/home/ada", ".local", "share", "kspec")],
    ["linux", { HOME: "/home/ada", XDG_DATA_HOME: "/fast" }, path.join("/fast", "kspec")],
    [
      "linux",
      { HOME: "/home/ada", XDG_DATA_HOME: "near" },
      path.join("/home/ada", ".local", "share", "kspec"),
    ],
    ["darwin", { HOME: "/Users/ada" }, path.join("/Users/ada", "Library", "Application Support", "kspec")],
    ["win32", { LOCALAPPDATA: "/u/AppData/Local" }, path.join("/u/AppData/Local", "kspec-data")],
    ["win32", { USERPROFILE: "/u" }, path.join("/u", "AppData", "Local", "kspec-data")],
    ["darwin", { HOME: "/Users/ada", KSPEC_DATA: "~/big" }, path.resolve("/Users/ada/big")],
  ] as const)("on %s with %o", (platform, env, folder) => {
    expect(dataFolder(env, platform)).toBe(folder);
  });

  it("starts at the user's home without any variable", () => {
    expect(dataFolder({}, "linux")).toBe(path.join(os.homedir(), ".local", "share", "kspec"));
  });
});
