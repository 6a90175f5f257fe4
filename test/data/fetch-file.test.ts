import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import net from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { fetchKerasFile, type FetchOptions } from "../../src/data/fetch-file.ts";
import { findKerasFile, kerasHome, mirrorList, type KerasFile } from "../../src/data/keras-files.ts";
import { readSums } from "../../src/data/mirror-sums.ts";
import { failure, folder } from "./table-tools.ts";

const BYTES = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 251));
const SHA256 = createHash("sha256").update(BYTES).digest("hex");
const FAST = { connectTimeout: 1000, silence: 400, backOff: 5 };

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const running: http.Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server that gives these answers in turn (the last one for ever), and what it was asked. */
async function serve(...answers: Answer[]) {
  const asked: { url: string; range: string | undefined }[] = [];
  const server = http.createServer((request, response) => {
    asked.push({ url: request.url!, range: request.headers.range });
    (answers[asked.length - 1] ?? answers.at(-1)!)(request, response);
  });
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const whole: Answer = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, {
    "content-length": BYTES.length - from,
    ...(from > 0 ? { "content-range": `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` } : {}),
  });
  response.end(BYTES.subarray(from));
};

/** Sends some bytes of what it promises, then drops the connection. */
const cutAfter =
  (bytes: number): Answer =>
  (_request, response) => {
    response.writeHead(200, { "content-length": BYTES.length });
    response.write(BYTES.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };

const status =
  (code: number, headers = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, headers);
    response.end("nothing of use");
  };

/** A port whose queue of connections is full, so that the next one hangs: its thread listens and then sleeps for ever. */
async function deafHost() {
  const thread = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => thread.once("message", resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const waiting = Array.from({ length: 4 }, () =>
    net.connect(port, "127.0.0.1").on("error", () => undefined),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    port,
    async end() {
      for (const socket of waiting) socket.destroy();
      await thread.terminate();
    },
  };
}

const fileAt = (url: string, hash: string | undefined = SHA256): KerasFile => ({
  kind: "datasets",
  name: "things.npz",
  url,
  ...(hash === undefined ? {} : { hash }),
});

function places(more: FetchOptions = {}): FetchOptions & { keras_home: string } {
  return { keras_home: folder(), env: {}, timing: FAST, ...more } as FetchOptions & { keras_home: string };
}

const kept = (where: { keras_home: string }) => {
  const inside = path.join(where.keras_home, "datasets");
  return existsSync(inside) ? readdirSync(inside) : [];
};

describe("fetchKerasFile downloads", () => {
  test("into Keras's cache under Keras's name, and nothing else stays", async () => {
    const { address, asked } = await serve(whole);
    const where = places();
    const progress: [number, number | null][] = [];
    const file = await fetchKerasFile(fileAt(`${address}/things.npz`), {
      ...where,
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(file).toBe(path.join(where.keras_home, "datasets", "things.npz"));
    expect(readFileSync(file).equals(BYTES)).toBe(true);
    expect(kept(where)).toEqual(["things.npz"]);
    expect(progress[0]).toEqual([0, BYTES.length]);
    expect(progress.at(-1)).toEqual([BYTES.length, BYTES.length]);
    // The second time it is there.
    await fetchKerasFile(fileAt(`${address}/things.npz`), where);
    expect(asked).toHaveLength(1);
  });

  test("goes on where a cut connection ended", async () => {
    const { address, asked } = await serve(
      cutAfter(70_000),
      (_request, response) => response.destroy(),
      whole,
    );
    const file = await fetchKerasFile(fileAt(`${address}/things.npz`), places());
    expect(readFileSync(file).equals(BYTES)).toBe(true);
    expect(asked[0]!.range).toBeUndefined();
    expect(asked.at(-1)!.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  test("starts again where the server knows no ranges", async () => {
    const noRanges: Answer = (_request, response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      response.end(BYTES);
    };
    const { address } = await serve(cutAfter(70_000), noRanges);
    const file = await fetchKerasFile(fileAt(`${address}/things.npz`), places());
    expect(readFileSync(file).equals(BYTES)).toBe(true);
  });

  test("goes on with what an earlier process left", async () => {
    const { address, asked } = await serve(whole);
    const where = places();
    mkdirSync(path.join(where.keras_home, "datasets"));
    const part = path.join(where.keras_home, "datasets", `things.npz.${SHA256.slice(0, 8)}.part`);
    writeFileSync(part, BYTES.subarray(0, 150_000));
    // Its lock stayed behind too; no process has this id.
    writeFileSync(`${part}.lock`, `${(await import("node:os")).hostname()} 2147483646`);
    await fetchKerasFile(fileAt(`${address}/things.npz`), where);
    expect(asked).toEqual([{ url: "/things.npz", range: "bytes=150000-" }]);
    expect(kept(where)).toEqual(["things.npz"]);
  });

  test("starts afresh, once, where the left part is of other bytes", async () => {
    const { address, asked } = await serve(whole);
    const where = places();
    mkdirSync(path.join(where.keras_home, "datasets"));
    writeFileSync(
      path.join(where.keras_home, "datasets", `things.npz.${SHA256.slice(0, 8)}.part`),
      Buffer.alloc(150_000),
    );
    const file = await fetchKerasFile(fileAt(`${address}/things.npz`), where);
    expect(readFileSync(file).equals(BYTES)).toBe(true);
    expect(asked.map(({ range }) => range)).toEqual(["bytes=150000-", undefined]);
  });

  test("starts afresh where the left part is longer than the file", async () => {
    const { address } = await serve((request, response) =>
      request.headers.range ? status(416)(request, response) : whole(request, response),
    );
    const where = places();
    mkdirSync(path.join(where.keras_home, "datasets"));
    writeFileSync(
      path.join(where.keras_home, "datasets", `things.npz.${SHA256.slice(0, 8)}.part`),
      Buffer.alloc(BYTES.length + 5),
    );
    const file = await fetchKerasFile(fileAt(`${address}/things.npz`), where);
    expect(readFileSync(file).equals(BYTES)).toBe(true);
  });

  test("tries again after 503 and 429, and follows redirects", async () => {
    const { address, asked } = await serve(
      status(503),
      status(429, { "retry-after": "0" }),
      status(302, { location: "/elsewhere.npz" }),
      whole,
    );
    const file = await fetchKerasFile(fileAt(`${address}/things.npz`), places());
    expect(readFileSync(file).equals(BYTES)).toBe(true);
    expect(asked.map(({ url }) => url)).toEqual([
      "/things.npz",
      "/things.npz",
      "/things.npz",
      "/elsewhere.npz",
    ]);
  });

  test("tries again after a silence", async () => {
    const silent: Answer = (_request, response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      response.write(BYTES.subarray(0, 1000));
    };
    const { address } = await serve(silent, whole);
    const file = await fetchKerasFile(fileAt(`${address}/things.npz`), places());
    expect(readFileSync(file).equals(BYTES)).toBe(true);
  });

  test("two at once both get the file, of one download", async () => {
    const { address, asked } = await serve(whole);
    const where = places();
    const both = await Promise.all([1, 2].map(() => fetchKerasFile(fileAt(`${address}/things.npz`), where)));
    for (const file of both) expect(readFileSync(file).equals(BYTES)).toBe(true);
    expect(kept(where)).toEqual(["things.npz"]);
    expect(asked).toHaveLength(1);
  });

  describe("several processes", () => {
    let program: string;
    beforeAll(async () => {
      program = path.join(folder(), "fetch.mjs");
      await build({
        stdin: {
          contents: `
            import { fetchKerasFile } from "./src/data/fetch-file.ts";
            const [home, file] = process.argv.slice(2);
            const say = (line) => process.stdout.write(JSON.stringify(line) + "\\n");
            fetchKerasFile(JSON.parse(file), {
              keras_home: home,
              env: {},
              onNote: (_severity, code) => say({ note: code }),
              onProgress: (done) => done > 0 && say({ done }),
            }).then((path) => say({ path }), (error) => say({ error: error.message }));`,
          resolveDir: path.join(import.meta.dirname, "../.."),
          loader: "ts",
        },
        outfile: program,
        bundle: true,
        platform: "node",
        format: "esm",
        banner: {
          js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
        },
      });
    });

    type Said = { note?: string; done?: number; path?: string; error?: string };
    function start(home: string, url: string) {
      const child = spawn(process.execPath, [program, home, JSON.stringify(fileAt(url))], {
        env: { ...process.env, KSPEC_CACHE: path.join(home, "cache") },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const said: Said[] = [];
      const lines = createInterface({ input: child.stdout });
      lines.on("line", (line) => said.push(JSON.parse(line) as Said));
      const ended = new Promise<Said[]>((resolve) => child.once("close", () => resolve(said)));
      const until = (is: (one: Said) => boolean) => vi.waitUntil(() => said.some(is), { timeout: 20_000 });
      return { child, said, ended, until };
    }

    /** Half of it at once, the rest when it is let. */
    function halting() {
      let release = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      const answer: Answer = (request, response) => {
        const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
        response.writeHead(from > 0 ? 206 : 200, {
          "content-length": BYTES.length - from,
          ...(from > 0 ? { "content-range": `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` } : {}),
        });
        response.write(BYTES.subarray(from, 100_000));
        void released.then(() => response.end(BYTES.subarray(Math.max(from, 100_000))));
      };
      return { answer, release };
    }

    test("one downloads, the other waits and says so", async () => {
      const { answer, release } = halting();
      const { address, asked } = await serve(answer);
      const { keras_home } = places();
      const first = start(keras_home, `${address}/things.npz`);
      await first.until(({ done }) => (done ?? 0) > 0);
      const second = start(keras_home, `${address}/things.npz`);
      await second.until(({ note }) => note === "download-elsewhere");
      // What the other has got so far is this one's progress.
      await second.until(({ done }) => (done ?? 0) > 0);
      release();
      const target = path.join(keras_home, "datasets", "things.npz");
      expect((await first.ended).at(-1)).toEqual({ path: target });
      expect((await second.ended).at(-1)).toEqual({ path: target });
      expect(asked).toHaveLength(1);
      expect(readFileSync(target).equals(BYTES)).toBe(true);
      expect(kept({ keras_home })).toEqual(["things.npz"]);
    });

    test("where the one is killed, the other goes on with what it left", async () => {
      const { answer, release } = halting();
      const { address, asked } = await serve(answer);
      const { keras_home } = places();
      const first = start(keras_home, `${address}/things.npz`);
      await first.until(({ done }) => (done ?? 0) === 100_000);
      const second = start(keras_home, `${address}/things.npz`);
      await second.until(({ note }) => note === "download-elsewhere");
      first.child.kill("SIGKILL");
      await first.ended;
      release();
      expect((await second.ended).at(-1)).toHaveProperty("path");
      expect(asked.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]/)]);
      expect(kept({ keras_home })).toEqual(["things.npz"]);
    });

    test("whoever waits can be cancelled, and a lock that nobody touches is passed over", async () => {
      const { address } = await serve(whole);
      const where = places();
      mkdirSync(path.join(where.keras_home, "datasets"));
      const lock = path.join(where.keras_home, "datasets", `things.npz.${SHA256.slice(0, 8)}.part.lock`);
      writeFileSync(lock, "another-computer 1");
      const cancel = new AbortController();
      const error = await failure(() =>
        fetchKerasFile(fileAt(`${address}/things.npz`), {
          ...where,
          signal: cancel.signal,
          onNote: (_severity, code) => code === "download-elsewhere" && cancel.abort(),
        }),
      );
      expect(error.name).toBe("AbortError");
      const before = new Date(Date.now() - 60_000);
      utimesSync(lock, before, before);
      await fetchKerasFile(fileAt(`${address}/things.npz`), where);
      expect(kept(where)).toEqual(["things.npz"]);
    });
  });

  test("stops when it is cancelled, and keeps the part for later", async () => {
    const { address } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      response.write(BYTES.subarray(0, 50_000));
    });
    const where = places({ timing: { ...FAST, silence: 20_000 } });
    const cancel = new AbortController();
    const error = await failure(() =>
      fetchKerasFile(fileAt(`${address}/things.npz`), {
        ...where,
        signal: cancel.signal,
        onProgress: (done) => {
          if (done > 0) cancel.abort();
        },
      }),
    );
    expect(error.name).toBe("AbortError");
    expect(kept(where)).toEqual([`things.npz.${SHA256.slice(0, 8)}.part`]);
  });
});

describe("fetchKerasFile fails with the file, the places and the remedies", () => {
  test("at a host that refuses: at once, and it says all there is to say", async () => {
    const { address } = await serve(whole);
    const server = running.pop()!;
    await new Promise((resolve) => server.close(resolve));
    const where = places({ mirrors: ["/no/such/folder"] });
    const started = Date.now();
    const error = await failure(() => fetchKerasFile(fileAt(`${address}/things.npz`), where));
    expect(Date.now() - started).toBeLessThan(2000);
    const host = new URL(address).host;
    expect(error.code).toBe("file-unavailable");
    expect(error.message).toBe(
      "The file things.npz is needed and could not be got. " +
        `It was looked for in ${path.join(where.keras_home, "datasets")}, /no/such/folder/datasets, /no/such/folder, then at ${address}/things.npz (${host} refused the connection). ` +
        `Connect to the network and run again; or download ${address}/things.npz elsewhere and put it into ${path.join(where.keras_home, "datasets")} as things.npz; ` +
        "or name a folder or address that has datasets/things.npz in the setting kspec.mirrors or the variable KSPEC_MIRROR.",
    );
  });

  test("at a name that does not resolve", async () => {
    const error = await failure(() =>
      fetchKerasFile(fileAt("http://no-such-host.invalid/things.npz"), places()),
    );
    expect(error.message).toContain("no-such-host.invalid was not found, as without a network");
  });

  test("at hosts that take the connection and never answer, in the time of one", async () => {
    const silent = await serve(() => undefined);
    const where = places({
      mirrors: [`${silent.address}/mirror`],
      timing: { ...FAST, connectTimeout: 1500 },
    });
    const started = Date.now();
    const error = await failure(() => fetchKerasFile(fileAt(`${silent.address}/things.npz`), where));
    // undici's clock ticks in whole seconds.
    expect(Date.now() - started).toBeLessThan(3500);
    expect(error.message).toContain("did not answer in time");
    // The same host is not asked for its other names.
    expect(silent.asked).toHaveLength(1);
  });

  test.runIf(process.platform === "linux")("at hosts that never connect, as behind a firewall", async () => {
    const { port, end } = await deafHost();
    const started = Date.now();
    const error = await failure(() =>
      fetchKerasFile(fileAt(`http://127.0.0.1:${port}/things.npz`), places()),
    );
    expect(Date.now() - started).toBeLessThan(3000);
    expect(error.message).toContain(`127.0.0.1:${port} did not answer in time`);
    await end();
  });

  test.each([
    ["404", status(404), "the server does not have it (404)", 1],
    ["403", status(403), "the server answered 403", 1],
    ["503 for ever", status(503), "the server answered 503 each time", 5],
    [
      "a web page",
      status(200, { "content-type": "text/html; charset=utf-8" }),
      "a web page came instead of the file",
      1,
    ],
    ["connections that are always cut", cutAfter(0), "the connection", 5],
  ])("%s", async (_name, answer, reason, requests) => {
    const { address, asked } = await serve(answer);
    const where = places();
    const error = await failure(() => fetchKerasFile(fileAt(`${address}/things.npz`), where));
    expect(error.message).toContain(reason);
    expect(asked).toHaveLength(requests);
    expect(kept(where).filter((name) => !name.endsWith(".part"))).toEqual([]);
  });

  test("wrong bytes of the right length are not kept", async () => {
    const { address } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": BYTES.length });
      response.end(Buffer.alloc(BYTES.length));
    });
    const where = places();
    const error = await failure(() => fetchKerasFile(fileAt(`${address}/things.npz`), where));
    expect(error.message).toContain("what came is not the published file: its hash is another");
    expect(kept(where)).toEqual([]);
  });

  test("a length that promises more than comes, for ever, ends", async () => {
    const { address, asked } = await serve((request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, {
        "content-length": BYTES.length + 100 - from,
        ...(from > 0 ? { "content-range": `bytes ${from}-${BYTES.length + 99}/${BYTES.length + 100}` } : {}),
      });
      response.write(BYTES.subarray(from), () => setTimeout(() => response.destroy(), 20));
    });
    const error = await failure(() => fetchKerasFile(fileAt(`${address}/things.npz`), places()));
    expect(error.message).toContain("the connection was cut each time");
    expect(asked.length).toBeLessThanOrEqual(6);
  });

  test.runIf(process.platform === "linux")("a full disk is named, and is not left full", async () => {
    const { address } = await serve(whole);
    const where = places();
    mkdirSync(path.join(where.keras_home, "datasets"));
    const part = path.join(where.keras_home, "datasets", `things.npz.${SHA256.slice(0, 8)}.part`);
    symlinkSync("/dev/full", part);
    const error = await failure(() => fetchKerasFile(fileAt(`${address}/things.npz`), where));
    expect(error.message).toBe(
      `The disk is full: ${part} could not be written. Make room, or set KERAS_HOME to a folder on another disk.`,
    );
    expect(kept(where)).toEqual([]);
  });

  test("a cache that cannot be written is named, with KERAS_HOME as the remedy", async () => {
    const { address } = await serve(whole);
    const home = path.join(folder({ file: "in the way" }), "file");
    const error = await failure(() =>
      fetchKerasFile(fileAt(`${address}/things.npz`), places({ keras_home: home })),
    );
    expect(error.message).toBe(
      `Downloads are kept in ${path.join(home, "datasets")}, which cannot be made (ENOTDIR). Set KERAS_HOME to a folder that can be written.`,
    );
  });
});

describe("where files are looked for", () => {
  test("Keras's cache comes first, then mirrors in their order, then the official address", async () => {
    const near = folder({ "datasets/things.npz": BYTES });
    const official = await serve(whole);
    const mirror = await serve((request, response) =>
      (request.url!.endsWith("/things.npz") ? whole : status(404))(request, response),
    );
    const file = fileAt(`${official.address}/things.npz`);
    expect(await fetchKerasFile(file, places({ mirrors: [near] }))).toBe(
      path.join(near, "datasets", "things.npz"),
    );
    const home = folder({ "datasets/things.npz": BYTES });
    expect(await fetchKerasFile(file, places({ keras_home: home, mirrors: [near] }))).toBe(
      path.join(home, "datasets", "things.npz"),
    );
    const renamed = { ...file, name: "keras-calls-it.npz" };
    await fetchKerasFile(renamed, places({ mirrors: [`${mirror.address}/keras/`] }));
    expect(mirror.asked.map(({ url }) => url)).toEqual([
      "/keras/SHA256SUMS",
      "/keras/datasets/SHA256SUMS",
      "/keras/datasets/keras-calls-it.npz",
      "/keras/datasets/things.npz",
    ]);
    expect(official.asked).toEqual([]);
  });

  test("other names of the same bytes are taken, and a mirror's own folder too", async () => {
    const mirror = folder({ "published.npz": BYTES });
    const found = await findKerasFile(
      { ...fileAt("http://unused.invalid/x"), otherNames: ["published.npz"] },
      { keras_home: folder(), mirrors: [mirror], env: {} },
    );
    expect(found.path).toBe(path.join(mirror, "published.npz"));
  });

  test("a file with a wrong hash is not taken, is told, and is replaced by the download", async () => {
    const { address } = await serve(whole);
    const home = folder({ "datasets/things.npz": "half a fi" });
    const notes: string[] = [];
    const file = await fetchKerasFile(
      fileAt(`${address}/things.npz`),
      places({ keras_home: home, onNote: (_severity, _code, message) => notes.push(message) }),
    );
    expect(notes).toEqual([
      `${path.join(home, "datasets", "things.npz")} is damaged: its hash is not the published one. It is not used.`,
    ]);
    expect(readFileSync(file).equals(BYTES)).toBe(true);
  });

  test("MD5 hashes, as Keras publishes for weights, and no hash at all", async () => {
    const { address } = await serve(whole);
    const md5 = createHash("md5").update(BYTES).digest("hex");
    await fetchKerasFile(fileAt(`${address}/things.npz`, md5), places());
    const { hash: _hash, ...unpublished } = fileAt(`${address}/things.npz`);
    await fetchKerasFile(unpublished, places());
  });

  test("environment variables", () => {
    expect(kerasHome({ env: { KERAS_HOME: "/data/keras", HOME: "/home/ada" } })).toBe("/data/keras");
    expect(kerasHome({ env: { HOME: "/home/ada" } })).toBe(path.join("/home/ada", ".keras"));
    expect(
      mirrorList({
        mirrors: ["/given"],
        env: { KSPEC_MIRROR: "/shared/Doe, Jane; https://mirror.example/keras,/b" },
      }),
    ).toEqual(["/given", "/shared/Doe, Jane", "https://mirror.example/keras", "/b"]);
  });
});

describe("a mirror's SHA256SUMS stands for its own files", () => {
  const OTHERS = Buffer.from("other bytes than the published ones");
  const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  const official = "http://unused.invalid/things.npz";

  /** What a run is told. */
  function listener() {
    const notes: string[] = [];
    return {
      notes,
      onNote: (_severity: string, code: string, message: string) => notes.push(`${code}: ${message}`),
    };
  }

  test.each([
    ["at its root", "SHA256SUMS", "datasets/things.npz"],
    ["at its root, as sha256sum names files of the working folder", "SHA256SUMS", "./datasets/things.npz"],
    ["in the folder", "datasets/SHA256SUMS", "things.npz"],
  ])("in a folder, %s", async (_where, list, name) => {
    const mirror = folder({ "datasets/things.npz": OTHERS, [list]: `${sum(OTHERS)} *${name}\n` });
    const { notes, onNote } = listener();
    const file = await fetchKerasFile(fileAt(official), places({ mirrors: [mirror], onNote }));
    expect(file).toBe(path.join(mirror, "datasets", "things.npz"));
    expect(notes).toEqual([
      `mirror-file: things.npz is the one of the mirror ${mirror}, as its SHA256SUMS lists it, and not the one that Keras publishes (${file}).`,
    ]);
  });

  test("a listed file of another hash is damaged, whatever is published", async () => {
    const { address } = await serve(whole);
    const mirror = folder({
      "datasets/things.npz": BYTES,
      SHA256SUMS: `${sum(OTHERS)}  datasets/things.npz\n`,
    });
    const { notes, onNote } = listener();
    const where = places({ mirrors: [mirror], onNote });
    const file = await fetchKerasFile(fileAt(`${address}/things.npz`), where);
    expect(file).toBe(path.join(where.keras_home, "datasets", "things.npz"));
    expect(notes).toEqual([
      `damaged-file: ${path.join(mirror, "datasets", "things.npz")} is damaged: its hash is not the one in its mirror's SHA256SUMS. It is not used.`,
    ]);
  });

  test("a file that is not listed needs the published hash, and a published one is nothing to tell", async () => {
    const unlisted = folder({
      "datasets/things.npz": OTHERS,
      SHA256SUMS: `${sum(OTHERS)}  datasets/more.npz\n`,
    });
    expect((await findKerasFile(fileAt(official), places({ mirrors: [unlisted] }))).path).toBeUndefined();
    const published = folder({
      "datasets/things.npz": BYTES,
      SHA256SUMS: `${SHA256}  datasets/things.npz\n`,
    });
    const { notes, onNote } = listener();
    await fetchKerasFile(fileAt(official), places({ mirrors: [published], onNote }));
    expect(notes).toEqual([]);
  });

  test("Keras's own cache is never excused by a list", async () => {
    const home = folder({
      "datasets/things.npz": OTHERS,
      SHA256SUMS: `${sum(OTHERS)}  datasets/things.npz\n`,
    });
    const found = await findKerasFile(fileAt(official), places({ keras_home: home }));
    expect(found).toMatchObject({
      damaged: [{ path: path.join(home, "datasets", "things.npz"), listed: false }],
    });
    expect(found.path).toBeUndefined();
  });

  test("nor is the official address", async () => {
    const { address, asked } = await serve((request, response) => {
      response.end(request.url === "/things.npz" ? OTHERS : `${sum(OTHERS)}  things.npz\n`);
    });
    const error = await failure(() => fetchKerasFile(fileAt(`${address}/things.npz`), places()));
    expect(error.message).toContain("what came is not the published file");
    expect(new Set(asked.map(({ url }) => url))).toEqual(new Set(["/things.npz"]));
  });

  const answering =
    (sums: string, bytes: Buffer): Answer =>
    (request, response) => {
      if (request.url === "/keras/SHA256SUMS") response.end(sums);
      else if (request.url === "/keras/datasets/things.npz") response.end(bytes);
      else status(404)(request, response);
    };

  test("from an address, it is kept apart from Keras's cache and found there again without the network", async () => {
    const { address, asked } = await serve(answering(`${sum(OTHERS)}  datasets/things.npz\n`, OTHERS));
    const mirror = `${address}/keras/`;
    const { notes, onNote } = listener();
    const cache = folder();
    const where = places({ mirrors: [mirror], onNote, env: { KSPEC_CACHE: cache } });
    const file = await fetchKerasFile(fileAt(official), where);
    expect(readFileSync(file).equals(OTHERS)).toBe(true);
    expect(path.relative(cache, file)).toMatch(
      /^mirrors\/127\.0\.0\.1_\d+_keras-[0-9a-f]{8}\/datasets\/things\.npz$/,
    );
    expect(kept(where)).toEqual([]);
    const before = asked.length;
    expect(await fetchKerasFile(fileAt(official), where)).toBe(file);
    expect(asked).toHaveLength(before);
    expect(notes).toEqual(
      [1, 2].map(() =>
        expect.stringContaining(`mirror-file: things.npz is the one of the mirror ${mirror},`),
      ),
    );
    // Without that mirror it is not Keras's.
    const elsewhere = await findKerasFile(fileAt(official), { ...where, mirrors: [] });
    expect(elsewhere.path).toBeUndefined();
  });

  test("from an address, published bytes go where Keras looks for them", async () => {
    const { address } = await serve(answering(`${SHA256}  datasets/things.npz\n`, BYTES));
    const { notes, onNote } = listener();
    const where = places({ mirrors: [`${address}/keras`], onNote });
    await fetchKerasFile(fileAt(official), where);
    expect([kept(where), notes]).toEqual([["things.npz"], []]);
  });

  test("from an address, other bytes than the list says are not kept", async () => {
    const { address } = await serve(answering(`${sum(OTHERS)}  datasets/things.npz\n`, BYTES));
    const cache = folder();
    const error = await failure(() =>
      fetchKerasFile(
        fileAt(official),
        places({ mirrors: [`${address}/keras`], env: { KSPEC_CACHE: cache } }),
      ),
    );
    expect(error.message).toContain(
      "what came is not the one that the mirror's SHA256SUMS lists: its hash is another",
    );
    expect(readdirSync(cache, { recursive: true }).filter((name) => String(name).includes("things"))).toEqual(
      [],
    );
  });

  test("lines that are none of sha256sum's are told and passed over", async () => {
    const mirror = folder({
      "datasets/things.npz": OTHERS,
      SHA256SUMS: `# made by hand\nnonsense\n${sum(OTHERS)}  datasets/things.npz\r\n`,
    });
    const { notes, onNote } = listener();
    await fetchKerasFile(fileAt(official), places({ mirrors: [mirror], onNote }));
    expect(notes[0]).toBe(
      `mirror-list: Line 2 of ${path.join(mirror, "SHA256SUMS")} is no line of sha256sum, and is passed over.`,
    );
  });

  test("names with backslashes and line breaks are escaped in it", () => {
    const hash = sum(OTHERS);
    expect(readSums(`\\${hash}  a\\\\b\\nc`, () => undefined)).toEqual(new Map([["a\\b\nc", hash]]));
  });
});
