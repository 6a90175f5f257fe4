/**
 * A spec file used the authoring API wrongly at run time. The message is one sentence for the person
 * who wrote the spec; whoever loads the spec shows it at the line of theirs that the stack names.
 * (`kspec` may import nothing, so this is a class of its own beside `UserError`.)
 */
export class SpecError extends Error {
  override readonly name = "SpecError";
  /** A stable word for tests and `--json`. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
