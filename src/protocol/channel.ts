/**
 * One typed channel for every border: host ↔ worker (process messages) and host ↔ panel
 * (`postMessage`). What comes in is checked to be an object with a known `type` before anyone sees it.
 */
export interface Port {
  post(message: unknown): void;
  /** Calls back for every message that comes in; returns what stops it. */
  listen(receive: (message: unknown) => void): () => void;
}

export interface Message {
  readonly type: string;
}

export class Channel<In extends Message, Out extends Message> {
  readonly #handlers = new Map<string, (message: In) => void>();
  readonly #port: Port;
  readonly #stop: () => void;

  constructor(port: Port) {
    this.#port = port;
    this.#stop = port.listen((message) => {
      if (isMessage(message)) this.#handlers.get(message.type)?.(message as In);
    });
  }

  /** One handler a type: the last one registered stands. */
  on<Type extends In["type"]>(type: Type, handle: (message: Extract<In, { type: Type }>) => void): this {
    this.#handlers.set(type, handle as (message: In) => void);
    return this;
  }

  send(message: Out): void {
    this.#port.post(message);
  }

  close(): void {
    this.#stop();
    this.#handlers.clear();
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && typeof (value as Message).type === "string";
}
