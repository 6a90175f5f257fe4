/** Required before a measured process (`node --require`): at its end it writes what it used to the file KSPEC_BENCH_USAGE names. */
const { writeFileSync } = process.getBuiltinModule("node:fs");

const file = process.env.KSPEC_BENCH_USAGE;
delete process.env.KSPEC_BENCH_USAGE;
if (file !== undefined)
  process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    writeFileSync(
      file,
      JSON.stringify({ peakMB: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }),
    );
  });
