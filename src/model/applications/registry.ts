import type { ApplicationSource } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import { readSettings, type Application } from "./application.ts";
import { efficientNets } from "./efficientnet.ts";
import { mobilenetV2 } from "./mobilenet-v2.ts";
import { mobilenet } from "./mobilenet.ts";
import type { BuiltNetwork } from "./network-builder.ts";
import { resnets } from "./resnet.ts";
import { vggs } from "./vgg.ts";

/** Keras's pretrained networks that KSpec builds, by their name in `applications`. */
export const APPLICATIONS: ReadonlyMap<string, Application> = new Map(
  [...resnets, mobilenet, mobilenetV2, ...vggs, ...efficientNets].map((one) => [one.name, one]),
);

/**
 * The network that `applications.resnet50({ … })` describes, without values.
 *
 * @throws UserError for an application that KSpec does not build, and for options that Keras refuses.
 */
export function buildApplication({ name, options }: ApplicationSource): BuiltNetwork {
  const application = APPLICATIONS.get(name);
  if (application === undefined)
    throw new UserError(
      "unknown-application",
      `applications.${name} is not built by this version of KSpec. There are: ${[...APPLICATIONS.keys()].join(", ")}. ` +
        `Or save the base with Keras (base.save("${name}.keras")) and use load_model("${name}.keras").`,
    );
  return application.build(readSettings(application, options));
}
