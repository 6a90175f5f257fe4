import { ownedSpans } from "../language/owned-spans.ts";
import type { typescript } from "../language/typescript.ts";

/**
 * What TypeScript says when a value does not fit the type that is asked for. Only these can be a rule's mistake said
 * again; a name that is nowhere declared, say, is TypeScript's alone to report.
 */
const DOES_NOT_FIT: ReadonlySet<number> = new Set([
  1117, // An object literal cannot have multiple properties with the same name.
  2322, // Type … is not assignable to type ….
  2326, // Types of property … are incompatible.
  2345, // Argument of type … is not assignable to parameter of type ….
  2353, // Object literal may only specify known properties.
  2375, // Type … is not assignable to type … with 'exactOptionalPropertyTypes'.
  2379, // Argument of type … with 'exactOptionalPropertyTypes'.
  2554, // Expected … arguments, but got ….
  2555, // Expected at least … arguments, but got ….
  2559, // Type … has no properties in common with type ….
  2560, // Value of type … has no properties in common with type …. Did you mean to call it?
  2561, // Object literal may only specify known properties, but … does not exist. Did you mean to write …?
  2739, // Type … is missing the following properties.
  2740, // Type … is missing the following properties, and more.
  2741, // Property … is missing in type ….
  2769, // No overload matches this call.
  2820, // Type … is not assignable to type …. Did you mean …?
]);

/** The language service without those of its complaints about a spec that one of KSpec's rules makes already. */
export function withoutRepeats(service: typescript.LanguageService): typescript.LanguageService {
  return new Proxy(service, {
    get(target, property) {
      if (property !== "getSemanticDiagnostics") return Reflect.get(target, property) as unknown;
      return (fileName: string) => {
        const diagnostics = target.getSemanticDiagnostics(fileName);
        const text = fileName.endsWith(".kspec.ts") && target.getProgram()?.getSourceFile(fileName)?.text;
        if (!text || diagnostics.length === 0) return diagnostics;
        const owned = ownedSpans(text, fileName);
        return diagnostics.filter(
          ({ code, start, length = 0 }) =>
            start === undefined ||
            !DOES_NOT_FIT.has(code) ||
            !owned.some((span) => start < span.end && span.start < start + Math.max(length, 1)),
        );
      };
    },
  });
}
