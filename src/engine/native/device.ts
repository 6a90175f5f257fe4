import { UserError } from "../../protocol/index.ts";

/**
 * What ONNX Runtime computes on (setting `kspec.device`). "auto" is the processor: it is always there and gives
 * the same features on every run. "none" leaves ONNX Runtime out, and TensorFlow.js computes everything.
 */
export const DEVICES = ["auto", "cpu", "cuda", "directml", "coreml", "none"] as const;
export type Device = (typeof DEVICES)[number];

/** ONNX Runtime's names, the wanted one first: what it cannot compute there, the processor does. */
export const PROVIDERS: Readonly<Record<Exclude<Device, "none">, readonly string[]>> = {
  auto: ["cpu"],
  cpu: ["cpu"],
  cuda: ["cuda", "cpu"],
  directml: ["dml", "cpu"],
  coreml: ["coreml", "cpu"],
};

/**
 * The device that the environment's KSPEC_DEVICE names; "auto" where it names none.
 *
 * @throws UserError for a name that is not known.
 */
export function chosenDevice(named = process.env["KSPEC_DEVICE"]): Device {
  if (named === undefined || named === "") return "auto";
  const device = DEVICES.find((one) => one === named.toLowerCase());
  if (device === undefined)
    throw new UserError(
      "unknown-device",
      `KSPEC_DEVICE (the setting kspec.device) is "${named}". It can be ${DEVICES.join(", ")}.`,
    );
  return device;
}
