import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { run } from "../../host-tools/lib/exec.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { idf, lx106Compiler, moddable, needs, cxx, tflm } from "../helpers/needs.js";
import { declarationsOf } from "./declarations.js";
import { filesUnder, firmwares } from "./firmware.js";
import { providers } from "./linking.js";
import { check, toolchains } from "./toolchain.js";

const headers = "test/esp32/headers";
const read = (file: string): string => readFileSync(file, "utf8");
const own = (folder: string): string[] => filesUnder(`${headers}/${folder}`, /\.h$/);

/** ESP-IDF's header of this name, for any chip. */
async function inIdf(name: string): Promise<string[]> {
  const root = path.join(process.env["IDF_PATH"]!, "components");
  const place = name.includes("/include/") ? name : `include/${name}`;
  const found = await run("find", [root, "-path", `*/${place}`, "-not", "-path", "*/linux/*"]);
  return found.split("\n").filter((line) => line !== "");
}

test("declarations are compared by what they say, not by how they are written", (t) => {
  const one = `#include <x.h>\n#ifdef __cplusplus\nextern "C" {\n#endif
    #define CAP (1<<3) ///< text
    typedef enum { A_B = 0, /* first */ C_D } kind_t;
    typedef struct { union { struct { int a; union { int b; int c; }; }; int all[3]; }; const char* name; } thing_t;
    typedef void (*call_t)(void* arg);
    struct tagged { size_t n; };
    esp_err_t f(const thing_t *thing, uint32_t n, unsigned int) __attribute__((nonnull (1)));
    extern int64_t now(void);\n#ifdef __cplusplus\n}\n#endif\n`;
  t.deepEqual(declarationsOf(one), [
    "#define CAP ( 1 < < 3 )",
    "enum kind_t: A_B",
    "enum kind_t: C_D",
    "struct thing_t: int a",
    "struct thing_t: int b",
    "struct thing_t: int c",
    "struct thing_t: int all [ 3 ]",
    "struct thing_t: const char * name",
    "typedef void ( * call_t ) ( void * )",
    "struct tagged: size_t n",
    "esp_err_t f ( const thing_t * , uint32_t , unsigned int )",
    "int64_t now ( void )",
  ]);
  t.deepEqual(
    declarationsOf("esp_err_t f(const thing_t *, uint32_t, unsigned int);"),
    declarationsOf(one).slice(10, 11),
  );
});

needs(idf)("each declaration of our headers is ESP-IDF's, in the header of the same name", async (t) => {
  const lies: string[] = [];
  for (const file of own("idf")) {
    const name = path.relative(`${headers}/idf`, file);
    const files = await inIdf(name);
    t.true(files.length > 0, `ESP-IDF has no header ${name}`);
    const theirs = new Set(files.flatMap((each) => declarationsOf(read(each))));
    const ours = declarationsOf(read(path.join(loamRoot, file)));
    lies.push(...ours.filter((each) => !theirs.has(each)).map((each) => `${name}: ${each}`));
  }
  t.deepEqual(lies, []);
});

/** Folders in which the SDK's makefile has C look for headers of ESP-IDF. */
function searched(chip: string, architecture: string): string[] {
  const makefile = read(path.join(process.env["MODDABLE"]!, "tools/mcconfig/make.esp32.mk"));
  const folders = [...makefile.matchAll(/\$\(IDF_PATH\)\/(components\S*)/g)].map(([, folder]) => folder!);
  return folders.map((folder) => folder.replaceAll("$(ESP32_SUBCLASS)", chip).replaceAll("$(ESP_ARCH)", architecture));
}

for (const [chip, architecture] of [
  ["esp32", "xtensa"],
  ["esp32c3", "riscv"],
  ["esp32s3", "xtensa"],
] as const)
  needs(idf, moddable)(`${chip}: each header of ESP-IDF is where the SDK's makefile has C look for it`, (t) => {
    const folders = searched(chip, architecture).map((folder) => path.join(process.env["IDF_PATH"]!, folder));
    t.true(folders.length > 50);
    const names = own("idf").map((file) => path.relative(`${headers}/idf`, file));
    t.deepEqual(
      names.filter((name) => !folders.some((folder) => existsSync(path.join(folder, name)))),
      [],
    );
  });

needs(idf)("each value of Kconfig that we use is there", async (t) => {
  const used = declarationsOf(read(path.join(loamRoot, headers, "kconfig/sdkconfig.h")));
  const set = read(path.join(loamRoot, "device/sdkconfig/sdkconfig.defaults")).match(/^CONFIG_\w+/gm)!;
  for (const [, name] of [...used, ...set].map((each) => /CONFIG_(\w+)/.exec(each)!))
    t.not(await run("grep", ["-rlw", "--include=Kconfig*", `config ${name}`, process.env["IDF_PATH"]!]), "", name);
});

needs(idf)("each component of ESP-IDF has what the list says that it gives", async (t) => {
  for (const { name, names } of providers().filter(({ name }) => /^(esp_|heap$|app_update$)/.test(name))) {
    const component = path.join(process.env["IDF_PATH"]!, "components", name);
    const sources = await run("grep", ["-rhoE", "--include=*.[chS]", "\\b(esp|gpio|heap|spi)_\\w+", component], {
      maxBuffer: 1 << 30,
    });
    const there = new Set(sources.split("\n"));
    t.deepEqual(
      names.filter((each) => !there.has(each)),
      [],
      name,
    );
  }
});

/** Folders of the SDK's headers of the same names. */
const sdkHeaders = {
  "xsHost.h": "xs/platforms/esp",
  "xsHosts.h": "xs/platforms/mc",
  "modTimer.h": "modules/base/timer",
  "modInstrumentation.h": "modules/base/instrumentation",
};

needs(moddable)("headers that have the SDK's names declare what is in them, and so are the names of XS", (t) => {
  const root = process.env["MODDABLE"]!;
  for (const [name, folder] of Object.entries(sdkHeaders)) {
    const text = read(path.join(root, folder, name));
    const theirs = new Set(declarationsOf(text));
    const ours = declarationsOf(read(path.join(loamRoot, headers, "moddable", name)));
    t.true(ours.length > 0, name);
    for (const each of ours) {
      // An enumeration's values are in the order that the chip's has; without a name, its names count.
      if (each.startsWith("enum {")) for (const value of each.match(/\bk\w+/g)!) t.true(text.includes(value), value);
      else t.true(theirs.has(each), `${name}: ${each}`);
    }
  }
  const xs = new Set(["xs.h", "xsmc.h"].flatMap((name) => read(path.join(root, "xs/includes", name)).match(/\w+/g)!));
  t.deepEqual(
    providers()
      .find(({ name }) => name === "XS")!
      .names.filter((name) => !xs.has(name)),
    [],
  );
});

needs(moddable)("our header of XS's own sources has their structures, names and exit codes", (t) => {
  const sources = path.join(process.env["MODDABLE"]!, "xs/sources");
  const [all, common] = ["xsAll.h", "xsCommon.h"].map((name) => read(path.join(sources, name))) as [string, string];
  const theirs = new Set(declarationsOf(all));
  const header = read(path.join(loamRoot, headers, "moddable/xsAll.h"));
  // The queue is the port's: a macro of its xsPlatform.h.
  const ours = declarationsOf(header).filter(
    (each) => /^(typedef (struct|tx)|struct sx(Machine|Creation))/.test(each) && !each.includes("msgQueue"),
  );
  t.true(ours.length > 20, `${ours.length} declarations`);
  t.deepEqual(
    ours.filter((each) => !theirs.has(each)),
    [],
  );
  const codes = /\{\s*XS_DEBUGGER_EXIT = 0,[^}]*\}/.exec(common)![0].match(/XS_\w+_EXIT/g)!;
  let next = 0;
  for (const [, name, value] of header.matchAll(/\b(XS_\w+_EXIT)(?: = (\d+))?,/g)) {
    next = value === undefined ? next : Number(value);
    t.is(codes[next++], name);
  }
  t.true(next > 0);
});

needs(moddable, lx106Compiler)("the bindings compile with the SDK's own headers of XS", async (t) => {
  const seen = new Set<string>();
  for (const firmware of firmwares("esp32")) {
    for (const source of firmware.sources.filter((name) => read(path.join(loamRoot, name)).includes('"xsmc.h"'))) {
      if (seen.has(source)) continue;
      seen.add(source);
      const xsHeaders = path.join(process.env["MODDABLE"]!, "xs/includes");
      await t.notThrowsAsync(check(toolchains[0]!, firmware, source, { xsHeaders }), source);
    }
  }
  t.true(seen.size >= 6, `${seen.size} bindings`);
});

needs(cxx, tflm)("with our headers the shim wants of TensorFlow Lite Micro what it wants with its own", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "loam-esp32-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const root = path.resolve(process.env["TFLM_DIR"]!);
  const theirs = ["", "third_party/flatbuffers/include", "third_party/gemmlowp", "third_party/ruy"];
  const wanted = async (source: string, includes: string[]) => {
    const object = path.join(folder, "x.o");
    await run("c++", [
      "-c",
      "-Os",
      "-w",
      ...includes.map((each) => `-I${each}`),
      path.join(loamRoot, source),
      "-o",
      object,
    ]);
    const listed = await run("nm", ["-C", "-u", object]);
    return [...new Set(listed.split("\n").map((line) => line.trim()))]
      .filter((name) => /tflite::|TfLite/.test(name))
      .sort();
  };
  for (const source of filesUnder("native/inference/tflm", /\.cc$/)) {
    const ours = await wanted(source, [loamRoot, path.join(loamRoot, headers, "tflm")]);
    t.deepEqual(
      ours,
      await wanted(
        source,
        theirs.map((each) => path.join(root, each)),
      ),
      source,
    );
  }
});
