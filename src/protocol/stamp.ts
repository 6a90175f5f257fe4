/** What every event carries. */
export interface Stamp {
  /** The run's id: the name of its folder. */
  readonly run: string;
  /** When it was said, ISO 8601 in UTC. */
  readonly time: string;
}
