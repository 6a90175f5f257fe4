/** Why a download ended without its file, in words that fit after "…: ". */
export class DownloadFailed extends Error {
  /** The host could not be reached at all: no network, or no such host. */
  readonly unreachable: boolean;
  constructor(reason: string, unreachable: boolean, options?: ErrorOptions) {
    super(reason, options);
    this.unreachable = unreachable;
  }
}
