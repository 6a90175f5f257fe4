/**
 * Why `@tensorflow/tfjs-node` cannot be had here; undefined where it can. Its own install script has these platforms
 * (`scripts/install.js` and `deps-constants.js` of 4.22), and its libraries are built against the GNU C library.
 */
export function unsupported(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
  hasGlibc: boolean = platform !== "linux" || usesGlibc(),
): string | undefined {
  const instead = "KSpec trains without it.";
  if (!PLATFORMS.has(`${platform}-${arch}`))
    return `There is no native TensorFlow for ${platform}-${arch}: @tensorflow/tfjs-node has it for ${[...PLATFORMS].join(", ")}. ${instead}`;
  if (!hasGlibc)
    return `There is no native TensorFlow for this Linux, whose C library is not glibc (Alpine and others have musl). ${instead}`;
  return undefined;
}

const PLATFORMS = new Set([
  "linux-x64",
  "linux-arm64",
  "linux-arm",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64",
]);

function usesGlibc(): boolean {
  const report = process.report.getReport() as unknown as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
