/** What C headers declare, in a form in which two of them can be compared: without comments, attributes, and names of parameters. */

const keywords = new Set(["int", "char", "short", "long", "unsigned", "signed", "float", "double", "void", "const"]);

const tokens = (text: string): string[] => text.match(/\w+|\.\.\.|\S/g) ?? [];
const spaced = (text: string): string => tokens(text).join(" ");

/** The parts of a list that lie outside of all brackets. */
function split(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const each of text) {
    if ("([{".includes(each)) depth++;
    if (")]}".includes(each)) depth--;
    if (each === separator && depth === 0) parts.push("");
    else parts[parts.length - 1] += each;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function parameter(text: string): string {
  const words = tokens(text);
  const last = words.at(-1)!;
  const isNamed = /^\w+$/.test(last) && !keywords.has(last) && words.slice(0, -1).some((word) => word !== "const");
  return (isNamed && words.length > 1 ? words.slice(0, -1) : words).join(" ");
}

/** `int f ( const char * , size_t )` */
function prototype(text: string): string | undefined {
  const found = /^([^(=]*?)(\w+)\s*\(([^()]*)\)$/.exec(text);
  if (!found || /^\s*$/.test(found[1]!)) return undefined;
  const type = spaced(found[1]!.replace(/\b(extern|inline|static)\b/g, ""));
  return `${type} ${found[2]} ( ${split(found[3]!, ",").map(parameter).join(" , ")} )`;
}

/** The statements in a struct's braces, those of its unnamed structs and unions included. */
function members(body: string): string[] {
  return split(body, ";").flatMap((statement) => {
    const inner = /^(?:struct|union)\s*\{([^]*)\}$/.exec(statement);
    return inner ? members(inner[1]!) : [spaced(statement)];
  });
}

function aggregate(kind: string, name: string, body: string): string[] {
  return kind === "enum"
    ? split(body, ",").map((value) => `enum ${name}: ${/^\w+/.exec(value)?.[0]}`)
    : members(body).map((member) => `${kind} ${name}: ${member}`);
}

function statementOf(text: string): string[] {
  const named = /^typedef\s+(enum|struct|union)\s*\w*\s*\{([^]*)\}\s*(\w+)$/.exec(text);
  if (named) return aggregate(named[1]!, named[3]!, named[2]!);
  const tagged = /^(enum|struct|union)\s+(\w+)\s*\{([^]*)\}$/.exec(text);
  if (tagged) return aggregate(tagged[1]!, tagged[2]!, tagged[3]!);
  if (text.startsWith("typedef")) return [spaced(text.replace(/\(\s*(\w+\s+)?(\w+\s*\*?\s*)\w+\s*\)$/, "( $1$2)"))];
  return [prototype(text) ?? spaced(text)];
}

/** Every declaration and macro of a header, whatever it makes conditional; not its includes. */
export function declarationsOf(header: string): string[] {
  const text = header
    .replace(/\\\n/g, " ")
    .replace(/\/\*[^]*?\*\/|\/\/.*/g, " ")
    .replace(/__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)/g, " ");
  const macros = [...text.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+(?:\([^)]*\))?)(.*)$/gm)]
    .filter(([, , body]) => body!.trim() !== "")
    .map(([, name, body]) => `#define ${spaced(name!)} ${spaced(body!)}`);
  const code = text.replace(/^[ \t]*#.*$/gm, "").replace(/extern\s*"C"\s*\{/g, "");
  return [...macros, ...split(unclosed(code), ";").flatMap(statementOf)];
}

/** Without the closing braces that have no opening one: those of `extern "C"`. */
function unclosed(code: string): string {
  let depth = 0;
  return Array.from(code)
    .filter((each) => {
      if (each === "{") depth++;
      if (each !== "}") return true;
      if (depth === 0) return false;
      depth--;
      return true;
    })
    .join("");
}
