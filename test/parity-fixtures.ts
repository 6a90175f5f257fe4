import path from "node:path";

/** Where what Keras computes lies: the fixtures, or what `npm run parity` has just had Keras compute. */
export const parityFixtures =
  process.env["KSPEC_PARITY"] ?? path.join(import.meta.dirname, "fixtures/parity");

/** Whether every case is compared, and not only those that are quick. */
export const everyCase = process.env["KSPEC_PARITY"] !== undefined;
